import { expect, test } from 'vitest';
import { textOf, valueOf } from './field_values';

const field = (data_type: string, field_type = 'single_value') => ({ data_type, field_type }) as Parameters<typeof valueOf>[0];

test('what was typed becomes a value of the field’s type, and back', () => {
  expect(valueOf(field('integer'), ' 12 ')).toBe(12);
  expect(valueOf(field('boolean'), 'false')).toBe(false);
  expect(valueOf(field('string', 'multi_value'), 'a\n\n b ')).toEqual(['a', 'b']);
  expect(textOf(['a', 'b'])).toBe('a\nb');
  expect(textOf(false)).toBe('false');
});

test('nothing typed is no value, and what is no number is left for the server to refuse', () => {
  for (const kind of ['integer', 'string', 'boolean', 'url']) expect(valueOf(field(kind), '  ')).toBeNull();
  expect(valueOf(field('string', 'multi_value_fixed'), '\n')).toBeNull();
  expect(valueOf(field('integer'), 'twelve')).toBe('twelve');
  expect(textOf(null)).toBe('');
});
