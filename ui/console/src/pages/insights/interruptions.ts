// Interruptions as the metrics of incidents name them: an assignment of high urgency to somebody who has a telephone or a
// device. One person within a minute is interrupted once (domain/incident/metrics.h).

export interface RawInterruption {
  user_id: string;
  at: string;
}

export interface Interruption {
  user: { id: string; summary: string };
  at: number;
  /** In the person's own zone; 0 is Monday. */
  weekday: number;
  hour: number;
}

const sameMs = 60_000;
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The wall clock of a zone. */
function clockOf(zone: string): (at: number) => { weekday: number; hour: number } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
    return { weekday: weekdays.indexOf(parts.weekday ?? ''), hour: Number(parts.hour) };
  };
}

export function interruptionsOf(raw: RawInterruption[], personOf: (id: string) => { name: string; zone: string }): Interruption[] {
  const people = new Map<string, { user: { id: string; summary: string }; clock: ReturnType<typeof clockOf>; last: number }>();
  const found: Interruption[] = [];
  for (const { user_id: id, at } of raw.map((one) => ({ ...one, at: Date.parse(one.at) })).sort((a, b) => a.at - b.at)) {
    let person = people.get(id);
    if (!person) {
      const { name, zone } = personOf(id);
      people.set(id, (person = { user: { id, summary: name }, clock: clockOf(zone), last: -Infinity }));
    }
    if (at - person.last < sameMs) continue;
    person.last = at;
    found.push({ user: person.user, at, ...person.clock(at) });
  }
  return found;
}

/** From 22:00 to 8:00, as the metrics count sleep hours. */
export const isNight = ({ hour }: Pick<Interruption, 'hour'>): boolean => hour >= 22 || hour < 8;
export const isWeekend = ({ weekday }: Pick<Interruption, 'weekday'>): boolean => weekday >= 5;

/** How many in each hour of each weekday: [weekday][hour]. */
export function byHour(interruptions: Interruption[]): number[][] {
  const grid = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const { weekday, hour } of interruptions) {
    const row = grid[weekday];
    if (row) row[hour] = (row[hour] ?? 0) + 1;
  }
  return grid;
}

export interface Load {
  user: { id: string; summary: string };
  total: number;
  night: number;
  weekend: number;
}

/** Those who were interrupted most, first. */
export function byPerson(interruptions: Interruption[]): Load[] {
  const loads = new Map<string, Load>();
  for (const one of interruptions) {
    const load = loads.get(one.user.id) ?? { user: one.user, total: 0, night: 0, weekend: 0 };
    load.total += 1;
    load.night += isNight(one) ? 1 : 0;
    load.weekend += isWeekend(one) ? 1 : 0;
    loads.set(one.user.id, load);
  }
  return [...loads.values()].sort((a, b) => b.total - a.total || a.user.summary.localeCompare(b.user.summary));
}
