// Shift-based schedules (REST v3): their shapes, what of them is drawn, and rules of recurrence as words and back.

import { clock, weekday } from '../../api/times';
import type { Ref, Shift } from '../../api/types';
import type { Block } from '../../parts/terraform';
import type { Row } from './drawing';

export interface Member {
  type: 'user_member' | 'empty_member';
  user_id?: string;
}
export interface Zoned {
  /** What a clock of the zone shows; it ends in "Z" whatever the zone. */
  date_time: string;
  time_zone: string;
}
/** "Mon 5 Jan 09:00", as other times of a schedule. */
export const wallTime = ({ date_time: shown }: Zoned): string => `${weekday(shown, 'Etc/UTC')} ${clock(shown, 'Etc/UTC')}`;

export interface ShiftEvent {
  id: string;
  name: string;
  start_time: Zoned;
  end_time: Zoned;
  effective_since: string;
  effective_until: string | null;
  recurrence: string[];
  assignment_strategy: { type: 'rotating_member_assignment_strategy' | 'every_member_assignment_strategy'; shifts_per_member?: number; members: Member[] };
}
export interface ShiftRotation {
  id: string;
  events: ShiftEvent[];
}
export interface ComputedShift {
  start_time: string;
  end_time: string;
  member: Member;
  source: { type: string; rotation_id?: string; shift_id?: string; override_id?: string };
}
export interface FinalSchedule {
  rendered_coverage_percentage: number;
  computed_shift_assignments: ComputedShift[];
}
export interface ShiftSchedule extends Ref {
  name: string;
  description: string | null;
  time_zone: string;
  teams: Ref[];
  escalation_policies: Ref[];
  users?: Ref[];
  rotations: ShiftRotation[];
  final_schedule?: FinalSchedule;
  http_cal_url?: string;
}
export interface CustomShift {
  id: string;
  start_time: string;
  end_time: string;
  assignments: { member: Member }[];
}
export interface ShiftOverride {
  id: string;
  start_time: string;
  end_time: string;
  overridden_member: Member;
  overriding_member: Member;
}

export const memberOf = (id: string): Member => (id ? { type: 'user_member', user_id: id } : { type: 'empty_member' });
export const userOf = (member: Member, users: Ref[]): Ref | null =>
  member.user_id ? users.find((one) => one.id === member.user_id) ?? { id: member.user_id, type: 'user_reference', summary: 'Somebody' } : null;

/** Shifts of people; one that is left to nobody is a hole. */
export const shiftsOf = (computed: ComputedShift[], users: Ref[]): Shift[] =>
  computed.flatMap((one) => {
    const user = userOf(one.member, users);
    return user ? [{ start: one.start_time, end: one.end_time, user }] : [];
  });

export const finalOf = (schedule: ShiftSchedule, users: Ref[]): Shift[] => shiftsOf(schedule.final_schedule?.computed_shift_assignments ?? [], users);

export const rotationName = (rotation: ShiftRotation, number: number): string => rotation.events[0]?.name || `Rotation ${number}`;

/** The result on top, then what each rotation and the custom shifts bring to it. */
export function shiftRows(schedule: ShiftSchedule, users: Ref[]): Row[] {
  const computed = schedule.final_schedule?.computed_shift_assignments ?? [];
  const custom = computed.filter((one) => one.source.shift_id);
  return [
    { name: 'Final', second: 'who is really rung', shifts: shiftsOf(computed, users), final: true },
    ...schedule.rotations.map((rotation, i) => ({ name: rotationName(rotation, i + 1), second: rotation.events[0] ? ruleWords(rotation.events[0].recurrence) : 'no event', shifts: shiftsOf(computed.filter((one) => one.source.rotation_id === rotation.id), users) })),
    ...(custom.length > 0 ? [{ name: 'Custom shifts', second: '', shifts: shiftsOf(custom, users) }] : []),
  ];
}

export const dayCodes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export interface Rule {
  freq: 'DAILY' | 'WEEKLY';
  interval: number;
  days: string[];
}

export const ruleText = ({ freq, interval, days }: Rule): string =>
  `RRULE:FREQ=${freq}${interval > 1 ? `;INTERVAL=${interval}` : ''}${days.length > 0 && freq === 'WEEKLY' ? `;BYDAY=${dayCodes.filter((day) => days.includes(day)).join(',')}` : ''}`;

/** What the form can show; absent when the rule says more than it can. */
export function readRule(recurrence: string[]): Rule | null {
  if (recurrence.length !== 1) return null;
  const parts = new Map((recurrence[0] ?? '').replace(/^RRULE:/, '').split(';').map((part) => part.split('=') as [string, string]));
  const freq = parts.get('FREQ');
  const days = parts.get('BYDAY')?.split(',') ?? [];
  const known = [...parts.keys()].every((name) => ['FREQ', 'INTERVAL', 'BYDAY', 'WKST'].includes(name));
  if ((freq !== 'DAILY' && freq !== 'WEEKLY') || !known || (freq === 'DAILY' && days.length > 0) || days.some((day) => !dayCodes.includes(day as 'MO'))) return null;
  return { freq, interval: Number(parts.get('INTERVAL') ?? 1), days };
}

/** "every week", "every 2 weeks on Mon, Tue"; the rule itself when it says more. */
export function ruleWords(recurrence: string[]): string {
  const rule = readRule(recurrence);
  if (!rule) return recurrence.join(' ');
  const unit = rule.freq === 'DAILY' ? 'day' : 'week';
  const days = rule.days.map((day) => dayNames[dayCodes.indexOf(day as 'MO')]).join(', ');
  return `${rule.interval === 1 ? `every ${unit}` : `every ${rule.interval} ${unit}s`}${days ? ` on ${days}` : ''}`;
}

export interface Template {
  name: string;
  hint: string;
  rule: Rule;
  /** Days from the Monday of the week on which the first shift begins, and the hours it lasts. */
  firstDay: number;
  from: string;
  hours: number;
}

export const templates: Template[] = [
  { name: 'Weekly hand-off', hint: 'One person a week, from Monday to Monday.', rule: { freq: 'WEEKLY', interval: 1, days: [] }, firstDay: 0, from: '09:00', hours: 168 },
  { name: 'Daily hand-off', hint: 'One person a day, all seven days.', rule: { freq: 'DAILY', interval: 1, days: [] }, firstDay: 0, from: '09:00', hours: 24 },
  { name: 'Working hours', hint: 'Monday to Friday, by day.', rule: { freq: 'WEEKLY', interval: 1, days: ['MO', 'TU', 'WE', 'TH', 'FR'] }, firstDay: 0, from: '09:00', hours: 8 },
  { name: 'Nights', hint: 'Every night, after working hours.', rule: { freq: 'DAILY', interval: 1, days: [] }, firstDay: 0, from: '17:00', hours: 16 },
  { name: 'Weekends', hint: 'From Saturday morning to Monday morning.', rule: { freq: 'WEEKLY', interval: 1, days: [] }, firstDay: 5, from: '09:00', hours: 48 },
];

export interface Override {
  type: 'override_shift';
  rotation_id?: string;
  custom_shift_id?: string;
  start_time: string;
  end_time: string;
  overridden_member: Member;
  overriding_member: Member;
}

/** What puts `instead` in the place of `whom` wherever they are on call between the two times. */
export function overridesFor(computed: ComputedShift[], whom: string, instead: string, begin: number, end: number): Override[] {
  return computed
    .filter((one) => (one.member.user_id ?? '') === whom && Date.parse(one.start_time) < end && Date.parse(one.end_time) > begin)
    .map((one) => ({
      type: 'override_shift', ...(one.source.rotation_id ? { rotation_id: one.source.rotation_id } : { custom_shift_id: one.source.shift_id ?? '' }),
      start_time: new Date(Math.max(begin, Date.parse(one.start_time))).toISOString(), end_time: new Date(Math.min(end, Date.parse(one.end_time))).toISOString(),
      overridden_member: one.member, overriding_member: memberOf(instead),
    }));
}

/** The members of Terraform's resource of such a schedule. Events that have ended are the past's. */
interface WrittenShifts {
  name: string;
  time_zone: string;
  description: string | null;
  teams: { id: string }[];
  rotations: { events: (Omit<ShiftEvent, 'id' | 'assignment_strategy'> & { assignment_strategy: { type: string; shifts_per_member?: number; members: { type: string; user_id?: string }[] } })[] }[];
}

export const shiftBlock = (schedule: WrittenShifts, now: number): Block => ({
  name: schedule.name, time_zone: schedule.time_zone, description: schedule.description || undefined, teams: schedule.teams.length > 0 ? schedule.teams.map((one) => one.id) : undefined,
  rotation: schedule.rotations.map((rotation) => rotation.events.filter((event) => !event.effective_until || Date.parse(event.effective_until) > now)).filter((events) => events.length > 0).map((events) => ({
    event: events.map((event) => ({
      name: event.name, start_time: event.start_time.date_time, end_time: event.end_time.date_time, effective_since: event.effective_since, effective_until: event.effective_until ?? undefined, recurrence: event.recurrence,
      assignment_strategy: {
        type: event.assignment_strategy.type, shifts_per_member: event.assignment_strategy.shifts_per_member,
        member: event.assignment_strategy.members.map(({ type, user_id }) => ({ type, user_id })),
      },
    })),
  })),
});
