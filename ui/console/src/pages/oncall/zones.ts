// Wall clocks of a zone and moments: which 02:30, how long a Sunday is. In the lazy part of the application.

import { fromAbsolute, parseDateTime, toCalendarDate, toZoned, type CalendarDate } from '@internationalized/date';

/** "2026-10-25T02:30" on the wall of the zone as a moment; where it happens twice the first, where never the next. */
export const momentOf = (wall: string, zone: string): string => toZoned(parseDateTime(wall), zone, 'compatible').toAbsoluteString();

/** A moment as a field for local times shows it. */
export const wallOf = (at: string | number, zone: string): string =>
  fromAbsolute(typeof at === 'number' ? at : Date.parse(at), zone).toString().slice(0, 16);

export const dayAt = (at: number, zone: string): CalendarDate => toCalendarDate(fromAbsolute(at, zone));

export interface Day {
  begin: number;
  /** 24 but for the two days a year on which clocks change. */
  hours: number;
}

/** The local days that touch the window, clipped to it. */
export function daysOf(begin: number, end: number, zone: string): Day[] {
  const days: Day[] = [];
  for (let day = dayAt(begin, zone); ; day = day.add({ days: 1 })) {
    const from = toZoned(day, zone).toDate().getTime();
    // So that a window that is no number has no days.
    if (!(from < end)) return days;
    const to = toZoned(day.add({ days: 1 }), zone).toDate().getTime();
    days.push({ begin: Math.max(from, begin), hours: (to - from) / 3_600_000 });
  }
}

/** Monday of the local week, at midnight. */
export function weekBegin(at: number, zone: string): number {
  let day = dayAt(at, zone);
  const weekday = new Date(day.toString()).getUTCDay();
  day = day.subtract({ days: (weekday + 6) % 7 });
  return toZoned(day, zone).toDate().getTime();
}

/** To the same time of day there. */
export const addDays = (at: number, days: number, zone: string): number => fromAbsolute(at, zone).add({ days }).toDate().getTime();
