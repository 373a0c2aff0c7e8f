// What happens to a triggered incident if nobody acts: the persons in their order and the moments at which they are rung.

import type { EscalationRule, Incident, OnCall, Policy, Ref, Why } from '../../api/types';

export interface Station {
  level: number;
  users: Ref[];
  /** When they are rung; null for those who are now. */
  at: string | null;
}

export interface RelayPlan {
  stations: Station[];
  /** How the chain ends. */
  end: string;
}

const levelUsers = (level: number, onCalls: OnCall[]): Ref[] => {
  const users = new Map(onCalls.filter((row) => row.escalation_level === level).map((row) => [row.user.id, row.user]));
  return [...users.values()];
};

/** The level that has it now: the last one that a decision names. */
export const levelNow = (why: Pick<Why, 'decisions'> | undefined): number =>
  why?.decisions.findLast((one) => one.level !== null)?.level ?? 1;

export function relayPlan(incident: Incident, policy: Policy | undefined, onCalls: OnCall[], level: number): RelayPlan {
  const stations: Station[] = [{ level, users: incident.assignments.map((one) => one.assignee), at: null }];
  const next = incident.pending_actions.find((one) => one.type === 'escalate')?.at;
  const rules: EscalationRule[] = policy?.escalation_rules ?? [];
  if (!next) return { stations, end: rules.length > 0 ? 'Nobody else is rung after them.' : '' };
  let at = Date.parse(next);
  for (let i = level; i < rules.length; ++i) {
    stations.push({ level: i + 1, users: levelUsers(i + 1, onCalls), at: new Date(at).toISOString() });
    at += (rules[i]?.escalation_delay_in_minutes ?? 0) * 60_000;
  }
  const loops = policy?.num_loops ?? 0;
  if (stations.length === 1) stations.push({ level: 1, users: levelUsers(1, onCalls), at: next });
  const end = loops === 0 ? 'Then nobody is left.' : `Starts over ${loops === 1 ? 'once' : loops === 2 ? 'twice' : `${loops} times`} in all.`;
  return { stations, end };
}
