import { expect, test } from 'vitest';
import { ownDays, rangeOf, weekly } from './range';

const now = Date.parse('2026-11-28T04:00:00Z');
const iso = (at: number) => new Date(at).toISOString();

test('days are counted back from now', () => {
  const range = rangeOf({ days: '7' }, now, 'Europe/Madrid');
  expect([iso(range.start), iso(range.end), range.name]).toEqual(['2026-11-21T04:00:00.000Z', '2026-11-28T04:00:00.000Z', '7-days']);
  expect(ownDays(range, 'Europe/Madrid')).toEqual({ since: '2026-11-21', until: '2026-11-28' });
});

test('own days begin and end at midnight of the reader, both included, also when clocks change', () => {
  const range = rangeOf({ since: '2026-10-25', until: '2026-10-25' }, now, 'Europe/Madrid');
  expect([iso(range.start), iso(range.end)]).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
  expect(range.name).toBe('2026-10-25-to-2026-10-25');
});

test('one day alone is enough, and what is no day is as if it were not there', () => {
  expect(iso(rangeOf({ since: '2026-11-01' }, now, 'Etc/UTC').end)).toBe('2026-11-28T04:00:00.000Z');
  expect(iso(rangeOf({ until: '2026-11-14', days: '7' }, now, 'Etc/UTC').start)).toBe('2026-11-08T00:00:00.000Z');
  expect(rangeOf({ since: 'soon', days: 'x' }, now, 'Etc/UTC').name).toBe('30-days');
});

test('more than a month is drawn by weeks', () => {
  expect(weekly(rangeOf({ days: '30' }, now, 'Etc/UTC'))).toBe(false);
  expect(weekly(rangeOf({ since: '2026-09-01', until: '2026-10-31' }, now, 'Etc/UTC'))).toBe(true);
});
