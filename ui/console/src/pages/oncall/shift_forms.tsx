// What changes a shift-based schedule: its rotations, shifts made by hand, and overrides. In the lazy part.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, type Asked } from '../../api/client';
import { serverNow } from '../../api/clock';
import { reads } from '../../api/reads';
import type { Ref } from '../../api/types';
import { Button } from '../../parts/base';
import { ActDialog, Check, Choice, Field, TextField, useAct } from '../../parts/forms';
import { moved, ReorderList } from '../../parts/reorder';
import { Avatar } from '../../parts/state';
import { tell } from '../../parts/toasts';
import { newKey } from './draft';
import { useChangeReview } from './review';
import { dayCodes, memberOf, overridesFor, readRule, ruleText, templates, userOf, type ShiftEvent, type ShiftRotation, type ShiftSchedule, type Template } from './shift_plan';
import type { Span } from './shifts';
import { momentOf, wallOf, weekBegin } from './zones';

export interface DraftEvent {
  name: string;
  members: { key: string; user: Ref | null }[];
  rotating: boolean;
  shiftsEach: string;
  /** Wall clocks of the schedule's zone. */
  from: string;
  to: string;
  freq: 'DAILY' | 'WEEKLY' | '';
  interval: string;
  days: string[];
  /** The lines themselves when the form cannot show them. */
  lines: string;
  since: string;
  until: string;
}

const plus = (wall: string, hours: number): string => new Date(Date.parse(`${wall}:00Z`) + hours * 3_600_000).toISOString().slice(0, 16);

export function draftFrom(template: Template, zone: string, now: number): DraftEvent {
  const monday = wallOf(weekBegin(now, zone), zone).slice(0, 10);
  const from = `${plus(`${monday}T00:00`, template.firstDay * 24).slice(0, 10)}T${template.from}`;
  return { name: template.name, members: [], rotating: true, shiftsEach: '1', from, to: plus(from, template.hours), freq: template.rule.freq, interval: '1', days: template.rule.days, lines: '', since: '', until: '' };
}

function draftOf(event: ShiftEvent, users: Ref[], zone: string): DraftEvent {
  const rule = readRule(event.recurrence);
  return {
    name: event.name, members: event.assignment_strategy.members.map((member) => ({ key: newKey(), user: userOf(member, users) })), rotating: event.assignment_strategy.type.startsWith('rotating'),
    shiftsEach: String(event.assignment_strategy.shifts_per_member ?? 1), from: event.start_time.date_time.slice(0, 16), to: event.end_time.date_time.slice(0, 16),
    freq: rule?.freq ?? '', interval: String(rule?.interval ?? 1), days: rule?.days ?? [], lines: event.recurrence.join('\n'),
    since: wallOf(event.effective_since, zone), until: event.effective_until ? wallOf(event.effective_until, zone) : '',
  };
}

export function eventBody(draft: DraftEvent, zone: string, now: number) {
  const zoned = (wall: string) => ({ date_time: `${wall}:00Z`, time_zone: zone });
  return {
    event: {
      name: draft.name.trim(), start_time: zoned(draft.from), end_time: zoned(draft.to),
      effective_since: draft.since ? momentOf(draft.since, zone) : new Date(now).toISOString(), effective_until: draft.until ? momentOf(draft.until, zone) : null,
      recurrence: draft.freq ? [ruleText({ freq: draft.freq, interval: Number(draft.interval), days: draft.days })] : draft.lines.split('\n').map((line) => line.trim()).filter(Boolean),
      assignment_strategy: {
        type: draft.rotating ? 'rotating_member_assignment_strategy' : 'every_member_assignment_strategy', ...(draft.rotating ? { shifts_per_member: Number(draft.shiftsEach) } : {}),
        members: draft.members.map(({ user }) => memberOf(user?.id ?? '')),
      },
    },
  };
}

export function EventFields({ draft, change, zone }: { draft: DraftEvent; change: (draft: DraftEvent) => void; zone: string }) {
  const users = useQuery(reads.users).data?.rows ?? [];
  const set = (part: Partial<DraftEvent>) => change({ ...draft, ...part });
  const add = (id: string) => {
    if (id) set({ members: [...draft.members, { key: newKey(), user: users.find((one) => one.id === id) ?? null }] });
  };
  const names = { MO: 'Mon', TU: 'Tue', WE: 'Wed', TH: 'Thu', FR: 'Fri', SA: 'Sat', SU: 'Sun' };
  return (
    <>
      <TextField label="Name of the rotation" value={draft.name} onChange={(name) => set({ name })} required member="event.name" />
      <div className="cols">
        <Field label="The first shift begins" hint={zone} member="start_time">{(ids) => <input className="in" type="datetime-local" required {...ids} value={draft.from} onChange={(event) => set({ from: event.target.value })} />}</Field>
        <Field label="and ends" hint="Where the next begins there, somebody is always on call." member="end_time">{(ids) => <input className="in" type="datetime-local" required {...ids} value={draft.to} onChange={(event) => set({ to: event.target.value })} />}</Field>
      </div>
      {draft.freq ? (
        <div className="cols">
          <Choice label="Shifts come back" value={draft.freq} onChange={(freq) => set({ freq: freq as 'DAILY', ...(freq === 'DAILY' ? { days: [] } : {}) })} options={[['DAILY', 'by days'], ['WEEKLY', 'by weeks']]} />
          <TextField member="recurrence" label={draft.freq === 'DAILY' ? 'Every so many days' : 'Every so many weeks'} type="number" min={1} max={52} value={draft.interval} onChange={(interval) => set({ interval })} required />
        </div>
      ) : (
        <Field label="Rule (RFC 5545)" hint="This rule says more than the form can show." member="recurrence">{(ids) => <textarea className="in mono" rows={3} {...ids} value={draft.lines} onChange={(event) => set({ lines: event.target.value })} />}</Field>
      )}
      {draft.freq === 'WEEKLY' ? (
        <fieldset><legend className="lbl">On these days</legend>
          <div className="row tight wrap">{dayCodes.map((day) => <Check key={day} label={names[day]} checked={draft.days.includes(day)} onChange={(on) => set({ days: on ? [...draft.days, day] : draft.days.filter((one) => one !== day) })} />)}</div>
          <span className="hint">None: on the weekday of the first shift.</span></fieldset>
      ) : null}
      <div>
        <span className="lbl">Members, in order</span>
        <ReorderList label="Members of the rotation, in order" onMove={(from, to) => set({ members: moved(draft.members, from, to) })}
          items={draft.members.map(({ key, user }) => ({
            key, name: user?.summary ?? 'Unassigned',
            content: <><Avatar user={user} small /><span className="grow">{user?.summary ?? <b className="c-trig">Unassigned</b>}</span><Button size="sm" look="quiet" onClick={() => set({ members: draft.members.filter((one) => one.key !== key) })}>Remove<span className="vh"> {user?.summary ?? 'the unassigned turn'}</span></Button></>,
          }))} />
      </div>
      <Choice label="Add a member" value="" onChange={add} member="members" options={[['', 'Choose'], ...users.map((one) => [one.id, one.name] as const), ['nobody', 'Unassigned: nobody in that turn']]} />
      <div className="cols">
        <Choice label="On call at a time" value={draft.rotating ? 'one' : 'all'} onChange={(value) => set({ rotating: value === 'one' })} options={[['one', 'one, in turns'], ['all', 'all of them together']]} />
        {draft.rotating ? <TextField label="Shifts in a row for each" type="number" min={1} max={99} value={draft.shiftsEach} onChange={(shiftsEach) => set({ shiftsEach })} required member="shifts_per_member" /> : null}
      </div>
      <div className="cols">
        <Field label="Counts from (empty: now)" hint={zone} member="effective_since">{(ids) => <input className="in" type="datetime-local" {...ids} value={draft.since} onChange={(event) => set({ since: event.target.value })} />}</Field>
        <Field label="until (empty: for good)" hint={zone} member="effective_until">{(ids) => <input className="in" type="datetime-local" {...ids} value={draft.until} onChange={(event) => set({ until: event.target.value })} />}</Field>
      </div>
    </>
  );
}

/** A rotation with its first event. */
export const rotationChanges = (schedule: string, body: object, before = 0): Asked[] => {
  const rotations = `/v3/schedules/${schedule}/rotations`;
  return [{ method: 'POST', path: rotations }, { method: 'POST', path: `${rotations}/{${before}}/events`, body }];
};

/** Requests in their order; "{0}" in a path is the id of what the first has made. When one is refused, what was made before it goes
    again. */
export async function carryOut(changes: Asked[]): Promise<string[]> {
  const made: string[] = [];
  const paths: string[] = [];
  for (const { method, path, body } of changes) {
    const to = path.replace(/\{(\d+)\}/g, (_, i: string) => made[Number(i)] ?? '');
    try {
      const answer = await ask<Record<string, { id?: string }> | undefined>(method, to, body);
      const id = Object.values(answer ?? {})[0]?.id ?? '';
      made.push(id);
      if (method === 'POST' && id) paths.unshift(`${to}/${id}`);
    } catch (error) {
      for (const one of paths) await ask('DELETE', one);
      throw error;
    }
  }
  return made;
}

/** Enough is typed to be sent. */
export const isComplete = (draft: DraftEvent): boolean => draft.name.trim() !== '' && draft.members.length > 0 && draft.from !== '' && draft.to !== '' && (!draft.freq || Number(draft.interval) > 0) && (!draft.rotating || Number(draft.shiftsEach) > 0);

export function NewRotation({ schedule, onClose }: { schedule: ShiftSchedule; onClose: () => void }) {
  const zone = schedule.time_zone;
  const [which, setWhich] = useState('0');
  const [draft, setDraft] = useState(() => draftFrom(templates[0] as Template, zone, serverNow()));
  const choose = (value: string) => {
    setWhich(value);
    const template = templates[Number(value)];
    if (template) setDraft({ ...draftFrom(template, zone, serverNow()), members: draft.members });
  };
  const [opened] = useState(serverNow);
  const changes = rotationChanges(schedule.id, eventBody(draft, zone, opened));
  const { review, waits } = useChangeReview(schedule.id, isComplete(draft) ? changes : null, zone);
  const act = useAct(() => carryOut(changes), ([rotation]) => {
    tell('The rotation counts from now on.', () => ask('DELETE', `/v3/schedules/${schedule.id}/rotations/${rotation}`));
    onClose();
  });
  return (
    <ActDialog wide title="Add a rotation" act="Save rotation" busy={act.isPending} waits={waits} error={act.error} failed="Not added." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <Choice label="Begin with" value={which} onChange={choose} options={templates.map((one, i) => [String(i), one.name] as const)} hint={templates[Number(which)]?.hint} />
      <EventFields draft={draft} change={setDraft} zone={zone} />
      {review}
    </ActDialog>
  );
}

function changesOf(path: string, event: ShiftEvent, body: ReturnType<typeof eventBody>, now: number): Asked[] {
  // One that is to come keeps its beginning unless another is asked for.
  if (Date.parse(event.effective_since) > now) return [{ method: 'PUT', path: `${path}/${event.id}`, body: { event: { ...body.event, ...(Date.parse(body.event.effective_since) > now ? {} : { effective_since: event.effective_since }) } } }];
  return [{ method: 'PUT', path: `${path}/${event.id}`, body: { event: { effective_until: body.event.effective_since } } }, { method: 'POST', path, body }];
}

/** What has been on call stays true: an event that has begun ends, and another follows it. */
export function ChangeRotation({ schedule, rotation, event, users, onClose }: { schedule: ShiftSchedule; rotation: ShiftRotation; event: ShiftEvent; users: Ref[]; onClose: () => void }) {
  const zone = schedule.time_zone;
  const [draft, setDraft] = useState(() => ({ ...draftOf(event, users, zone), since: '' }));
  const path = `/v3/schedules/${schedule.id}/rotations/${rotation.id}/events`;
  const [opened] = useState(serverNow);
  const changes = changesOf(path, event, eventBody(draft, zone, opened), opened);
  const { review, waits } = useChangeReview(schedule.id, isComplete(draft) ? changes : null, zone);
  const act = useAct(async () => {
    try {
      await carryOut(changes);
    } catch (error) {
      if (changes.length > 1) await ask('PUT', `${path}/${event.id}`, { event: { effective_until: event.effective_until } });
      throw error;
    }
  }, () => { tell('Saved. What was, stays as it was.'); onClose(); });
  return (
    <ActDialog wide title={`Change ${event.name || 'the rotation'}`} act="Save rotation" busy={act.isPending} waits={waits} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <EventFields draft={draft} change={setDraft} zone={zone} />
      {review}
    </ActDialog>
  );
}

function Times({ from, to, set, zone }: { from: string; to: string; set: (from: string, to: string) => void; zone: string }) {
  return (
    <div className="cols">
      <Field label="From" hint={zone} member="start_time">{(ids) => <input className="in" type="datetime-local" required {...ids} value={from} onChange={(event) => set(event.target.value, to)} />}</Field>
      <Field label="To" hint={zone} member="end_time">{(ids) => <input className="in" type="datetime-local" required {...ids} value={to} onChange={(event) => set(from, event.target.value)} />}</Field>
    </div>
  );
}

export function NewCustomShift({ schedule, zone, range, onClose }: { schedule: ShiftSchedule; zone: string; range: Span; onClose: () => void }) {
  const users = useQuery(reads.users).data?.rows ?? [];
  const [who, setWho] = useState('');
  const [times, setTimes] = useState({ from: wallOf(range.begin, zone), to: wallOf(range.end, zone) });
  const path = `/v3/schedules/${schedule.id}/custom_shifts`;
  const body = { custom_shifts: [{ type: 'custom_shift', start_time: times.from ? momentOf(times.from, zone) : '', end_time: times.to ? momentOf(times.to, zone) : '', assignments: [{ type: 'shift_assignment', member: memberOf(who) }] }] };
  const { review, waits } = useChangeReview(schedule.id, who && times.from && times.to ? [{ method: 'POST', path, body }] : null, zone);
  const act = useAct(() => ask<{ custom_shifts: { id: string }[] }>('POST', path, body),
    ({ custom_shifts: made }) => { tell('The shift is added.', () => Promise.all(made.map((one) => ask('DELETE', `${path}/${one.id}`)))); onClose(); });
  return (
    <ActDialog title="Add a shift" act="Save shift" busy={act.isPending} waits={waits} error={act.error} failed="Not added." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p className="dim">In addition to whoever is on call then by the rotations.</p>
      <Choice label="Who" value={who} onChange={setWho} required member="assignments" options={[['', 'Choose a person'], ...users.map((one) => [one.id, one.name] as const)]} />
      <Times from={times.from} to={times.to} set={(from, to) => setTimes({ from, to })} zone={zone} />
      {review}
    </ActDialog>
  );
}

export function ShiftOverrideDialog({ schedule, users, zone, range, onClose }: { schedule: ShiftSchedule; users: Ref[]; zone: string; range: Span; onClose: () => void }) {
  const everybody = useQuery(reads.users).data?.rows ?? [];
  const computed = schedule.final_schedule?.computed_shift_assignments ?? [];
  const [times, setTimes] = useState({ from: wallOf(range.begin, zone), to: wallOf(range.end, zone) });
  const begin = times.from ? Date.parse(momentOf(times.from, zone)) : range.begin;
  const end = times.to ? Date.parse(momentOf(times.to, zone)) : range.end;
  const there = [...new Map(computed.filter((one) => Date.parse(one.start_time) < end && Date.parse(one.end_time) > begin).map((one) => [one.member.user_id ?? '', one.member])).values()];
  const [whom, setWhom] = useState<string>();
  const chosen = whom ?? there[0]?.user_id ?? '';
  const [instead, setInstead] = useState('');
  const overrides = overridesFor(computed, chosen, instead, begin, end);
  const path = `/v3/schedules/${schedule.id}/overrides`;
  const { review, waits } = useChangeReview(schedule.id, overrides.length > 0 && instead !== chosen ? [{ method: 'POST', path, body: { overrides } }] : null, zone);
  const act = useAct(() => ask<{ overrides: { id: string }[] }>('POST', path, { overrides }), ({ overrides: made }) => {
    tell(`${everybody.find((one) => one.id === instead)?.name ?? 'Nobody'} is on call then.`, () => Promise.all(made.map((one) => ask('DELETE', `${path}/${one.id}`))));
    onClose();
  });
  return (
    <ActDialog title="New override" act="Save override" busy={act.isPending} waits={waits} error={act.error} failed="Not made." onAct={() => overrides.length > 0 && act.mutate(undefined)} onClose={onClose}>
      <Times from={times.from} to={times.to} set={(from, to) => setTimes({ from, to })} zone={zone} />
      {there.length === 0 ? <p className="dim">Nobody has a shift then in these two weeks: add a shift instead.</p> : (
        <>
          <Choice member={['overridden_member', 'overrides']} label="In place of" value={chosen} onChange={setWhom} options={there.map((member) => [member.user_id ?? '', userOf(member, users)?.summary ?? 'Nobody'] as const)} />
          <Choice member="overriding_member" label="Who is on call instead" value={instead} onChange={setInstead} options={[['', 'Nobody'], ...everybody.map((one) => [one.id, one.name] as const)]} />
        </>
      )}
      {review}
    </ActDialog>
  );
}

/** Something of a schedule goes: who loses what by it is said before. */
export function ReviewedDelete({ schedule, zone, path, what, done, onClose }: { schedule: string; zone: string; path: string; what: string; done: string; onClose: () => void }) {
  const { review, waits } = useChangeReview(schedule, [{ method: 'DELETE', path }], zone);
  const act = useAct(() => ask('DELETE', path), () => { tell(done); onClose(); });
  return (
    <ActDialog title={`Delete ${what}?`} act="Delete it" look="danger" busy={act.isPending} waits={waits} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p className="dim">Who was on call stays known.</p>
      {review}
    </ActDialog>
  );
}
