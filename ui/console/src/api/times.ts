// Times as people read them: in the reader's zone, 24 h, with the weekday when it is not today.

let zone = 'Etc/UTC';
export const setZone = (name: string): void => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    zone = name;
  } catch {
    zone = 'Etc/UTC';
  }
};
export const readersZone = (): string => zone;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const key = JSON.stringify([options, timeZone]);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' })));
  return found;
}

type Moment = string | number;
const ms = (at: Moment): number => (typeof at === 'number' ? at : Date.parse(at));

export const dayOf = (at: Moment, timeZone = zone): string =>
  format({ year: 'numeric', month: '2-digit', day: '2-digit' }, timeZone).format(ms(at));
export const weekday = (at: Moment, timeZone = zone): string =>
  format({ weekday: 'short', day: 'numeric', month: 'short' }, timeZone).format(ms(at)).replace(',', '');
export const clock = (at: Moment, timeZone = zone): string =>
  format({ hour: '2-digit', minute: '2-digit' }, timeZone).format(ms(at));
export const clockWithSeconds = (at: Moment, timeZone = zone): string =>
  format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }, timeZone).format(ms(at));

/** "03:15" today, "Tue 20 Oct 03:15" on another day. */
export function moment(at: Moment, now: number, withSeconds = false, timeZone = zone): string {
  const time = withSeconds ? clockWithSeconds(at, timeZone) : clock(at, timeZone);
  return dayOf(at, timeZone) === dayOf(now, timeZone) ? time : `${weekday(at, timeZone)} ${time}`;
}

export const utc = (at: Moment): string => `${weekday(at, 'Etc/UTC')} ${clockWithSeconds(at, 'Etc/UTC')} UTC`;

/** "4 s", "12 min", "3 h 5 min", "2 d 4 h" */
export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  const part = (big: number, bigWord: string, small: number, smallWord: string) =>
    small === 0 ? `${big} ${bigWord}` : `${big} ${bigWord} ${small} ${smallWord}`;
  if (s < 86_400) return part(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min');
  return part(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h');
}

/** "4:10", "1:02:30": a countdown's digits */
export function countdown(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  return s < 3600
    ? `${Math.floor(s / 60)}:${two(s % 60)}`
    : `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

/** "12 min ago" under an hour, the time itself from then on. */
export function ago(at: Moment, now: number): string {
  const seconds = (now - ms(at)) / 1000;
  if (seconds < 3600) return `${span(seconds)} ago`;
  return moment(at, now);
}
