// Sums over shifts: holes, hours, and what a change does to both.

import type { Ref, Shift } from '../../api/types';

export interface Span {
  begin: number;
  end: number;
}

/** The next full step: never the one that has just begun, since what begins then could not be taken back. */
export const nextStep = (at: number, step: number): number => (Math.floor(at / step) + 1) * step;

/** Shifts as numbers, clipped to the window, in their order. */
export function clipped(shifts: Shift[], window: Span): (Span & { user: Ref })[] {
  return shifts
    .map((one) => ({ begin: Math.max(Date.parse(one.start), window.begin), end: Math.min(Date.parse(one.end), window.end), user: one.user }))
    .filter((one) => one.end > one.begin)
    .sort((a, b) => a.begin - b.begin);
}

/** Where nobody is. */
export function holes(shifts: Shift[], window: Span): Span[] {
  const found: Span[] = [];
  let at = window.begin;
  for (const shift of clipped(shifts, window)) {
    if (shift.begin > at) found.push({ begin: at, end: shift.begin });
    at = Math.max(at, shift.end);
  }
  if (at < window.end) found.push({ begin: at, end: window.end });
  return found;
}

/** Each in the first track that is free then: those of several people at once stand under each other. */
export function tracked<T extends Span>(spans: T[]): { bars: (T & { track: number })[]; tracks: number } {
  const ends: number[] = [];
  const bars = spans.map((one) => {
    const free = ends.findIndex((end) => end <= one.begin);
    const track = free < 0 ? ends.length : free;
    ends[track] = one.end;
    return { ...one, track };
  });
  return { bars, tracks: Math.max(1, ends.length) };
}

export const hoursIn = (spans: Span[]): number => spans.reduce((sum, one) => sum + (one.end - one.begin) / 3_600_000, 0);

export interface Difference {
  /** null is Nobody. */
  user: Ref | null;
  before: number;
  after: number;
}

/** Hours of each person before and after, "Nobody" last; those who gain or lose most first. */
export function compare(before: Shift[], after: Shift[], window: Span): Difference[] {
  const people = new Map<string, Ref>();
  for (const one of [...before, ...after]) people.set(one.user.id, one.user);
  const hours = (shifts: Shift[], id: string) => hoursIn(clipped(shifts, window).filter((one) => one.user.id === id));
  const rows: Difference[] = [...people.values()].map((user) => ({ user, before: hours(before, user.id), after: hours(after, user.id) }));
  rows.sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.user?.summary ?? '').localeCompare(b.user?.summary ?? ''));
  rows.push({ user: null, before: hoursIn(holes(before, window)), after: hoursIn(holes(after, window)) });
  return rows.filter((one) => one.before > 0 || one.after > 0 || one.user === null);
}

/** Whether somebody else is on call at that moment than before: such bars are underlined. */
export function isNew(shift: Span & { user: Ref }, before: Shift[]): boolean {
  const covered = hoursIn(clipped(before.filter((one) => one.user.id === shift.user.id), shift));
  return covered < (shift.end - shift.begin) / 3_600_000 - 1e-6;
}
