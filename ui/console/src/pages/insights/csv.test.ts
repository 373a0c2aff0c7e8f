import { expect, test } from 'vitest';
import { csvOf } from './csv';

test('commas, quotes and lines are kept in their cells', () => {
  expect(csvOf(['a', 'b'], [['x, y', 'say "hi"'], ['two\nlines', 3], [null, undefined]])).toBe('a,b\r\n"x, y","say ""hi"""\r\n"two\nlines",3\r\n,\r\n');
});

test('what a spreadsheet would run is text', () => {
  expect(csvOf(['t'], [['=HYPERLINK("x")'], ['-1'], [-1]])).toBe('t\r\n"\'=HYPERLINK(""x"")"\r\n\'-1\r\n-1\r\n');
});
