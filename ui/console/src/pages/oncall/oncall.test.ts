import { expect, test } from 'vitest';
import type { Shift } from '../../api/types';
import { clipped, compare, holes, hoursIn, isNew, nextStep, tracked } from './shifts';
import { addDays, daysOf, momentOf, wallOf, weekBegin } from './zones';

const madrid = 'Europe/Madrid';
const at = (text: string) => Date.parse(text);
const shift = (user: string, start: string, end: string): Shift => ({ start, end, user: { id: user, type: 'user_reference', summary: user } });
const window = { begin: at('2026-10-20T00:00:00Z'), end: at('2026-10-21T00:00:00Z') };

test('the Sunday on which clocks go back has 25 hours, the one in spring 23', () => {
  const hours = (day: string) => daysOf(at(`${day}T12:00:00Z`) - 1, at(`${day}T12:00:00Z`), madrid).map((one) => one.hours);
  expect(hours('2026-10-25')).toEqual([25]);
  expect(hours('2026-03-29')).toEqual([23]);
  expect(hours('2026-10-26')).toEqual([24]);
});

test('days begin at local midnight and are clipped to the window', () => {
  const days = daysOf(at('2026-10-24T10:00:00Z'), at('2026-10-26T10:00:00Z'), madrid);
  expect(days.map((one) => new Date(one.begin).toISOString())).toEqual(['2026-10-24T10:00:00.000Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
});

test('a wall clock is a moment of its zone, the first of two and the next of none', () => {
  expect(momentOf('2026-07-01T09:00', madrid)).toBe('2026-07-01T07:00:00.000Z');
  expect(momentOf('2026-10-25T02:30', madrid)).toBe('2026-10-25T00:30:00.000Z');
  expect(momentOf('2026-03-29T02:30', madrid)).toBe('2026-03-29T01:30:00.000Z');
  expect(wallOf('2026-07-01T07:00:00Z', madrid)).toBe('2026-07-01T09:00');
});

test('weeks begin on Monday, and two days later is two local days later', () => {
  expect(new Date(weekBegin(at('2026-10-25T23:30:00Z'), madrid)).toISOString()).toBe('2026-10-25T23:00:00.000Z');
  expect(new Date(weekBegin(at('2026-10-25T12:00:00Z'), madrid)).toISOString()).toBe('2026-10-18T22:00:00.000Z');
  expect(new Date(addDays(at('2026-10-24T22:00:00Z'), 2, madrid)).toISOString()).toBe('2026-10-26T23:00:00.000Z');
  expect(new Date(addDays(at('2026-10-20T13:30:00Z'), 28, madrid)).toISOString()).toBe('2026-11-17T14:30:00.000Z');
});

test('holes are what no shift covers', () => {
  const shifts = [shift('ana', '2026-10-19T20:00:00Z', '2026-10-20T09:00:00Z'), shift('ben', '2026-10-20T11:00:00Z', '2026-10-20T22:00:00Z')];
  expect(holes(shifts, window).map((one) => (one.end - one.begin) / 3_600_000)).toEqual([2, 2]);
  expect(hoursIn(clipped(shifts, window))).toBe(20);
  expect(holes([], window)).toEqual([window]);
});

test('those of several at once stand under each other, and a free track is used again', () => {
  const spans = [{ begin: 0, end: 4 }, { begin: 1, end: 2 }, { begin: 2, end: 3 }, { begin: 4, end: 5 }];
  const { bars, tracks } = tracked(spans);
  expect(bars.map((one) => one.track)).toEqual([0, 1, 1, 0]);
  expect(tracks).toBe(2);
  expect(tracked([]).tracks).toBe(1);
});

test('a change is told as hours of each person, with nobody last', () => {
  const before = [shift('ana', '2026-10-20T00:00:00Z', '2026-10-21T00:00:00Z')];
  const after = [shift('ana', '2026-10-20T00:00:00Z', '2026-10-20T08:00:00Z'), shift('ben', '2026-10-20T08:00:00Z', '2026-10-20T20:00:00Z')];
  expect(compare(before, after, window).map((one) => [one.user?.id, one.before, one.after])).toEqual([['ana', 24, 8], ['ben', 0, 12], [undefined, 0, 4]]);
});

test('a bar is new when its person was not on call for all of it', () => {
  const before = [shift('ana', '2026-10-20T00:00:00Z', '2026-10-20T12:00:00Z')];
  const [same, longer] = clipped([shift('ana', '2026-10-20T02:00:00Z', '2026-10-20T10:00:00Z'), shift('ana', '2026-10-20T10:00:00Z', '2026-10-20T13:00:00Z')], window);
  expect(same && isNew(same, before)).toBe(false);
  expect(longer && isNew(longer, before)).toBe(true);
});

test('what is offered begins later than now', () => {
  const hour = 3_600_000;
  expect([0, 1, hour - 1].map((at) => nextStep(at, hour))).toEqual([hour, hour, hour]);
});
