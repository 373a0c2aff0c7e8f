import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError, ask, question } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import { countdown } from '../../api/times';
import { refTo, type Policy, type Ref, type Simulation } from '../../api/types';
import { NotFound } from '../../frame';
import { Button, Crumbs, Failure, Rail, RailEntry, Sect, useTitle, Waiting, When } from '../../parts/base';
import { Denied, onlyFor } from '../../parts/ask_admins';
import { Cancel } from '../../parts/draft_guard';
import { ActDialog, ActForm, Choice, Field, Problems, TextField, useAct } from '../../parts/forms';
import { channelIcon, channelWords, Icon } from '../../parts/icons';
import { Person, RefLink } from '../../parts/state';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { TeamsField, useOwnTeams, type TeamOf } from './teams_field';

/** As the server says it of a policy that is saved. */
const ofPolicy = (error: unknown): unknown => {
  if (!(error instanceof ApiError)) return error;
  return new ApiError(error.status, error.message, error.code, error.errors.map((one) => one.replace(/^Escalation policy /i, '')), error.places, error.retryAfterSeconds, error.requestId);
};

type Levels = Pick<ReturnType<typeof bodyOf>['escalation_policy'], 'num_loops' | 'escalation_rules'>;

/** Of what is stored, or of `draft`: what is on the screen, saved or not. What the server refuses of it goes to `onRefused`. */
function Simulate({ id, draft, onRefused }: { id?: string | undefined; draft?: Levels; onRefused?: (error: unknown) => void }) {
  const { time_zone: zone } = useSession();
  const [at, setAt] = useState('');
  const [urgency, setUrgency] = useState('high');
  const subject = draft ? { type: 'escalation_policy', ...(id ? { id } : {}), num_loops: draft.num_loops, escalation_rules: draft.escalation_rules } : refTo('escalation_policy', id ?? '');
  const run = useMutation({
    mutationFn: () => question<{ simulation: Simulation }>('/console/simulations', {
      simulation: { escalation_policy: subject, urgency, ...(at ? { at, time_zone: zone } : {}) },
    }).then((answer) => answer.simulation),
    onMutate: () => onRefused?.(null),
    onError: (error) => onRefused?.(ofPolicy(error)),
  });
  const { reset } = run;
  const about = JSON.stringify(subject);
  // What was forecast is not of what is there now.
  useEffect(() => {
    reset();
    onRefused?.(null);
  }, [about, reset, onRefused]);
  const result = run.data;
  return (
    <section className="panel" aria-labelledby="simulate">
      <header><h2 id="simulate">What would happen?</h2></header>
      <div className="body stack-4">
        <form className="filters" onSubmit={(event) => { event.preventDefault(); run.mutate(); }}>
          <Field label="It breaks at (empty: now)">{(ids) => <input className="in" type="datetime-local" {...ids} value={at} onChange={(event) => setAt(event.target.value)} />}</Field>
          <Choice label="Urgency" value={urgency} onChange={setUrgency} options={[['high', 'High'], ['low', 'Low']]} />
          <Button type="submit" busy={run.isPending}>Simulate</Button>
        </form>
        {run.error ? <Failure error={ofPolicy(run.error)} what="Not simulated." /> : null}
        {result ? (
          <div aria-live="polite">
            <p className="verdict">{result.outcome}</p>
            <Rail>
              {result.notifications.map((one, i) => <RailEntry key={i} time={<time className="mono">{countdown(one.after_seconds)}</time>} icon={channelIcon(one.channel)} reason={one.problem ?? one.to}><b>{one.user.summary}</b> by {channelWords(one.channel)}</RailEntry>)}
            </Rail>
            {result.why?.people.filter((one) => !one.told).map((one) => <p key={one.user.id} className="small dim">{one.user.summary}: {one.sentence}</p>)}
            {result.remarks.map((one) => <p key={one} className="small dim">{one}</p>)}
            <p className="small dim">Computed for <When at={result.at} /> by the same rules that send real pages, if nobody answers. Nothing was sent{draft ? ' or saved' : ''}.</p>
          </div>
        ) : <p className="small dim">Who is rung, in which second and how, if nobody answers{draft ? ', by what is on the screen' : ''}. Nothing is sent{draft ? ' or saved' : ''}.</p>}
      </div>
    </section>
  );
}

function Delete({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', `/escalation_policies/${policy.id}`), () => { tell(`${policy.name} is deleted.`); router.history.replace('/console/on-call'); });
  return (
    <ActDialog title={`Delete ${policy.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>{policy.services.length > 0 ? `These services call by it: ${policy.services.map((one) => one.summary).join(', ')}. The server refuses while they do.` : 'No service uses it.'} This cannot be undone.</p>
    </ActDialog>
  );
}

const policyBlock = (policy: Pick<Policy, 'name' | 'description' | 'num_loops' | 'teams' | 'escalation_rules'> & { id?: string }) => resource('pagerduty_escalation_policy', policy.name, {
  name: policy.name, description: policy.description ?? undefined, num_loops: policy.num_loops, teams: policy.teams.map((team) => team.id),
  rule: policy.escalation_rules.map((rule) => ({ escalation_delay_in_minutes: rule.escalation_delay_in_minutes, target: rule.targets.map(({ id, type }) => ({ type, id })) })),
}, policy.id);

function Shown({ policy }: { policy: Policy }) {
  const onCalls = useQuery(reads.onCalls({ escalation_policy_ids: [policy.id] }));
  const may = useRights().may('manage', policy.teams);
  const [deleting, setDeleting] = useState(false);
  useApi([`/escalation_policies/${policy.id}`, `/oncalls?escalation_policy_ids[]=${policy.id}`], policyBlock(policy));
  let minutes = 0;
  return (
    <>
      <Crumbs><a href="/console/on-call">On call</a>{policy.teams.map((team) => <span key={team.id}> / <RefLink to={team} /></span>)}</Crumbs>
      <div className="head"><h1>{policy.name}</h1>
        <div className="row">
          {may ? <><a className="btn ink" href={`/console/escalation_policies/${policy.id}/edit`}>Edit</a><Button look="quiet" onClick={() => setDeleting(true)}>Delete</Button></> : null}
        </div>
      </div>
      {policy.description ? <p className="dim lead">{policy.description}</p> : null}
      <div className="split wide">
        <div>
          <section className="panel" aria-label="Levels">
            {policy.escalation_rules.map((rule, i) => {
              const from = minutes;
              minutes += rule.escalation_delay_in_minutes;
              const here = onCalls.data?.rows.filter((row) => row.escalation_level === i + 1);
              return (
                <div key={rule.id ?? i} className="level">
                  <span className="no" aria-hidden="true">{i + 1}</span>
                  <div className="body">
                    <h2><span className="vh">Level {i + 1}: </span>{from === 0 ? 'At once' : `After ${from} min`}</h2>
                    <p className="dim small">{rule.targets.map((target, j) => <span key={target.id}>{j > 0 ? ', ' : ''}<RefLink to={target} /></span>)}</p>
                    {here?.length === 0 ? <Person user={null}>nobody to wake here now</Person> : here?.map((row, j) => <Person key={j} user={row.user}>{row.end ? <>until <When at={row.end} /></> : 'always'}</Person>)}
                    <p className="small dim">{rule.escalation_delay_in_minutes} min to answer</p>
                  </div>
                </div>
              );
            })}
          </section>
          <p className="dim lead">{policy.num_loops === 0 ? `After ${minutes} min nobody is left.` : `Then it starts over, ${policy.num_loops} ${policy.num_loops === 1 ? 'time' : 'times'}; after ${minutes * (policy.num_loops + 1)} min nobody is left.`}</p>
          <Sect title="Used by">{policy.services.length === 0 ? <p className="dim">No service.</p> : <ul className="list">{policy.services.map((one) => <li key={one.id}><RefLink to={one} /></li>)}</ul>}</Sect>
        </div>
        <Simulate id={policy.id} />
      </div>
      {deleting ? <Delete policy={policy} onClose={() => setDeleting(false)} /> : null}
    </>
  );
}

interface DraftRule {
  key: number;
  id?: string | undefined;
  minutes: string;
  targets: Ref[];
}

let keys = 0;

interface Draft {
  name: string;
  description: string;
  loops: string;
  rules: DraftRule[];
  teams: TeamOf[];
}

const draftOf = (stored: Policy | undefined, teams: TeamOf[]): Draft => ({
  name: stored?.name ?? '', description: stored?.description ?? '', loops: String(stored?.num_loops ?? 0), teams: stored?.teams ?? teams,
  rules: stored?.escalation_rules.map((rule) => ({ key: ++keys, id: rule.id, minutes: String(rule.escalation_delay_in_minutes), targets: rule.targets })) ?? [{ key: ++keys, minutes: '5', targets: [] }],
});

const bodyOf = ({ name, description, loops, rules, teams }: Draft) => ({
  escalation_policy: {
    type: 'escalation_policy', name: name.trim(), description, num_loops: Number(loops), teams: teams.map((team) => refTo('team', team.id)),
    escalation_rules: rules.map((rule) => ({ ...(rule.id ? { id: rule.id } : {}), escalation_delay_in_minutes: Number(rule.minutes), targets: rule.targets.map(({ id, type }) => ({ id, type })) })),
  },
});

function Editor({ stored }: { stored?: Policy | undefined }) {
  const router = useRouter();
  const ownTeams = useOwnTeams();
  const users = useQuery(reads.users).data?.rows ?? [];
  const schedules = useQuery(reads.schedules).data?.rows ?? [];
  const ofShifts = useQuery(reads.shiftSchedules).data?.rows ?? [];
  const [original] = useState(() => draftOf(stored, ownTeams));
  const [draft, setDraft] = useState(original);
  const { rules } = draft;
  const put = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const setRules = (next: DraftRule[]) => put({ rules: next });
  const [refused, setRefused] = useState<unknown>(null);
  const body = bodyOf(draft);
  const changed = JSON.stringify(body) !== JSON.stringify(bodyOf(original));
  const act = useAct(
    () => ask<{ escalation_policy: Policy }>(stored ? 'PUT' : 'POST', stored ? `/escalation_policies/${stored.id}` : '/escalation_policies', body),
    ({ escalation_policy: policy }) => { tell('Saved. It counts for what opens from now on.'); router.history.push(`/console/escalation_policies/${policy.id}`); },
  );
  useApi([{ method: stored ? 'PUT' : 'POST', path: stored ? `/escalation_policies/${stored.id}` : '/escalation_policies', body }],
    policyBlock({ ...(stored ? { id: stored.id } : {}), name: draft.name.trim(), description: draft.description || null, num_loops: Number(draft.loops), teams: draft.teams as Ref[], escalation_rules: rules.map((rule) => ({ escalation_delay_in_minutes: Number(rule.minutes), targets: rule.targets })) }));
  const set = (key: number, part: Partial<DraftRule>) => setRules(rules.map((rule) => (rule.key === key ? { ...rule, ...part } : rule)));
  const move = (i: number, by: number) => {
    const next = [...rules];
    const [rule] = next.splice(i, 1);
    if (rule) next.splice(i + by, 0, rule);
    setRules(next);
  };
  const target = (value: string): Ref | undefined => {
    const [kind, id] = value.split(':');
    const found = (kind === 'user' ? users : kind === 'schedule' ? schedules : ofShifts).find((one) => one.id === id);
    return found ? { id: found.id, type: `${kind}_reference`, summary: found.summary } : undefined;
  };
  const empty = rules.some((rule) => rule.targets.length === 0);
  const back = stored ? `/console/escalation_policies/${stored.id}` : '/console/on-call';
  return (
    <>
      <Crumbs><a href="/console/on-call">On call</a>{stored ? <> / <a href={back}>{stored.name}</a></> : null}</Crumbs>
      <h1>{stored ? `Edit ${stored.name}` : 'New escalation policy'}</h1>
      <div className="split wide">
        <ActForm className="stack-4" error={act.error ?? refused} changed={changed} onAct={() => act.mutate(undefined)}>
          <TextField label="Name" value={draft.name} onChange={(name) => put({ name })} required member="name" />
          <TextField member="description" label="Description" value={draft.description} onChange={(description) => put({ description })} />
          <TeamsField most={1} chosen={draft.teams} change={(teams) => put({ teams })} />
          <Problems member="escalation_rules" />
          <section className="panel" aria-label="Levels">
            {rules.map((rule, i) => (
              <div key={rule.key} className="level" role="group" aria-label={`Level ${i + 1}`}>
                <span className="no" aria-hidden="true">{i + 1}</span>
                <div className="body stack-4">
                  <div>
                    {rule.targets.map((one) => (
                      <span key={one.id} className="pill">{one.type.startsWith('schedule') ? <Icon name="calendar" /> : <Icon name="people" />}{one.summary}
                        <button type="button" className="x" aria-label={`Remove ${one.summary} from level ${i + 1}`} onClick={() => set(rule.key, { targets: rule.targets.filter((other) => other.id !== one.id) })}><Icon name="close" /></button></span>
                    ))}
                    {rule.targets.length === 0 ? <span className="c-trig">Nobody yet.</span> : null}
                  </div>
                  <Choice label={`Add a person or a schedule to level ${i + 1}`} value="" onChange={(value) => { const found = target(value); if (found && !rule.targets.some((one) => one.id === found.id)) set(rule.key, { targets: [...rule.targets, found] }); }}
                    options={[['', 'Choose'], ...schedules.map((one) => [`schedule:${one.id}`, `Schedule: ${one.name}`] as const), ...ofShifts.map((one) => [`schedule_v3:${one.id}`, `Schedule: ${one.summary}`] as const), ...users.map((one) => [`user:${one.id}`, one.name] as const)]} />
                  <Field label={`Minutes to answer on level ${i + 1}`}>{(ids) => <input className="in" type="number" min="1" required {...ids} value={rule.minutes} onChange={(event) => set(rule.key, { minutes: event.target.value })} />}</Field>
                </div>
                <div className="row tight">
                  <Button size="sm" look="quiet" disabled={i === 0} onClick={() => move(i, -1)}>Up<span className="vh"> level {i + 1}</span></Button>
                  <Button size="sm" look="quiet" disabled={i === rules.length - 1} onClick={() => move(i, 1)}>Down<span className="vh"> level {i + 1}</span></Button>
                  <Button size="sm" look="quiet" disabled={rules.length === 1} onClick={() => setRules(rules.filter((one) => one.key !== rule.key))}>Remove<span className="vh"> level {i + 1}</span></Button>
                </div>
              </div>
            ))}
          </section>
          <Button onClick={() => setRules([...rules, { key: ++keys, minutes: '15', targets: [] }])}>Add a level</Button>
          <TextField member="num_loops" label="If nobody answers, start over this many times" type="number" min={0} max={9} value={draft.loops} onChange={(loops) => put({ loops })} required />
          {act.error ? <Failure error={act.error} what="Not saved." /> : null}
          <div className="row"><Button look="ink" type="submit" busy={act.isPending} disabled={empty}>Save</Button><Cancel to={back} />{empty ? <span className="dim small">Save waits for somebody on every level.</span> : null}</div>
        </ActForm>
        <div><Simulate id={stored?.id} draft={body.escalation_policy} onRefused={setRefused} /></div>
      </div>
    </>
  );
}

function One({ children }: { children: (policy: Policy) => React.ReactNode }) {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.policy(id));
  useTitle(query.data?.name ?? 'Escalation policy');
  if (query.data) return children(query.data);
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Escalation policy</h1><Failure error={query.error} what="The policy cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}

export const PolicyPage = () => <One>{(policy) => <Shown key={policy.id} policy={policy} />}</One>;
export function EditPolicyPage() {
  const { may } = useRights();
  return <One>{(policy) => may('manage', policy.teams) ? <Editor key={policy.id} stored={policy} /> : <Denied title="Edit escalation policy" what="change this escalation policy" />}</One>;
}
function Create() {
  useTitle('New escalation policy');
  return <Editor />;
}
export const CreatePolicyPage = onlyFor(({ maySomewhere }) => maySomewhere('manage'), 'New escalation policy', 'make escalation policies', Create);
