import { expect, test } from 'vitest';
import type { Incident, OnCall, Policy, Ref } from '../../api/types';
import { levelNow, relayPlan } from './relay';

const person = (id: string): Ref => ({ id, type: 'user_reference', summary: id });
const policy = {
  num_loops: 2,
  escalation_rules: [5, 15, 10].map((minutes) => ({ escalation_delay_in_minutes: minutes, targets: [] })),
} as unknown as Policy;
const onCalls = [['ana', 1], ['ben', 2], ['ben', 2], ['priya', 3]].map(([id, level]) => ({ user: person(id as string), escalation_level: level })) as OnCall[];
const incident = (pending: Incident['pending_actions']) =>
  ({ assignments: [{ at: '', assignee: person('ana') }], pending_actions: pending }) as unknown as Incident;

test('each level is rung after the delay of the one before it', () => {
  const plan = relayPlan(incident([{ type: 'escalate', at: '2026-10-20T01:19:07.000Z' }]), policy, onCalls, 1);
  expect(plan.stations.map((one) => [one.level, one.at, one.users.map((user) => user.id)])).toEqual([
    [1, null, ['ana']],
    [2, '2026-10-20T01:19:07.000Z', ['ben']],
    [3, '2026-10-20T01:34:07.000Z', ['priya']],
  ]);
  expect(plan.end).toBe('Starts over twice in all.');
});

test('the last level is followed by the first again', () => {
  const plan = relayPlan(incident([{ type: 'escalate', at: '2026-10-20T01:19:07.000Z' }]), policy, onCalls, 3);
  expect(plan.stations.map((one) => one.level)).toEqual([3, 1]);
});

test('without a pending escalation nobody else is named', () => {
  const plan = relayPlan(incident([]), policy, onCalls, 2);
  expect(plan.stations).toHaveLength(1);
  expect(plan.end).toBe('Nobody else is rung after them.');
});

test('the level is the last that a decision names', () => {
  const decision = (level: number | null) => ({ at: '', reason: '', sentence: '', user: null, schedule: null, config: [], level });
  expect(levelNow({ decisions: [decision(1), decision(2), decision(null)] })).toBe(2);
  expect(levelNow(undefined)).toBe(1);
});
