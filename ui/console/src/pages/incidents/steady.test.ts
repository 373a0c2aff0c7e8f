import { expect, test } from 'vitest';
import { steady } from './steady';

const row = (id: string, status = 'triggered') => ({ id, status });
const group = (one: { status: string }) => one.status;

test('rows follow the newest answer when nobody holds them', () => {
  const first = steady(null, [row('a'), row('b')], group, true);
  expect(first.rows.map((one) => one.id)).toEqual(['a', 'b']);
  const next = steady(first, [row('c'), row('a')], group, false);
  expect(next.rows.map((one) => one.id)).toEqual(['c', 'a']);
  expect(next.waiting).toBe(0);
});

test('held rows keep their place and group, are renewed in place, and new ones wait', () => {
  const first = steady(null, [row('a'), row('b')], group, false);
  const held = steady(first, [row('d'), row('c'), row('a', 'acknowledged')], group, true);
  expect(held.rows).toEqual([row('a', 'acknowledged'), row('b')]);
  expect(held.groups.get('a')).toBe('triggered');
  expect([...held.gone]).toEqual(['b']);
  expect(held.waiting).toBe(2);
});
