// Sentences and times as people read them. Pure.

import type { Action, Beginning, Card, Incident, LogSeverity, OnCallData, Part, PartState, PreviewStep, RollUpRow, Selector, ServiceStatus, Shift, StoredMapping } from './api/types.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How bad what the log says of a value is, by its code; the rule is PagerDuty's. */
export function severityOf(errorCode: string): LogSeverity {
  const code = errorCode.toLowerCase();
  if (code === 'sync_success') return 'info';
  return code.includes('error') ? 'error' : 'warning';
}

/** What a state looks like: the worst first. */
export type Tone = 'triggered' | 'acknowledged' | 'maintenance' | 'unknown' | 'quiet';

/** "3 s", "12 min", "2 h", "9 days". */
export function span(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  if (length < MINUTE) return `${Math.round(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)} h`;
  return `${Math.floor(length / DAY)} days`;
}

/** "3 min ago". */
export function ago(iso: string, now: number): string {
  return `${span(now - Date.parse(iso))} ago`;
}

/** "09:00" today, "Mon 09:00" within a week, "12 Dec 09:00" after that, in the reader's zone. */
export function clock(iso: string, now: number, zone?: string): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone });
  const dayOf = (date: Date) => date.toLocaleDateString('en-GB', { timeZone: zone });
  if (dayOf(at) === dayOf(new Date(now))) return time;
  const near = Math.abs(at.getTime() - now) < 6.5 * DAY;
  const day = at.toLocaleDateString('en-GB', {
    ...(near ? { weekday: 'short' } : { day: 'numeric', month: 'short' }),
    timeZone: zone,
  });
  return `${day} ${time}`;
}

/** "03:18 in Madrid"; nothing where the zone is not known, or is the reader's own. */
export function localTime(zone: string | null, now: number, own = Intl.DateTimeFormat().resolvedOptions().timeZone) {
  if (!zone || zone === own) return '';
  try {
    const time = new Date(now).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone });
    return `${time} in ${zone.split('/').pop()?.replaceAll('_', ' ')}`;
  } catch {
    return '';
  }
}

const untilWhom = (next: Beginning, now: number, zone?: string) => `until ${clock(next.from, now, zone)}, then ${next.name}`;

/** "Nobody is on call until Mon 09:00, then Ana": of all levels the one that has somebody first. */
export function nobodyOnCall(empty: OnCallData['empty_levels'], now: number, zone?: string): string {
  const [next] = empty.map(level => level.next).sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
  return next ? `Nobody is on call ${untilWhom(next, now, zone)}` : 'Nobody is on call';
}

/** A sentence for each level that has nobody now, where another has: when that ends, if it does within a week. */
export function emptyLevels({ levels, empty_levels: empty }: OnCallData, now: number, zone?: string): string[] {
  const nobodyOn = (level: number) => {
    const next = empty.find(one => one.level === level)?.next;
    return `Level ${level} has nobody ${next ? untilWhom(next, now, zone) : 'now'}`;
  };
  const first = levels[0]?.level ?? 1;
  const later = empty.filter(({ level }) => level > 1).map(({ level }) => `${nobodyOn(level)}.`);
  return first > 1 ? [`${nobodyOn(1)}: level ${first} is asked first.`, ...later] : later;
}

/** "Ana", "Ana and Ben", "Ana, Ben and 3 more". */
export function listed(names: string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length === 2) return `${names[0]} and ${names[1]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} more`;
}

/** "If there is no answer in 5 min: Ben, 15 min later Mikkel": the levels after the first, with their delays where known. */
export function whoIsNext(levels: OnCallData['levels'], delays: number[]): string {
  const [first, ...later] = levels;
  const names = (people: { name: string }[]) => people.map(person => person.name).join(', ');
  const inTime = first && delays[first.level - 1] ? ` in ${delays[first.level - 1]} min` : '';
  const steps = later.map(({ people }, i) => {
    if (i === 0) return names(people);
    const delay = delays[(later[i - 1]?.level ?? 0) - 1];
    return delay ? `${delay} min later ${names(people)}` : `then ${names(people)}`;
  });
  return `If there is no answer${inTime}: ${steps.join(', ')}`;
}

/** How long before an open incident something was changed, if that was so shortly before that it may be why: "9 min before the incident". */
export function beforeIncident(timestamp: string, open: Incident[]): string {
  const gaps = open.map(incident => Date.parse(incident.created_at) - Date.parse(timestamp)).filter(gap => gap >= 0 && gap <= HOUR);
  if (gaps.length === 0) return '';
  return `${span(Math.min(...gaps))} before ${open.length === 1 ? 'the' : 'an'} incident`;
}

/** "A", "A and B", "A, B and C". */
export function allOf(names: string[]): string {
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

export const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** The state of a service in the words of PagerDuty's own card, with what it means. */
export const STATUS_WORDS: Record<ServiceStatus, { word: string; tone: Tone; meaning: string }> = {
  active: { word: 'OK', tone: 'quiet', meaning: 'no open incident' },
  warning: { word: 'ACTIVE', tone: 'acknowledged', meaning: 'all open incidents are being worked on' },
  critical: { word: 'ALARM', tone: 'triggered', meaning: 'an open incident without an answer' },
  maintenance: { word: 'MAINTENANCE', tone: 'maintenance', meaning: 'nobody is told of new incidents' },
  disabled: { word: 'DISABLED', tone: 'unknown', meaning: 'it takes no incidents' },
};

const ACTION_WORDS: Record<Action, string> = {
  view: 'see this',
  trigger: 'create incidents',
  respond: 'answer incidents',
  map: 'change which entity has which service',
  configure: 'change the configuration',
};

/** Why somebody may not, and who can help. */
export function whyNot(action: Action): string {
  return `You may not ${ACTION_WORDS[action]}: that needs the permission ${action}, which an administrator grants in the configuration of the plugin’s backend.`;
}

/** By how much the browser's clock is ahead of the backend's, from an answer and when it came. */
export function skewOf(backendNow: string, at: number | undefined): number {
  return at === undefined ? 0 : at - Date.parse(backendNow);
}

/** "The account eu could not be asked: what is of it is missing here." */
export function missingAccounts(names: string[] | undefined): string {
  if (!names?.length) return '';
  return names.length === 1
    ? `The account ${names[0]} could not be asked: what is of it is missing here.`
    : `The accounts ${listed(names)} could not be asked: what is of them is missing here.`;
}

/** What a list of mappings is read from: the answer of GET /mapping/entity, an export, or the rows alone. */
export function readMappings(text: string): StoredMapping[] {
  const read: unknown = JSON.parse(text);
  const list = Array.isArray(read) ? read : (read as { mappings?: unknown } | null)?.mappings;
  if (!Array.isArray(list) || !list.every(one => one && typeof one === 'object' && typeof one.serviceId === 'string'))
    throw new Error('This is no list of mappings: each has a serviceId and an entityRef.');
  return list as StoredMapping[];
}

export const STATE_TITLES: Record<Exclude<PartState, 'ok' | 'empty' | 'stale'>, string> = {
  no_permission: 'No permission to read this',
  not_in_plan: 'Not part of the plan',
  throttled: 'Throttled',
  upstream_down: 'Not reachable for now',
  not_configured: 'Missing or invalid PagerDuty Token',
  not_found: 'Not found',
};

/** What to do about a part that is not there. */
export function advice(part: Part<unknown>): string {
  switch (part.state) {
    case 'no_permission':
      return `An administrator can grant ${part.scope ?? 'it'} to the app or key that Backstage uses.`;
    case 'not_in_plan':
      return 'Other parts do not need it.';
    case 'throttled':
      return part.retry_after_seconds
        ? `Asked again in ${part.retry_after_seconds} s. Nothing to do.`
        : 'Asked again by itself. Nothing to do.';
    case 'upstream_down':
      return part.data === null ? 'Asked again by itself.' : 'What is shown is what was known before.';
    case 'not_configured':
      return 'The configuration of the plugin’s backend needs the API key or OAuth app of the account.';
    case 'not_found':
      return 'The annotation or the mapping names something that is not there.';
    default:
      return '';
  }
}

/** In how many seconds PagerDuty may be asked for the first of the parts that are throttled. */
export function comesIn(parts: (Part<unknown> | undefined)[]): number | undefined {
  const waits = parts.flatMap(part => (part?.state === 'throttled' ? (part.retry_after_seconds ?? []) : []));
  return waits.length === 0 ? undefined : Math.min(...waits);
}

export function isIncomplete(part: Part<unknown>): boolean {
  return part.state !== 'ok' && part.state !== 'empty' && part.state !== 'stale';
}

/** What is shown is of before, if anything is. */
export function isOld(part: Part<unknown>): boolean {
  return isIncomplete(part) || part.state === 'stale';
}

export interface Headline {
  tone: Tone;
  text: string;
}

/** "1 waits for Ana Ruiz": low urgency wakes nobody. */
function waiting(incidents: Incident[], stale: string): string {
  const names = namesOf(incidents);
  const one = incidents.length === 1;
  if (stale) return `${incidents.length} ${one ? 'was' : 'were'} waiting ${stale}`;
  if (names.length === 0) return `${plural(incidents.length, 'incident')} and nobody to tell`;
  return `${incidents.length} ${one ? 'waits' : 'wait'} for ${listed(names)}`;
}

const namesOf = (incidents: Incident[]) => [...new Set(incidents.flatMap(incident => incident.assignees.map(who => who.name)))];

function ringing(open: Incident[], stale: string): Headline {
  const unanswered = open.filter(incident => incident.status === 'triggered');
  const triggered = unanswered.filter(incident => incident.urgency !== 'low');
  const names = namesOf(triggered);
  if (triggered.length > 0) {
    if (stale) return { tone: 'triggered', text: `${triggered.length} ${triggered.length === 1 ? 'was' : 'were'} ringing ${stale}` };
    const verb = triggered.length === 1 ? 'is' : 'are';
    return {
      tone: 'triggered',
      text: names.length ? `${triggered.length} ${verb} ringing ${listed(names)}` : `${plural(triggered.length, 'incident')} and nobody to ring`,
    };
  }
  const incidents = open.filter(incident => incident.status !== 'triggered');
  if (incidents.length === 0) return { tone: 'acknowledged', text: waiting(unanswered, stale) };
  const by = [...new Set(incidents.map(incident => incident.acknowledged_by).filter(name => name !== null))];
  const tone = 'acknowledged';
  if (stale) return { tone, text: `${plural(incidents.length, 'incident')} ${incidents.length === 1 ? 'was' : 'were'} in hand ${stale}` };
  if (by.length === 0) return { tone, text: `${plural(incidents.length, 'incident')} in hand` };
  return { tone, text: `${listed(by)} ${by.length === 1 ? 'has' : 'have'} ${incidents.length === 1 ? 'it' : `all ${incidents.length}`}` };
}

/** The card in one sentence. */
export function headline(card: Card, now: number): Headline {
  const { service, incidents } = card.parts;
  const status = service?.data?.status;
  if (service && !service.data) {
    return { tone: 'unknown', text: STATE_TITLES[service.state as keyof typeof STATE_TITLES] ?? 'Not known' };
  }
  const stale = incidents && isOld(incidents) && incidents.as_of ? ago(incidents.as_of, now) : '';
  if (incidents?.data?.open.length) return ringing(incidents.data.open, stale);
  if (status === 'disabled') return { tone: 'maintenance', text: 'Disabled: nobody is told of anything' };
  if (status === 'maintenance') {
    const until = service?.data?.maintenance_until;
    return { tone: 'maintenance', text: until ? `In maintenance until ${clock(until, now)}` : 'In maintenance' };
  }
  if (!incidents) {
    if (status === 'critical') return { tone: 'triggered', text: 'Needs someone' };
    if (status === 'warning') return { tone: 'acknowledged', text: 'Being worked on' };
    return { tone: 'quiet', text: 'All quiet' };
  }
  if (!incidents.data) return { tone: 'unknown', text: 'Incidents are not known for now' };
  return { tone: 'quiet', text: stale ? `All was quiet ${stale}` : 'All quiet' };
}

/** "in maintenance until 15:00 by Tom: moving the database"; where until when stands already, what for and whose it is. */
export function maintenanceSaid(window: { until: string; by: string | null; description?: string | null }, now: number, untilIsSaid = false): string {
  const until = untilIsSaid ? 'maintenance' : `in maintenance until ${clock(window.until, now)}`;
  return `${until}${window.by ? ` by ${window.by}` : ''}${window.description ? `: ${window.description}` : ''}`;
}

/** "Last incident 3 days ago", where none is open. */
export function lastIncident(at: string | null | undefined, now: number): string {
  return at ? `last incident ${ago(at, now)}` : 'no incident yet';
}

/** "45 s", "2 min 10 s", "1 h 5 min". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  const whole = Math.round(seconds);
  const two = (big: number, small: number, units: [string, string]) => (small ? `${big} ${units[0]} ${small} ${units[1]}` : `${big} ${units[0]}`);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), whole % 60, ['min', 's']);
  if (whole < 48 * 3600) return two(Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), ['h', 'min']);
  return `${Math.floor(whole / 86_400)} days`;
}

/** Who has an incident, or whom it rings and where it goes next. */
export function whoHasIt(incident: Incident, now: number): string {
  const names = incident.assignees.map(who => who.name);
  const since = span(now - Date.parse(incident.created_at));
  if (incident.status !== 'triggered') return `${incident.acknowledged_by ?? (listed(names) || 'somebody')} has it, ${since}`;
  if (names.length === 0) return 'assigned to nobody';
  const rings = `${incident.urgency === 'low' ? 'waits for' : 'ringing'} ${listed(names)}`;
  if (!incident.escalates_at) return `${rings}, ${since}`;
  return `${rings}, ${incident.next.length ? listed(incident.next) : 'the next level'} at ${clock(incident.escalates_at, now)}`;
}

/** What a row of a service says beside its worst incident, or instead of it. */
export function rowDetail(row: RollUpRow, now: number): string {
  const { detail, tone } = rowState(row);
  const open = row.open.triggered + row.open.acknowledged;
  const maintenance = row.maintenance ? maintenanceSaid(row.maintenance, now) : '';
  const also = maintenance && ` · ${maintenance}`;
  if (row.worst && open > 0) return `${whoHasIt(row.worst, now)}${open > 1 ? ` · ${open - 1} more open` : ''}${also}`;
  if (!row.service || open > 0 || tone === 'unknown') return detail + also;
  if (maintenance) return `${maintenance} · ${detail}`;
  // The list of services may be older than what is open, so its state does not count here.
  if (tone === 'quiet' && row.service.last_incident_at !== undefined) return `${lastIncident(row.service.last_incident_at, now)} · ${detail}`;
  return detail;
}

/** How many of some services are in maintenance, and until when the last of them is; nothing where none is. */
export function maintenanceOf(rows: RollUpRow[], now: number): string {
  const held = rows.filter(row => row.maintenance || row.service?.status === 'maintenance');
  const last = held.map(row => row.maintenance?.until ?? '').sort().at(-1);
  return held.length ? `${plural(held.length, 'service')} in maintenance${last ? ` until ${clock(last, now)}` : ''}` : '';
}

/** Everybody who is on call in some rows, each with the services: who has most of them first. */
export function onCallAcross(rows: RollUpRow[]): { name: string; services: string[] }[] {
  const people = new Map<string, string[]>();
  for (const row of rows)
    for (const name of (row.service && row.on_call) || []) {
      const services = people.get(name) ?? [];
      if (row.service && !services.includes(row.service.name)) people.set(name, [...services, row.service.name]);
    }
  return [...people].map(([name, services]) => ({ name, services })).sort((a, b) => b.services.length - a.services.length);
}

/** The worst of a row, and what it says. */
export function rowState(row: RollUpRow): { tone: Tone; word: string; detail: string } {
  const onCall = !row.on_call ? 'who is on call is not known' : row.on_call.length ? `on call: ${listed(row.on_call)}` : 'nobody is on call';
  if (!row.service) {
    if (row.state === 'not_configured') return { tone: 'unknown', word: 'Not mapped', detail: 'No service is linked.' };
    if (row.state === 'upstream_down') return { tone: 'unknown', word: 'Not reachable', detail: 'The account of its service could not be asked.' };
    return { tone: 'unknown', word: 'Not found', detail: 'The service that is named is not there.' };
  }
  const urgent = row.open.triggered - row.open.triggered_low;
  if (urgent > 0) return { tone: 'triggered', word: 'Triggered', detail: `${plural(urgent, 'incident')} without an answer · ${onCall}` };
  if (row.open.acknowledged > 0)
    return { tone: 'acknowledged', word: 'Acknowledged', detail: `${plural(row.open.acknowledged, 'incident')} being worked on · ${onCall}` };
  if (row.open.triggered > 0)
    return { tone: 'acknowledged', word: 'Waiting', detail: `${plural(row.open.triggered, 'incident')} of low urgency · ${onCall}` };
  if (row.state !== 'ok' && row.state !== 'empty' && row.state !== 'stale')
    return { tone: 'unknown', word: row.state === 'not_configured' ? 'No valid token' : STATE_TITLES[row.state], detail: 'Its incidents are not known for now.' };
  if (row.service.status === 'maintenance') return { tone: 'maintenance', word: 'Maintenance', detail: onCall };
  if (row.service.status === 'disabled') return { tone: 'maintenance', word: 'Disabled', detail: 'Nobody is told of anything.' };
  return { tone: 'quiet', word: 'Quiet', detail: onCall };
}

const RANK: Record<Tone, number> = { triggered: 0, acknowledged: 1, unknown: 2, maintenance: 3, quiet: 4 };

/** Which of several services to begin with: one that needs someone, else one that is worked on, else the first. */
export function worstOf(selectors: Selector[], rows: RollUpRow[]): number {
  const ranks = selectors.map(selector => {
    const row = rows.find(one => one.service && one.service.id === selector.service_id);
    return Math.min(row ? RANK[rowState(row).tone] : RANK.unknown, RANK.unknown);
  });
  return ranks.indexOf(Math.min(...ranks));
}

/** Many services in one sentence. */
export function rollUpHeadline(rows: RollUpRow[]): Headline {
  const linked = rows.filter(row => row.service);
  const unknown = rows.some(row => row.state === 'upstream_down');
  if (linked.length === 0) return { tone: 'unknown', text: unknown ? 'The state of the services is not known' : 'No services are linked' };
  const tones = rows.map(row => rowState(row).tone);
  const need = tones.filter(tone => tone === 'triggered').length;
  if (need > 0) return { tone: 'triggered', text: `${need} of ${plural(linked.length, 'service')} ${need === 1 ? 'needs' : 'need'} someone` };
  const worst = linked.map(row => rowState(row).tone).sort((a, b) => RANK[a] - RANK[b])[0] as Tone;
  if (worst === 'acknowledged') {
    const busy = linked.filter(row => row.open.acknowledged > 0).length;
    if (busy > 0) return { tone: worst, text: `${busy} of ${plural(linked.length, 'service')} being worked on` };
    const waiting = tones.filter(tone => tone === worst).length;
    return { tone: worst, text: `${waiting} of ${plural(linked.length, 'service')} ${waiting === 1 ? 'has' : 'have'} what can wait` };
  }
  if (worst === 'unknown' || unknown) return { tone: 'unknown', text: 'The state of some services is not known' };
  return { tone: worst === 'maintenance' ? 'quiet' : worst, text: 'All quiet' };
}

/** "0:00", "2:30", "1:05:00". */
export function offset(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const CHANNELS = { push: 'push', sms: 'SMS', phone: 'phone call', email: 'e-mail' };

/** Steps at the same second for the same person, as one line: "push and SMS". */
export function previewLines(steps: PreviewStep[]) {
  const lines: { at: number; personId: string; name: string; zone: string; channels: string[] }[] = [];
  for (const step of steps) {
    const last = lines[lines.length - 1];
    const channel = step.channel ? CHANNELS[step.channel] : '';
    if (last && last.at === step.at_seconds && last.personId === step.person.id) {
      if (channel && !last.channels.includes(channel)) last.channels.push(channel);
      continue;
    }
    lines.push({
      at: step.at_seconds,
      personId: step.person.id,
      name: step.person.name,
      zone: step.person.time_zone,
      channels: channel ? [channel] : [],
    });
  }
  return lines;
}

/** A person's turns in order; one that serves several policies is one turn. Those that never end come first. */
export function turnsOf(
  shifts: Shift[],
): { name: string; account?: string; level: number; from: string | null; until: string | null; policies: string[] }[] {
  const begins = (shift: Shift) => (shift.from ? Date.parse(shift.from) : 0);
  const turns = new Map<string, ReturnType<typeof turnsOf>[number]>();
  for (const shift of [...shifts].sort((a, b) => begins(a) - begins(b))) {
    const key = JSON.stringify([shift.account, shift.schedule?.id ?? shift.escalation_policy.id, shift.level, shift.from, shift.until]);
    const known = turns.get(key);
    if (known) {
      known.policies.push(shift.escalation_policy.name);
      continue;
    }
    const name = shift.schedule?.name ?? shift.escalation_policy.name;
    const policies = shift.schedule ? [shift.escalation_policy.name] : [];
    turns.set(key, { name, account: shift.account, level: shift.level, from: shift.from, until: shift.until, policies });
  }
  return [...turns.values()];
}

/** `"team-a"` with its quotes, as the mapping routes give it, without them. */
export function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Addresses that come from outside are followed only when they are of the web. */
export function webAddress(address: string | null | undefined): string | undefined {
  return address && /^https?:\/\//i.test(address) ? address : undefined;
}
