// Rules as cards in their order: changed, moved and tried before they are saved, all at once.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads } from '../../api/reads';
import { Button, Empty, Failure, Sect } from '../../parts/base';
import { useDraft } from '../../parts/drafts';
import { useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { moved, ReorderList } from '../../parts/reorder';
import { tell } from '../../parts/toasts';
import { actionWords, bodyOf, newRule, newRuleId, problemsAt, problemsOf, traceOf, type Actions, type Names, type OrchestrationPath, type PathKind, type Rule, type RuleSet, type Trace, type Trial } from './paths';
import { CatchAllDialog, RuleDialog } from './rule_form';
import { TryIt, useTrial, type Owner } from './try_it';

function useNames(): Names {
  const services = useQuery(reads.services).data?.rows ?? [];
  const policies = useQuery(reads.policies).data?.rows ?? [];
  const priorities = useQuery(reads.priorities).data ?? [];
  const named = (rows: { id: string; name: string }[]) => (id: string) => rows.find((one) => one.id === id)?.name ?? id;
  const fields = (useQuery(reads.customFields('incidents')).data ?? []).map(({ id, display_name: name }) => ({ id, name }));
  return { service: named(services), policy: named(policies), priority: named(priorities), field: named(fields) };
}

const traces: Record<Trace, [icon: 'resolved' | 'disabled' | 'info', word: string] | null> = { matched: ['resolved', 'The event meets it'], looked: ['disabled', 'The event does not meet it'], unreached: null };

function TraceLine({ trace, tried }: { trace: Trace; tried: boolean }) {
  const found = traces[trace];
  if (!tried) return null;
  return found ? <span className={`small nowrap ${trace === 'matched' ? 'c-res' : 'dim'}`}><Icon name={found[0]} tone={trace === 'matched' ? 'res' : ''} /> {found[1]}</span> : <span className="small dim nowrap">not reached</span>;
}

function What({ kind, actions, names }: { kind: PathKind; actions: Actions; names: Names }) {
  const words = actionWords(kind, actions, names);
  return <span className="acts-of">{words.length === 0 ? <span className="dim small">nothing</span> : words.map((one) => <span key={one} className="token">{one}</span>)}</span>;
}

function Card({ rule, number, kind, names, problems, trial, set, may, onEdit, onCopy, onRemove }: {
  rule: Rule; number: number; kind: PathKind; names: Names; problems: Map<string, string[]>; trial: Trial | undefined; set: string; may: boolean; onEdit: () => void; onCopy: () => void; onRemove: () => void;
}) {
  const { trace, conditions } = traceOf(trial, kind, set, rule.id);
  const which = <span className="vh"> rule {number}</span>;
  return (
    <div className={`rule ${trial ? trace : ''} ${problems.size > 0 ? 'err' : ''}`}>
      <div className="row between wrap"><b>{number}. {rule.label || 'Rule without a name'}{rule.disabled ? <span className="dim"> (off)</span> : null}</b><TraceLine trace={trace} tried={trial !== undefined} /></div>
      <ul className="when">
        {rule.conditions.length === 0 ? <li className="dim small">always</li> : rule.conditions.map((one, i) => (
          <li key={i}><span className="dim small">{i === 0 ? 'when' : 'or'}</span> <code>{one.expression || '…'}</code>{conditions[i] === undefined ? null : <> <Icon name={conditions[i] ? 'resolved' : 'disabled'} tone={conditions[i] ? 'res' : ''} /><span className="vh">{conditions[i] ? 'true' : 'false'}</span></>}
            {(problems.get(`conditions[${i}].expression`) ?? []).map((problem) => <span key={problem} className="errmsg"><Icon name="triggered" />{problem}</span>)}</li>
        ))}
      </ul>
      <What kind={kind} actions={rule.actions} names={names} />
      {[...problems].filter(([place]) => !place.startsWith('conditions')).map(([place, sentences]) => <span key={place} className="errmsg"><Icon name="triggered" />{place.replace('actions.', '')} {sentences.join('. ')}</span>)}
      {may ? (
        <div className="row tight wrap">
          <Button size="sm" onClick={onEdit}>Change{which}</Button>
          <Button size="sm" look="quiet" onClick={onCopy}>Copy{which}</Button>
          <Button size="sm" look="quiet" onClick={onRemove}>Delete{which}</Button>
        </div>
      ) : null}
    </div>
  );
}

/** Sets that rules lead to exist, and those that none leads to any more and that are empty do not. */
export function withSets(path: OrchestrationPath): OrchestrationPath {
  if (path.type === 'router') return path;
  const wanted = new Set(['start', ...path.sets.flatMap((set) => set.rules.map((rule) => rule.actions.route_to)), path.catch_all.actions.route_to].filter((one): one is string => Boolean(one)));
  const kept = path.sets.filter((set) => wanted.has(set.id) || set.rules.length > 0);
  return { ...path, sets: [...kept, ...[...wanted].filter((id) => !kept.some((set) => set.id === id)).map((id): RuleSet => ({ id, rules: [] }))] };
}

type Open = { set: number; rule: Rule; isNew: boolean } | 'catch_all' | null;

export function PathEditor({ stored, address, owner, may }: { stored: OrchestrationPath; address: string; owner: Owner; may: boolean }) {
  const names = useNames();
  const kind = stored.type;
  const [draft, setDraft] = useState<OrchestrationPath>(() => withSets(stored));
  const [saved, setSaved] = useState(stored);
  const [open, setOpen] = useState<Open>(null);
  const [event, setEvent] = useState<object | null>(null);
  const trial = useTrial(owner, { [kind]: draft }, event);
  const shown = event && !trial.error ? trial.data : undefined;
  const changed = JSON.stringify(bodyOf(draft)) !== JSON.stringify(bodyOf(withSets(saved)));
  const act = useAct(() => ask<{ orchestration_path: OrchestrationPath }>('PUT', address, bodyOf(draft)), ({ orchestration_path: path }) => {
    setSaved(path);
    setDraft(withSets(path));
    tell('Saved. It counts for events from now on.');
  });
  useDraft(changed && !act.isPending);
  const problems = problemsOf(act.error ?? trial.error);
  const setRules = (at: number, rules: Rule[]) => setDraft(withSets({ ...draft, sets: draft.sets.map((set, i) => (i === at ? { ...set, rules } : set)) }));
  const done = (at: number, rule: Rule, isNew: boolean) => {
    const rules = draft.sets[at]?.rules ?? [];
    setRules(at, isNew ? [...rules, rule] : rules.map((one) => (one.id === rule.id ? rule : one)));
    setOpen(null);
  };
  const ids = draft.sets.map((set) => set.id);
  const catchAll = traceOf(shown, kind, 'start', null);
  return (
    <div className="split wide">
      <div>
        {draft.sets.map((set, at) => (
          <Sect key={set.id} title={set.id === 'start' ? 'Rules, in their order' : `Rules of “${set.id}”`} aside={set.id === 'start' ? 'the first that an event meets counts' : 'for what other rules send here'} end={may ? <Button size="sm" icon="plus" onClick={() => setOpen({ set: at, rule: newRule(), isNew: true })}>New rule<span className="vh"> in {set.id}</span></Button> : null}>
            {set.rules.length === 0 ? <Empty title="No rule yet.">{kind === 'router' ? 'Every event goes where the last card says.' : 'Every event leaves as it came.'}</Empty> : (
              <ReorderList label={`Rules of ${set.id}, in order`} fixed={!may} onMove={(from, to) => setRules(at, moved(set.rules, from, to))} items={set.rules.map((rule, i) => ({
                key: rule.id, name: rule.label || `rule ${i + 1}`,
                content: <Card rule={rule} number={i + 1} kind={kind} names={names} problems={problemsAt(problems, `sets[${at}].rules[${i}]`)} trial={shown} set={set.id} may={may} onEdit={() => setOpen({ set: at, rule, isNew: false })}
                  onCopy={() => setRules(at, set.rules.toSpliced(i + 1, 0, { ...structuredClone(rule), id: newRuleId(), label: `${rule.label ?? 'Rule'} (copy)` }))} onRemove={() => setRules(at, set.rules.filter((one) => one.id !== rule.id))} />,
              }))} />
            )}
          </Sect>
        ))}
        <Sect title="When no rule applies" end={may ? <Button size="sm" onClick={() => setOpen('catch_all')}>Change<span className="vh"> what happens then</span></Button> : null}>
          <div className={`rule ${shown ? catchAll.trace : ''}`}><What kind={kind} actions={draft.catch_all.actions} names={names} /><TraceLine trace={catchAll.trace} tried={shown !== undefined} /></div>
        </Sect>
        {act.error ? <Failure error={act.error} what="Not saved." /> : null}
        {may ? (
          <div className="bulk">
            <span className="grow">{changed ? <b>Not saved</b> : <span className="dim">Saved as shown</span>}</span>
            {changed ? <Button onClick={() => setDraft(withSets(saved))}>Discard</Button> : null}
            <Button look="ink" busy={act.isPending} disabled={!changed} onClick={() => act.mutate(undefined)}>Save</Button>
          </div>
        ) : null}
      </div>
      <TryIt owner={owner} trial={trial} onEvent={setEvent} names={names} />
      {open && open !== 'catch_all' ? <RuleDialog kind={kind} rule={open.rule} sets={ids} problems={open.isNew ? new Map() : problemsAt(problems, `sets[${open.set}].rules[${draft.sets[open.set]?.rules.findIndex((one) => one.id === open.rule.id) ?? -1}]`)} onDone={(rule) => done(open.set, rule, open.isNew)} onClose={() => setOpen(null)} /> : null}
      {open === 'catch_all' ? <CatchAllDialog kind={kind} actions={draft.catch_all.actions} sets={ids} problems={problemsAt(problems, 'catch_all')} onDone={(actions) => { setDraft(withSets({ ...draft, catch_all: { actions } })); setOpen(null); }} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}
