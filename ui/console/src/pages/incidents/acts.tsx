// What people do with incidents, alone or many at once: the requests, and the dialogs that ask what a request needs.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { ask, every, get, type Query, type Rows } from '../../api/client';
import { readableMax, reads, useSession } from '../../api/reads';
import { refTo, type Incident, type IncidentStatus, type Note } from '../../api/types';
import { People } from '../../parts/state';
import { Choice, ActDialog, TextArea, TextField, useAct } from '../../parts/forms';
import { tell, tellFailure } from '../../parts/toasts';
import { each, refusalOf } from './many';

const reference = (incident: { id: string }) => refTo('incident', incident.id);

/** As many as the server takes in one request. */
const updatedAtOnceMax = 250;

/** One request for many: all or nothing on the server. */
async function update(incidents: Incident[], change: object): Promise<void> {
  for (let at = 0; at < incidents.length; at += updatedAtOnceMax)
    await ask('PUT', '/incidents', { incidents: incidents.slice(at, at + updatedAtOnceMax).map((one) => ({ ...reference(one), ...change })) });
}

/** Of so many at once a list is asked for instead of each. */
const freshOneByOneMax = 20;

/** What each is now. An act decides by this, not by what the page showed: an acknowledgement must not reopen what somebody
    resolved a second ago. Of many those that are resolved are left out. */
async function fresh(incidents: Incident[]): Promise<Incident[]> {
  if (incidents.length > freshOneByOneMax) {
    const wanted = new Set(incidents.map((one) => one.id));
    const services = [...new Set(incidents.map((one) => one.service.id))];
    const { rows } = await openIncidents({ service_ids: services });
    return rows.filter((one) => wanted.has(one.id));
  }
  const { made, failed } = await each(incidents, (one) => get<{ incident: Incident }>(`/incidents/${one.id}`));
  if (failed[0]) throw failed[0].error;
  return made.map((answer) => answer.incident);
}

/** All that are open, as far as the API goes; whatever their age, unless the query says. */
export const openIncidents = (query: Query): Promise<Rows<Incident>> => every<Incident>('/incidents', 'incidents', { statuses: ['triggered', 'acknowledged'], ...(query.since || query.until ? {} : { date_range: 'all' }), ...query }, undefined, readableMax);

/** An act that REST knows for one incident only. What failed is what the next try is about. */
function useEach<R>(incidents: Incident[], word: string, one: (incident: Incident) => Promise<R>, done: (made: R[]) => void) {
  const made = useRef<R[]>([]);
  const rest = useRef(incidents);
  return useAct(async () => {
    const outcome = await each(rest.current, one);
    made.current.push(...outcome.made);
    rest.current = outcome.failed.map(({ item }) => item);
    if (outcome.failed.length > 0) throw refusalOf(outcome.failed, incidents.length, word);
    return made.current;
  }, done);
}

interface Acknowledged {
  /** How many are open and have the reader now. */
  open: number;
  /** Those that nobody had before: giving these back brings back what was. */
  taken: Incident[];
}

async function acknowledge(incidents: Incident[]): Promise<Acknowledged> {
  const open = (await fresh(incidents)).filter((one) => one.status !== 'resolved');
  if (open.length > 0) await update(open, { status: 'acknowledged' satisfies IncidentStatus });
  return { open: open.length, taken: open.filter((one) => one.status === 'triggered') };
}

/** A slip is taken back: they ring again at once. What somebody else has by now, or what is over, stays as it is. */
async function giveBack(taken: Incident[], me: string): Promise<string> {
  const mine = (await fresh(taken)).filter((one) => one.status === 'acknowledged' && one.acknowledgements.every(({ acknowledger }) => acknowledger.id === me));
  if (mine.length > 0) await update(mine, { status: 'triggered' satisfies IncidentStatus });
  const kept = taken.length - mine.length;
  if (mine.length === 0) return taken.length === 1 ? 'It is over, or somebody else has it: nothing was changed.' : 'They are over, or others have them: nothing was changed.';
  const rings = mine.length === 1 ? 'Given back: it rings again.' : `Given back: ${mine.length} ring again.`;
  return kept === 0 ? rings : `${rings} ${kept} stayed: they are over, or others have them.`;
}

const plural = (n: number) => (n === 1 ? 'The incident' : `${n} incidents`);

export type Kind = 'give back' | 'resolve' | 'escalate' | 'reassign' | 'snooze' | 'merge' | 'note' | 'priority';

export function useAcknowledge() {
  const me = useSession().user.id;
  const client = useQueryClient();
  const act = useAct(acknowledge, ({ open, taken }, incidents) => {
    const undo = taken.length === 0 ? undefined : async () => {
      const said = await giveBack(taken, me);
      void client.invalidateQueries();
      return said;
    };
    if (open === 0) tell('It was resolved meanwhile; nothing was changed.');
    else if (open < incidents.length) tell(`You have ${open}. ${incidents.length - open} were resolved meanwhile.`, undo);
    else tell(open === 1 ? 'You have it.' : `You have ${open} incidents.`, undo);
  });
  return { pending: act.isPending, now: (incidents: Incident[]) => act.mutate(incidents, { onError: (error) => tellFailure('Not acknowledged.', error) }) };
}

function Resolve({ incidents, onClose, onDone }: DialogProps) {
  const [reason, setReason] = useState('');
  const act = useAct(
    () => update(incidents, { status: 'resolved', ...(reason.trim() ? { resolution: reason.trim() } : {}) }),
    () => { tell(`${plural(incidents.length)} resolved.`); onDone(); },
  );
  return (
    <ActDialog title={incidents.length === 1 ? `Resolve “${incidents[0]?.title}”?` : `Resolve ${incidents.length} incidents?`} act="Resolve" look="res"
      busy={act.isPending} error={act.error} failed="Not resolved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p className="dim">Resolving is for good: what happens later opens a new incident. Nobody is rung any more.</p>
      <TextArea member="resolution" label="What helped (optional)" value={reason} onChange={setReason} hint="Stands in the timeline, where the next one looks first." />
    </ActDialog>
  );
}

function GiveBack({ incidents, onClose, onDone }: DialogProps) {
  const me = useSession().user.id;
  const act = useAct(() => giveBack(incidents, me), (said) => { tell(said); onDone(); });
  const users = incidents[0]?.assignments.map((one) => one.assignee) ?? [];
  return (
    <ActDialog title="Give it back?" act="Give back" look="trig" busy={act.isPending} error={act.error} failed="Not given back." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p className="dim">Then nobody has it: <People users={users} me={me} /> {users.length === 1 && users[0]?.id !== me ? 'is' : 'are'} rung at once, and the others after them as before.</p>
    </ActDialog>
  );
}

function Escalate({ incidents, onClose, onDone }: DialogProps) {
  const first = incidents[0];
  const policy = useQuery({ ...reads.policy(first?.escalation_policy.id ?? ''), enabled: first !== undefined });
  const onCalls = useQuery(reads.onCalls({ escalation_policy_ids: first ? [first.escalation_policy.id] : [] }));
  const story = useQuery(reads.why(first?.id ?? ''));
  const now = story.data?.decisions.findLast((one) => one.level !== null)?.level ?? 0;
  const levels = policy.data?.escalation_rules.length ?? 0;
  const [chosen, setChosen] = useState('');
  const level = Number(chosen) || Math.min(now + 1, Math.max(levels, 1));
  const who = (n: number) => [...new Set((onCalls.data?.rows ?? []).filter((row) => row.escalation_level === n).map((row) => row.user.summary))].join(', ') || 'nobody';
  const act = useAct(() => update(incidents, { escalation_level: level }), () => { tell(`Ringing ${who(level)}.`); onDone(); });
  return (
    <ActDialog title="Escalate now" act={incidents.length === 1 ? `Wake ${who(level)}` : `Escalate ${incidents.length} to level ${level}`} look="trig" busy={act.isPending}
      error={act.error} failed="Not escalated." onAct={() => act.mutate(undefined)} onClose={onClose}>
      {incidents.length > 1 ? <p className="dim">Each goes to this level of its own policy. The names are those of {first?.escalation_policy.summary}.</p> : null}
      <Choice member={['escalation_level', 'level']} label="To level" value={String(level)} onChange={setChosen}
        options={Array.from({ length: Math.max(levels, 1) }, (_, i) => [String(i + 1), `Level ${i + 1}: ${who(i + 1)}`] as const)} />
    </ActDialog>
  );
}

function Reassign({ incidents, onClose, onDone }: DialogProps) {
  const users = useQuery(reads.users);
  const policies = useQuery(reads.policies);
  const [target, setTarget] = useState('');
  const [kind, id] = target.split(':');
  const name = (kind === 'user' ? users.data?.rows : policies.data?.rows)?.find((one) => one.id === id)?.summary ?? '';
  const act = useAct(
    () => update(incidents, kind === 'user' ? { assignments: [{ assignee: refTo('user', id ?? '') }] } : { escalation_policy: refTo('escalation_policy', id ?? '') }),
    () => { tell(`${plural(incidents.length)} given to ${name}.`); onDone(); },
  );
  return (
    <ActDialog title={incidents.length === 1 ? 'Reassign' : `Reassign ${incidents.length} incidents`} act={name ? `Wake ${name}` : 'Reassign'} look="trig" busy={act.isPending}
      error={act.error} failed="Not reassigned." onAct={() => target && act.mutate(undefined)} onClose={onClose}>
      <Choice member={['assignments', 'escalation_policy']} label="To" value={target} onChange={setTarget} required options={[['', 'Choose a person or a policy'],
        ...(users.data?.rows ?? []).map((user) => [`user:${user.id}`, user.name] as const),
        ...(policies.data?.rows ?? []).map((one) => [`policy:${one.id}`, `Policy: ${one.name}`] as const)]}
        hint="A person is rung by their rules; a policy begins at its first level." />
    </ActDialog>
  );
}

const snoozes = [['1800', '30 minutes'], ['3600', '1 hour'], ['14400', '4 hours'], ['28800', '8 hours'], ['86400', '24 hours']] as const;

function Snooze({ incidents, onClose, onDone }: DialogProps) {
  const [duration, setDuration] = useState('3600');
  const act = useEach(incidents, 'snoozed', async (one) => {
    const { incident } = await get<{ incident: Incident }>(`/incidents/${one.id}`);
    if (incident.status === 'resolved') return false;
    // Only what somebody has can be snoozed.
    if (incident.status === 'triggered') await update([incident], { status: 'acknowledged' satisfies IncidentStatus });
    await ask('POST', `/incidents/${one.id}/snooze`, { duration: Number(duration) });
    return true;
  }, (made) => { const open = made.filter(Boolean).length; tell(open === 0 ? 'It was resolved meanwhile; nothing was changed.' : `${plural(open)} snoozed for ${snoozes.find(([key]) => key === duration)?.[1]}.`); onDone(); });
  return (
    <ActDialog title="Snooze" act="Snooze" look="ack" busy={act.isPending} error={act.error} failed={incidents.length === 1 ? 'Not snoozed.' : 'Not all were snoozed.'} onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p className="dim">You have it meanwhile. It rings again afterwards if it is still open.</p>
      <Choice member="duration" label="For" value={duration} onChange={setDuration} options={snoozes} />
    </ActDialog>
  );
}

function Merge({ incidents, onClose, onDone }: DialogProps) {
  const open = useQuery(reads.incidents({ statuses: ['triggered', 'acknowledged'], sort_by: 'created_at:desc' }));
  const [text, setText] = useState('');
  const only = incidents.length === 1 ? incidents[0] : undefined;
  const others = (open.data?.rows ?? []).filter((one) => one.is_mergeable && !incidents.some((mine) => mine.id === one.id));
  const [target, setTarget] = useState(incidents.length > 1 ? (incidents.find((one) => one.status === 'acknowledged') ?? incidents[0])?.id ?? '' : '');
  const candidates = only ? others.filter((one) => `#${one.incident_number} ${one.title}`.toLowerCase().includes(text.toLowerCase())) : incidents;
  const act = useAct(
    () => ask('PUT', `/incidents/${target}/merge`, { source_incidents: incidents.filter((one) => one.id !== target).map(reference) }),
    () => { tell('Merged. Their alerts are in one incident now.'); onDone(); },
  );
  return (
    <ActDialog title="Merge" act="Merge" busy={act.isPending} error={act.error} failed="Not merged." onAct={() => target && act.mutate(undefined)} onClose={onClose}>
      <p className="dim">{only ? `The alerts of “${only.title}” move into the incident that you choose, and this one is resolved.`
        : 'All alerts move into the incident that stays; the others are resolved.'} This cannot be undone.</p>
      {only ? <TextField label="Find by number or words" value={text} onChange={setText} /> : null}
      <Choice member={['source_incidents', 'incident']} label={only ? 'Into' : 'This one stays'} value={target} onChange={setTarget} required
        options={[['', 'Choose an incident'], ...candidates.slice(0, 100).map((one) => [one.id, `#${one.incident_number} ${one.title}, ${one.service.summary}`] as const)]} />
    </ActDialog>
  );
}

function AddNote({ incidents, onClose, onDone }: DialogProps) {
  const [content, setContent] = useState('');
  const act = useEach(incidents, 'noted',
    async (one) => ({ incident: one.id, note: (await ask<{ note: Note }>('POST', `/incidents/${one.id}/notes`, { note: { content } })).note }),
    (made) => {
      tell('Note added.', () => Promise.all(made.map(({ incident, note }) => ask('DELETE', `/incidents/${incident}/notes/${note.id}`))));
      onDone();
    },
  );
  return (
    <ActDialog title="Add a note" act="Add Note" busy={act.isPending} error={act.error} failed={incidents.length === 1 ? 'The note was not kept.' : 'The note was not kept everywhere.'} onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextArea member="content" label="Note" value={content} onChange={setContent} rows={5} required autoFocus />
    </ActDialog>
  );
}

function SetPriority({ incidents, onClose, onDone }: DialogProps) {
  const priorities = useQuery(reads.priorities);
  const [chosen, setChosen] = useState(incidents[0]?.priority?.id ?? '');
  const act = useAct(() => update(incidents, { priority: chosen ? refTo('priority', chosen) : null }), () => { tell('Priority changed.'); onDone(); });
  return (
    <ActDialog title="Priority" act="Save" busy={act.isPending} error={act.error} failed="Not changed." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <Choice member="priority" label="Priority" value={chosen} onChange={setChosen} options={[['', 'None'], ...(priorities.data ?? []).map((one) => [one.id, `${one.name}: ${one.description}`] as const)]} />
    </ActDialog>
  );
}

interface DialogProps {
  incidents: Incident[];
  onClose: () => void;
  /** It was done, and the dialog is to go. */
  onDone: () => void;
}

const dialogs: Record<Kind, (props: DialogProps) => ReactNode> = {
  'give back': GiveBack, resolve: Resolve, escalate: Escalate, reassign: Reassign, snooze: Snooze, merge: Merge, note: AddNote, priority: SetPriority,
};

export function IncidentDialog({ kind, ...props }: DialogProps & { kind: Kind }) {
  const Shown = dialogs[kind];
  return <Shown {...props} />;
}
