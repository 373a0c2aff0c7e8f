import { expect, test } from 'vitest';
import { ApiError } from '../../api/client';
import { resource } from '../../parts/terraform';
import { actionWords, newRuleId, outcomeWords, pathBlock, problemsAt, problemsOf, traceOf, type Actions, type OrchestrationPath, type Outcome, type Trial } from './paths';

const names = { service: (id: string) => `service ${id}`, policy: (id: string) => `policy ${id}`, priority: (id: string) => id, field: (id: string) => `field ${id}` };

test('what a rule does is told in words, by the kind of its path', () => {
  expect(actionWords('router', { route_to: 'PS1' }, names)).toEqual(['Route to service PS1']);
  expect(actionWords('router', { route_to: 'unrouted' }, names)).toEqual(['Leave it unrouted']);
  expect(actionWords('global', { route_to: 'nights', suppress: true, suspend: 120, severity: 'info' }, names)).toEqual(['Go on with the rules of “nights”', 'Suppress: an alert, nobody is told', 'Hold for 2 min', 'Severity info']);
  expect(actionWords('service', { incident_custom_field_updates: [{ id: 'PF', value: 'staging' }] }, names)).toEqual(['field PF: staging']);
  expect(actionWords('service', { incident_custom_field_updates: null }, names)).toEqual([]);
  expect(actionWords('service', {}, names)).toEqual([]);
});

test('a refusal is shown where it belongs', () => {
  const error = new ApiError(400, 'Invalid Input Provided', 2001, ["sets[0].rules[1].conditions[0].expression can't be blank", 'paths.global.sets[0].rules[1].actions.suspend must be at most 86400', 'Something else'], {}, null, null);
  const problems = problemsOf(error);
  expect([...problemsAt(problems, 'sets[0].rules[1]')]).toEqual([['conditions[0].expression', ["can't be blank"]], ['actions.suspend', ['must be at most 86400']]]);
  expect(problemsAt(problems, 'sets[0].rules[10]').size).toBe(0);
});

test('a trial is drawn onto the rules that it looked at', () => {
  const trial = { steps: [{ path: 'global', set: 'start', rule: { id: 'a', label: null }, matched: false, conditions: [{ expression: 'x', matched: false }], actions: {} }, { path: 'global', set: 'start', rule: { id: 'b', label: null }, matched: true, conditions: [{ expression: 'x', matched: false }, { expression: 'y', matched: true }], actions: {} }] } as unknown as Trial;
  expect(traceOf(trial, 'global', 'start', 'a').trace).toBe('looked');
  expect(traceOf(trial, 'global', 'start', 'b')).toEqual({ trace: 'matched', conditions: [false, true] });
  expect(traceOf(trial, 'global', 'start', 'c').trace).toBe('unreached');
  expect(traceOf(trial, 'router', 'start', 'a').trace).toBe('unreached');
});

test('the outcome names what the event becomes', () => {
  const outcome: Outcome = { route_to: { id: 'PS1' }, disposition: 'suspend', suspend_seconds: 300, severity: 'info', priority: { id: 'P1' }, event_action: 'trigger', dedup_key: 'k', notes: ['see the runbook'] };
  expect(outcomeWords(outcome, names)).toEqual(['It goes to service PS1.', 'It is held for 5 min first.', 'Severity info.', 'Priority P1.', 'Noted: see the runbook', 'Its key is k.']);
  expect(outcomeWords({ ...outcome, route_to: null, disposition: 'unrouted', event_action: 'resolve' }, names)[0]).toBe('No service gets it: it is unrouted.');
  const hidden = outcomeWords({ ...outcome, route_to: null, route_to_hidden: true, disposition: 'trigger' }, names);
  expect(hidden.slice(0, 2)).toEqual(['It goes to a service that you cannot see. What becomes of it there is not shown.', 'Severity info.']);
});

test('ids are the server’s kind, and Terraform gets what is set', () => {
  expect(newRuleId()).toMatch(/^[0-9a-f]{8}$/);
  const path: OrchestrationPath = { type: 'router', parent: { id: 'O1', type: 'event_orchestration_reference' }, sets: [{ id: 'start', rules: [{ id: 'a', label: 'Db', conditions: [{ expression: "event.source matches part 'db'" }], actions: { route_to: 'PS1', suppress: false }, disabled: false }] }], catch_all: { actions: { route_to: 'unrouted' } } };
  const text = resource('pagerduty_event_orchestration_router', 'x', pathBlock(path));
  expect(text).toContain("expression = \"event.source matches part 'db'\"");
  expect(text).toContain('route_to = "PS1"');
  expect(text).not.toContain('suppress');
  const actions = { suppress: true, incident_custom_field_updates: [{ id: 'PF', value: 'staging' }] } as Actions;
  const own: OrchestrationPath = { ...path, type: 'service', parent: { id: 'PS1', type: 'service_reference' }, catch_all: { actions } };
  expect(resource('pagerduty_event_orchestration_service', 'x', pathBlock(own, true))).toContain(`  service                                = "PS1"
  enable_event_orchestration_for_service = true`);
  expect(resource('x', 'x', pathBlock(own))).toContain(`      incident_custom_field_update {
        id    = "PF"
        value = "staging"`);
});
