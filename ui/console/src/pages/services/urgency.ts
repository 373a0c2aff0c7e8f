// How urgent an incident of a service is: always the same, by the severity of its event, or by support hours.

import type { ScheduledAction, Service, SupportHours, UrgencyRule } from '../../api/types';

export const urgencies = [['severity_based', 'By severity: critical and error ring, the rest waits'], ['high', 'High: always ring'], ['low', 'Low: never wake anybody']] as const;
export const bySupportHours = ['support_hours', 'By support hours: other by day than by night'] as const;

export interface UrgencyDraft {
  /** Of a constant rule, or `support_hours`. */
  urgency: string;
  during: string;
  outside: string;
  zone: string;
  /** 1 is Monday. */
  days: number[];
  /** "09:00" */
  from: string;
  to: string;
  /** What is open at low urgency rings when the hours begin. */
  raise: boolean;
}

type Ruled = Pick<Service, 'incident_urgency_rule' | 'support_hours' | 'scheduled_actions'>;

export const newUrgency = (zone: string): UrgencyDraft => ({ urgency: 'severity_based', during: 'high', outside: 'low', zone, days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00', raise: false });

export function urgencyDraftOf({ incident_urgency_rule: rule, support_hours: hours, scheduled_actions: actions }: Ruled, zone: string): UrgencyDraft {
  const first = newUrgency(zone);
  return {
    urgency: rule.type === 'use_support_hours' ? 'support_hours' : rule.urgency ?? 'high',
    during: rule.during_support_hours?.urgency ?? first.during, outside: rule.outside_support_hours?.urgency ?? first.outside,
    zone: hours?.time_zone ?? first.zone, days: hours?.days_of_week ?? first.days, from: hours?.start_time.slice(0, 5) ?? first.from, to: hours?.end_time.slice(0, 5) ?? first.to,
    raise: (actions ?? []).length > 0,
  };
}

const constant = (urgency: string): UrgencyRule => ({ type: 'constant', urgency: urgency as 'high' });

/** What of a service the draft is. `had`: the hours that there were go. */
export function urgencyBody(draft: UrgencyDraft, had = false): { incident_urgency_rule: UrgencyRule; support_hours?: SupportHours | null; scheduled_actions?: ScheduledAction[] } {
  if (draft.urgency !== 'support_hours') return { incident_urgency_rule: constant(draft.urgency), ...(had ? { support_hours: null, scheduled_actions: [] } : {}) };
  return {
    incident_urgency_rule: { type: 'use_support_hours', during_support_hours: constant(draft.during), outside_support_hours: constant(draft.outside) },
    support_hours: { type: 'fixed_time_per_day', time_zone: draft.zone, days_of_week: [...draft.days].sort(), start_time: `${draft.from}:00`, end_time: `${draft.to}:00` },
    scheduled_actions: draft.raise ? [{ type: 'urgency_change', at: { type: 'named_time', name: 'support_hours_start' }, to_urgency: 'high' }] : [],
  };
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
export const days = dayNames.map((name, i) => [i + 1, name] as const);

/** "Mon to Fri", "Mon, Wed", "every day" */
export function daysWords(chosen: number[]): string {
  const sorted = [...chosen].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return 'no day';
  if (sorted.length === 7) return 'every day';
  const name = (day: number) => dayNames[day - 1] ?? '';
  return sorted.length > 2 && last - first + 1 === sorted.length ? `${name(first)} to ${name(last)}` : sorted.map(name).join(', ');
}

const wordsOf = (rule: UrgencyRule | undefined): string => urgencies.find(([key]) => key === rule?.urgency)?.[1] ?? rule?.urgency ?? '';

/** One sentence for each thing that holds. */
export function urgencyWords({ incident_urgency_rule: rule, support_hours: hours, scheduled_actions: actions }: Ruled): string[] {
  if (rule.type === 'constant' || !hours) return [wordsOf(rule)];
  const effect = (one: UrgencyRule | undefined) => wordsOf(one).split(': ').at(-1) ?? '';
  return [
    `In support hours, ${daysWords(hours.days_of_week)} ${hours.start_time.slice(0, 5)} to ${hours.end_time.slice(0, 5)} (${hours.time_zone}): ${effect(rule.during_support_hours)}`,
    `Outside: ${effect(rule.outside_support_hours)}`,
    ...((actions ?? []).length > 0 ? ['When they begin, what is open at low urgency rings'] : []),
  ];
}
