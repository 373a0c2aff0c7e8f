// Which time the numbers are about: so many days until now, or from one day to another of the reader's calendar, both included.

import { addDays, dayAt, momentOf } from '../oncall/zones';

export interface RangeWords {
  days?: string | undefined;
  /** "2026-11-01" */
  since?: string | undefined;
  until?: string | undefined;
}

export interface Range {
  start: number;
  end: number;
  /** For names of files: "30-days", "2026-11-01-to-2026-11-14". */
  name: string;
}

const dayMs = 86_400_000;
const isDay = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(text ?? ''));
const midnight = (day: string, zone: string): number => Date.parse(momentOf(`${day}T00:00`, zone));

/** `now` is where ranges without a last day end. What is no day counts as absent. */
export function rangeOf({ days = '30', since, until }: RangeWords, now: number, zone: string): Range {
  const count = Number(days) > 0 ? Number(days) : 30;
  if (!isDay(since) && !isDay(until)) return { start: now - count * dayMs, end: now, name: `${count}-days` };
  const end = isDay(until) ? addDays(midnight(until, zone), 1, zone) : now;
  const start = isDay(since) ? midnight(since, zone) : addDays(end, -count, zone);
  return { start, end, name: `${dayAt(start, zone).toString()}-to-${dayAt(end - 1, zone).toString()}` };
}

/** The days of a range, to begin from when one's own are wanted. */
export const ownDays = ({ start, end }: Range, zone: string): { since: string; until: string } => ({ since: dayAt(start, zone).toString(), until: dayAt(end - 1, zone).toString() });

export const weekly = ({ start, end }: Range): boolean => end - start > 32 * dayMs;
