// Rules of event orchestrations, as REST has them: what they do in words, what a refusal says of them, and what a trial
// found at each.

import { ApiError } from '../../api/client';
import { span } from '../../api/times';
import type { Block } from '../../parts/terraform';

export type PathKind = 'router' | 'global' | 'unrouted' | 'service';

export interface Actions {
  route_to?: string | null;
  dynamic_route_to?: { source: string; regex: string; lookup_by: string } | null;
  drop_event?: boolean;
  suppress?: boolean;
  suspend?: number | null;
  severity?: string | null;
  event_action?: string | null;
  priority?: string | null;
  escalation_policy?: string | null;
  annotate?: string | null;
  variables?: { name: string; path: string; type: string; value: string }[];
  extractions?: { target: string; template?: string; source?: string; regex?: string }[];
  /** The value is a template. */
  incident_custom_field_updates?: { id: string; value: string }[] | null;
  /** What the form does not show is kept as it is. */
  [other: string]: unknown;
}
export interface Rule {
  id: string;
  label: string | null;
  conditions: { expression: string }[];
  actions: Actions;
  disabled: boolean;
}
export interface RuleSet {
  id: string;
  rules: Rule[];
}
export interface OrchestrationPath {
  type: PathKind;
  parent: { id: string; type: string };
  sets: RuleSet[];
  catch_all: { actions: Actions };
}

/** Eight hexadecimal digits, as the server has them: a new rule keeps its id when it is saved, so a trial can name it. */
export const newRuleId = (): string => [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const newRule = (): Rule => ({ id: newRuleId(), label: '', conditions: [{ expression: '' }], actions: {}, disabled: false });

/** What goes to the server: nothing that is only the answer's. */
export const bodyOf = ({ sets, catch_all }: OrchestrationPath) => ({ orchestration_path: { sets, catch_all } });

export interface Names {
  service: (id: string) => string;
  policy: (id: string) => string;
  priority: (id: string) => string;
  /** Of incidents. */
  field: (id: string) => string;
}

/** One sentence for each thing that a rule does. */
export function actionWords(kind: PathKind, actions: Actions, names: Names): string[] {
  const words: string[] = [];
  if (actions.route_to) words.push(kind !== 'router' ? `Go on with the rules of “${actions.route_to}”` : actions.route_to === 'unrouted' ? 'Leave it unrouted' : `Route to ${names.service(actions.route_to)}`);
  if (actions.dynamic_route_to) words.push(`Route to the service whose ${actions.dynamic_route_to.lookup_by.replace('service_', '')} stands in ${actions.dynamic_route_to.source}`);
  if (actions.drop_event) words.push('Drop the event');
  if (actions.suppress) words.push('Suppress: an alert, nobody is told');
  if (actions.suspend) words.push(`Hold for ${span(actions.suspend)}`);
  if (actions.severity) words.push(`Severity ${actions.severity}`);
  if (actions.event_action) words.push(actions.event_action === 'resolve' ? 'Treat as resolved' : 'Treat as triggered');
  if (actions.priority) words.push(`Priority ${names.priority(actions.priority)}`);
  if (actions.escalation_policy) words.push(`Call by ${names.policy(actions.escalation_policy)}`);
  if (actions.annotate) words.push(`Note: ${actions.annotate}`);
  for (const one of actions.variables ?? []) words.push(`Remember ${one.name} from ${one.path}`);
  for (const one of actions.extractions ?? []) words.push(`Write ${one.target}${one.template ? `: ${one.template}` : one.source ? ` from ${one.source}` : ''}`);
  for (const one of actions.incident_custom_field_updates ?? []) words.push(`${names.field(one.id)}: ${one.value}`);
  return words;
}

/** Refusals by their place, "sets[0].rules[1].conditions[0].expression"; what names no place is not among them. */
export function problemsOf(error: unknown): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (!(error instanceof ApiError)) return found;
  const add = (place: string, sentence: string) => found.set(place, [...(found.get(place) ?? []), sentence]);
  for (const [place, sentences] of Object.entries(error.places)) for (const sentence of sentences) add(place, sentence);
  for (const sentence of error.errors) {
    const [, place, rest] = /^(?:orchestration_path\.|paths\.\w+\.)?((?:sets\[|catch_all)\S*) (.+)$/.exec(sentence) ?? [];
    if (place && rest) add(place, rest);
  }
  return found;
}

/** Those of one rule, by their place inside it. */
export function problemsAt(problems: Map<string, string[]>, place: string): Map<string, string[]> {
  return new Map([...problems].filter(([name]) => name === place || name.startsWith(`${place}.`)).map(([name, sentences]) => [name.slice(place.length + 1), sentences]));
}

export interface TrialStep {
  path: PathKind;
  set: string;
  rule: { id: string; label: string | null } | null;
  matched: boolean;
  conditions: { expression: string; matched: boolean }[];
  actions: Actions;
}
export interface Outcome {
  route_to: { id: string } | null;
  /** It goes to a service that whoever tries must not know of; the trial ends there. */
  route_to_hidden?: boolean;
  disposition: 'trigger' | 'suppress' | 'suspend' | 'drop' | 'unrouted';
  suspend_seconds?: number;
  severity: string;
  priority?: { id: string };
  event_action: string;
  dedup_key: string;
  escalation_policy?: { id: string };
  /** What rules note on the incident. */
  notes: string[];
}
export interface Trial {
  event: unknown;
  steps: TrialStep[];
  outcome: Outcome;
}
export interface RecentEvent {
  at: string;
  summary: string;
  /** Absent when it is too large to be kept. */
  event: object | null;
}

export type Trace = 'matched' | 'looked' | 'unreached';

/** What the trial did at a rule. */
export function traceOf(trial: Trial | undefined, path: PathKind, set: string, rule: string | null): { trace: Trace; conditions: boolean[] } {
  const step = trial?.steps.find((one) => one.path === path && one.set === set && (one.rule?.id ?? null) === rule);
  return step ? { trace: step.matched ? 'matched' : 'looked', conditions: step.conditions.map((one) => one.matched) } : { trace: 'unreached', conditions: [] };
}

const idOf = (value: { id: string } | null | undefined): string => value?.id ?? '';

/** What would become of the event. */
export function outcomeWords(outcome: Outcome, names: Names): string[] {
  const words: string[] = [];
  if (outcome.disposition === 'unrouted') words.push('No service gets it: it is unrouted.');
  else if (outcome.route_to_hidden) words.push('It goes to a service that you cannot see. What becomes of it there is not shown.');
  else if (idOf(outcome.route_to)) words.push(`It goes to ${names.service(idOf(outcome.route_to))}.`);
  const becomes: Record<string, string> = { trigger: 'It opens an incident, or joins one.', drop: 'It is dropped.', suppress: 'It becomes an alert; nobody is told.', suspend: `It is held for ${span(outcome.suspend_seconds ?? 0)} first.` };
  if (!outcome.route_to_hidden && outcome.event_action === 'trigger' && becomes[outcome.disposition]) words.push(becomes[outcome.disposition] ?? '');
  words.push(`Severity ${outcome.severity}.`);
  if (outcome.event_action !== 'trigger') words.push(`It counts as ${outcome.event_action}.`);
  if (idOf(outcome.priority)) words.push(`Priority ${names.priority(idOf(outcome.priority))}.`);
  if (idOf(outcome.escalation_policy)) words.push(`People are called by ${names.policy(idOf(outcome.escalation_policy))}.`);
  for (const note of outcome.notes) words.push(`Noted: ${note}`);
  if (outcome.dedup_key) words.push(`Its key is ${outcome.dedup_key}.`);
  return words;
}

/** An event of version 2 to begin with. */
export const sampleEvent = JSON.stringify({ event_action: 'trigger', payload: { summary: 'Disk is 91 % full on db1', source: 'db1.example.com', severity: 'warning', component: 'postgres', custom_details: { region: 'eu-west' } } }, null, 2);

/** Lists of blocks, which HCL names by one of them. */
const blockNames: Record<string, string> = { variables: 'variable', extractions: 'extraction', incident_custom_field_updates: 'incident_custom_field_update', pagerduty_automation_actions: 'pagerduty_automation_action' };

function actionsBlock(actions: Actions): Block {
  const block: Block = {};
  for (const [name, value] of Object.entries(actions)) {
    if (value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    block[blockNames[name] ?? name] = value as Block[string];
  }
  return block;
}

/** The members of Terraform's resource of a path. */
export const pathBlock = (path: OrchestrationPath, active?: boolean): Block => ({
  ...(path.type === 'service' ? { service: path.parent.id, enable_event_orchestration_for_service: active } : { event_orchestration: path.parent.id }),
  set: path.sets.map((set) => ({
    id: set.id,
    rule: set.rules.map((rule) => ({ label: rule.label ?? undefined, disabled: rule.disabled || undefined, condition: rule.conditions.map((one) => ({ expression: one.expression })), actions: actionsBlock(rule.actions) })),
  })),
  catch_all: { actions: actionsBlock(path.catch_all.actions) },
});
