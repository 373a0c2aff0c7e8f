// One rule: when it applies, and what it does then. What the form does not show is kept.

import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { reads } from '../../api/reads';
import { Button } from '../../parts/base';
import { ActDialog, Check, Choice, Field, TextField } from '../../parts/forms';
import type { Actions, PathKind, Rule } from './paths';

type At = (place: string) => string[];

interface ActionProps {
  actions: Actions;
  set: (part: Actions) => void;
  at: At;
}

function Routing({ kind, actions, set, at, sets, catchAll }: ActionProps & { kind: PathKind; sets: string[]; catchAll: boolean }) {
  const services = useQuery(reads.services).data?.rows ?? [];
  const dynamic = actions.dynamic_route_to;
  if (kind === 'router')
    return (
      <>
        {dynamic ? null : <Choice label="Route to" value={actions.route_to ?? ''} onChange={(value) => set({ route_to: value })} required problems={at('route_to')} options={[['', 'Choose a service'], ['unrouted', 'No service: unrouted'], ...services.map((one) => [one.id, one.name] as const)]} />}
        {catchAll ? null : <Check label="Find the service in the event" checked={Boolean(dynamic)} onChange={(on) => set(on ? { dynamic_route_to: { source: 'event.custom_details.service', regex: '(.*)', lookup_by: 'service_name' }, route_to: null } : { dynamic_route_to: null })} />}
        {dynamic ? (
          <div className="cols">
            <TextField label="Stands in" value={dynamic.source} onChange={(source) => set({ dynamic_route_to: { ...dynamic, source } })} required problems={at('dynamic_route_to.source')} />
            <TextField label="Regular expression" value={dynamic.regex} onChange={(regex) => set({ dynamic_route_to: { ...dynamic, regex } })} required problems={at('dynamic_route_to.regex')} hint="Its first group is taken." />
            <Choice label="It is the service’s" value={dynamic.lookup_by} onChange={(value) => set({ dynamic_route_to: { ...dynamic, lookup_by: value } })} options={[['service_name', 'name'], ['service_id', 'id']]} />
          </div>
        ) : null}
      </>
    );
  const others = sets.filter((one) => one !== 'start');
  return (
    <Field label="Then go on with" hint="The rules of another set. A new name makes a new set." problems={at('route_to')}>
      {(ids) => (
        <>
          <input className="in" list={`${ids.id}-sets`} {...ids} value={actions.route_to ?? ''} onChange={(event) => set({ route_to: event.target.value })} placeholder="Nothing: the event leaves the rules here" />
          <datalist id={`${ids.id}-sets`}>{others.map((one) => <option key={one} value={one} />)}</datalist>
        </>
      )}
    </Field>
  );
}

function Disposition({ kind, actions, set, at }: ActionProps & { kind: PathKind }) {
  const now = actions.drop_event ? 'drop' : actions.suppress ? 'suppress' : actions.suspend ? 'suspend' : '';
  const choose = (value: string) => set({ drop_event: value === 'drop', suppress: value === 'suppress', suspend: value === 'suspend' ? actions.suspend || 300 : null });
  return (
    <div className="cols">
      <Choice label="The event" value={now} onChange={choose} problems={[...at('suppress'), ...at('drop_event')]} options={[['', 'goes on as usual'], ['suspend', 'is held: those that resolve meanwhile wake nobody'], ['suppress', 'is suppressed: an alert, nobody is told'], ...(kind === 'global' ? [['drop', 'is dropped'] as const] : [])]} />
      {now === 'suspend' ? <TextField label="For seconds" type="number" min={1} value={String(actions.suspend ?? '')} onChange={(value) => set({ suspend: Number(value) })} required problems={at('suspend')} /> : null}
    </div>
  );
}

function Priorities({ actions, set, at }: ActionProps) {
  const priorities = useQuery(reads.priorities).data ?? [];
  const policies = useQuery(reads.policies).data?.rows ?? [];
  return (
    <div className="cols">
      <Choice label="Priority" value={actions.priority ?? ''} onChange={(value) => set({ priority: value })} problems={at('priority')} options={[['', 'as it is'], ...priorities.map((one) => [one.id, one.name] as const)]} />
      <Choice label="People are called by" value={actions.escalation_policy ?? ''} onChange={(value) => set({ escalation_policy: value })} problems={at('escalation_policy')} options={[['', 'the policy of the service'], ...policies.map((one) => [one.id, one.name] as const)]} />
    </div>
  );
}

function Rows<Row extends object>({ title, rows, empty, change, children }: { title: string; rows: Row[]; empty: Row; change: (rows: Row[]) => void; children: (row: Row, set: (part: Partial<Row>) => void, i: number) => ReactNode }) {
  return (
    <fieldset className="stack">
      <legend className="lbl">{title}</legend>
      {rows.map((row, i) => (
        <div key={i} className="filters">
          {children(row, (part) => change(rows.map((one, at) => (at === i ? { ...one, ...part } : one))), i)}
          <Button size="sm" look="quiet" onClick={() => change(rows.filter((_, at) => at !== i))}>Remove<span className="vh"> {title} {i + 1}</span></Button>
        </div>
      ))}
      <p><Button size="sm" onClick={() => change([...rows, { ...empty }])}>Add</Button></p>
    </fieldset>
  );
}

function Changes({ actions, set, at }: ActionProps) {
  return (
    <>
      <div className="cols">
        <Choice label="Severity" value={actions.severity ?? ''} onChange={(value) => set({ severity: value })} problems={at('severity')} options={[['', 'as it is'], ...['critical', 'error', 'warning', 'info'].map((one) => [one, one] as const)]} />
        <Choice label="Treat as" value={actions.event_action ?? ''} onChange={(value) => set({ event_action: value })} problems={at('event_action')} options={[['', 'what it is'], ['trigger', 'triggered'], ['resolve', 'resolved']]} />
      </div>
      <Rows title="Variables" rows={actions.variables ?? []} empty={{ name: '', path: 'event.summary', type: 'regex', value: '(.*)' }} change={(variables) => set({ variables })}>
        {(row, change, i) => (
          <>
            <TextField label="Name" value={row.name} onChange={(name) => change({ name })} required problems={at(`variables[${i}].name`)} />
            <TextField label="Stands in" value={row.path} onChange={(path) => change({ path })} required problems={at(`variables[${i}].path`)} />
            <TextField label="Regular expression" value={row.value} onChange={(value) => change({ value })} required problems={at(`variables[${i}].value`)} />
          </>
        )}
      </Rows>
      <Rows title="Write into the event" rows={actions.extractions ?? []} empty={{ target: 'event.summary', template: '{{event.summary}}' }} change={(extractions) => set({ extractions })}>
        {(row, change, i) => (
          <>
            <TextField label="Field" value={row.target} onChange={(target) => change({ target })} required problems={at(`extractions[${i}].target`)} />
            {row.template === undefined ? (
              <>
                <TextField label="Stands in" value={row.source ?? ''} onChange={(source) => change({ source })} required problems={at(`extractions[${i}].source`)} />
                <TextField label="Regular expression" value={row.regex ?? ''} onChange={(regex) => change({ regex })} required problems={at(`extractions[${i}].regex`)} />
              </>
            ) : <TextField label="Text" value={row.template} onChange={(template) => change({ template })} required problems={at(`extractions[${i}].template`)} />}
          </>
        )}
      </Rows>
    </>
  );
}

function FieldUpdates({ actions, set, at }: ActionProps) {
  const fields = useQuery(reads.customFields('incidents')).data ?? [];
  const rows = actions.incident_custom_field_updates ?? [];
  if (fields.length === 0 && rows.length === 0) return null;
  const choices = (id: string) => [['', 'Choose'], ...fields.filter((one) => one.id === id || !rows.some((row) => row.id === one.id)).map((one) => [one.id, one.display_name] as const)] as const;
  return (
    <Rows title="Custom fields of the incident" rows={rows} empty={{ id: '', value: '' }} change={(updates) => set({ incident_custom_field_updates: updates })}>
      {(row, change, i) => (
        <>
          <Choice label="Custom field" value={row.id} onChange={(id) => change({ id })} required problems={at(`incident_custom_field_updates[${i}].id`)} options={choices(row.id)} />
          <TextField label="Value" value={row.value} onChange={(value) => change({ value })} required placeholder="{{event.custom_details.region}}" problems={at(`incident_custom_field_updates[${i}].value`)} />
        </>
      )}
    </Rows>
  );
}

function ActionFields({ kind, actions, change, sets, at, catchAll }: { kind: PathKind; actions: Actions; change: (actions: Actions) => void; sets: string[]; at: At; catchAll: boolean }) {
  const props: ActionProps = { actions, set: (part) => change({ ...actions, ...part }), at };
  const whole = kind === 'global' || kind === 'service';
  return (
    <>
      {kind === 'router' ? <Routing kind={kind} sets={sets} catchAll={catchAll} {...props} /> : null}
      {whole ? <Disposition kind={kind} {...props} /> : null}
      {whole ? <Priorities {...props} /> : null}
      {whole ? <TextField label="Note on the incident" value={actions.annotate ?? ''} onChange={(annotate) => props.set({ annotate })} problems={at('annotate')} /> : null}
      {whole ? <FieldUpdates {...props} /> : null}
      {kind === 'router' ? null : <><Changes {...props} /><Routing kind={kind} sets={sets} catchAll={catchAll} {...props} /></>}
    </>
  );
}

const examples = ["event.summary matches part 'timeout'", "event.severity matches 'info'", "event.custom_details.region exists", "event.source matches regex 'db[0-9]+'", "now in Mon,Tue,Wed,Thu,Fri 09:00:00 to 17:00:00 Europe/Madrid", "trigger_count over 1 hour > 3"];

export function RuleDialog({ kind, rule, sets, problems, onDone, onClose }: { kind: PathKind; rule: Rule; sets: string[]; problems: Map<string, string[]>; onDone: (rule: Rule) => void; onClose: () => void }) {
  const [draft, setDraft] = useState<Rule>(() => structuredClone(rule));
  const at: At = (place) => problems.get(place) ?? [];
  const setCondition = (i: number, expression: string) => setDraft({ ...draft, conditions: draft.conditions.map((one, at) => (at === i ? { expression } : one)) });
  return (
    <ActDialog wide title={rule.label || 'Rule'} act="Done" busy={false} error={null} failed="" onAct={() => onDone({ ...draft, label: draft.label?.trim() || null })} onClose={onClose}>
      <TextField label="Name" value={draft.label ?? ''} onChange={(label) => setDraft({ ...draft, label })} autoFocus problems={at('label')} hint="What it is for, in a few words." />
      <fieldset className="stack">
        <legend className="lbl">When any of these is true</legend>
        {draft.conditions.length === 0 ? <p className="dim">Always.</p> : null}
        {draft.conditions.map((condition, i) => (
          <div key={i} className="row tight">
            <div className="grow"><Field label={`Condition ${i + 1}`} problems={at(`conditions[${i}].expression`)}>{(ids) => <textarea className="in mono" rows={2} spellCheck={false} required {...ids} value={condition.expression} onChange={(event) => setCondition(i, event.target.value)} />}</Field></div>
            <Button size="sm" look="quiet" onClick={() => setDraft({ ...draft, conditions: draft.conditions.filter((_, at) => at !== i) })}>Remove<span className="vh"> condition {i + 1}</span></Button>
          </div>
        ))}
        <p className="row wrap"><Button size="sm" onClick={() => setDraft({ ...draft, conditions: [...draft.conditions, { expression: '' }] })}>Add a condition</Button></p>
        <details><summary className="small hit">How conditions are written</summary><ul className="plainlist small">{examples.map((one) => <li key={one}><code>{one}</code></li>)}</ul><p className="small dim">Joined by <code>and</code> and <code>or</code>.</p></details>
      </fieldset>
      <h3>Then</h3>
      <ActionFields kind={kind} actions={draft.actions} change={(actions) => setDraft({ ...draft, actions })} sets={sets} catchAll={false} at={(place) => at(`actions.${place}`)} />
      <Check label="Off" checked={draft.disabled} onChange={(disabled) => setDraft({ ...draft, disabled })} hint="It is passed over." />
    </ActDialog>
  );
}

export function CatchAllDialog({ kind, actions, sets, problems, onDone, onClose }: { kind: PathKind; actions: Actions; sets: string[]; problems: Map<string, string[]>; onDone: (actions: Actions) => void; onClose: () => void }) {
  const [draft, setDraft] = useState<Actions>(() => structuredClone(actions));
  return (
    <ActDialog wide title="When no rule applies" act="Done" busy={false} error={null} failed="" onAct={() => onDone(draft)} onClose={onClose}>
      <ActionFields kind={kind} actions={draft} change={setDraft} sets={sets} catchAll at={(place) => problems.get(`actions.${place}`) ?? []} />
    </ActDialog>
  );
}

export function EventField({ text, change, problem }: { text: string; change: (text: string) => void; problem: string }) {
  return <Field label="Event (Events API v2)" problems={problem ? [problem] : []}>{(ids) => <textarea className="in mono" rows={10} spellCheck={false} {...ids} value={text} onChange={(event) => change(event.target.value)} />}</Field>;
}
