import { expect, test } from 'vitest';
import type { Incident } from '../../api/types';
import { foldFrom, linesOf, stateOf, titleWords } from './fold';

const row = (n: number, service: string): Incident => ({ id: `P${n}`, title: `Disk ${n} is full`, service: { id: service, summary: service } } as unknown as Incident);
const many = (from: number, count: number, service: string) => Array.from({ length: count }, (_, i) => row(from + i, service));

test('few of a service stand for themselves', () => {
  expect(linesOf(many(0, foldFrom - 1, 'shop'), 'triggered', new Set()).map((line) => line.id)).toHaveLength(foldFrom - 1);
});

test('many stand as one line where the first was, and under it when it is open', () => {
  const rows = [row(1, 'mail'), ...many(10, foldFrom, 'shop'), row(2, 'mail'), ...many(50, 2, 'shop')];
  const closed = linesOf(rows, 'triggered', new Set());
  expect(closed.map((line) => line.id)).toEqual(['P1', 'fold:triggered:shop', 'P2']);
  expect(closed[1]?.fold?.rows).toHaveLength(foldFrom + 2);
  const open = linesOf(rows, 'triggered', new Set(['fold:triggered:shop']));
  expect(open.map((line) => line.id).slice(0, 4)).toEqual(['P1', 'fold:triggered:shop', 'P10', 'P11']);
  expect(open).toHaveLength(2 + 1 + foldFrom + 2);
});

test('titles that differ by their numbers say the same', () => {
  expect(titleWords(many(0, 3, 'shop'))).toBe('“Disk … is full”');
  expect(titleWords([...many(0, 3, 'shop'), { title: 'Checkout is slow on web-7' }])).toBe('“Disk … is full” and another title');
});

test('a fold is what all of it is, in whatever place it is kept', () => {
  const rows = (...statuses: string[]) => statuses.map((status) => ({ status }) as Incident);
  expect(stateOf({ status: 'triggered', rows: rows('acknowledged', 'acknowledged') })).toBe('acknowledged');
  expect(stateOf({ status: 'triggered', rows: rows('acknowledged', 'triggered') })).toBe('triggered');
});
