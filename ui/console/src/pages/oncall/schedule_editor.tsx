// The visual editor: layers with people, turns and restrictions; the result drawn while one types; and, before anything is
// saved, who gains and who loses how many hours, and which holes are new.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState, type ReactNode } from 'react';
import { ask, pathWith, question, type Asked } from '../../api/client';
import { serverNow } from '../../api/clock';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { Schedule } from '../../api/types';
import { AskAdmins, onlyFor } from '../../parts/ask_admins';
import { Button, Crumbs, Failure, Part, Sect, Tabs, useTitle, Waiting } from '../../parts/base';
import { Cancel } from '../../parts/draft_guard';
import { ActForm, Choice, Field, Problems, Refusal, TextField, useAct } from '../../parts/forms';
import { moved, ReorderList } from '../../parts/reorder';
import { Avatar } from '../../parts/state';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { bodyOf, draftOf, newKey, newLayer, type Draft, type DraftLayer, type DraftRestriction } from './draft';
import { ScheduleDrawing, ShiftList } from './drawing';
import { HoursTable, MeantHole, newHole, useReviewWindow } from './review';
import { rowsOf, scheduleBlock, useWindow, WindowButtons, windowQuery, windowWords } from './schedule';
import { CreateShiftSchedule } from './shift_create';
import type { Span } from './shifts';
import { TeamsField, useOwnTeams } from './teams_field';
import { addDays, weekBegin } from './zones';

const turns = [['43200', '12 hours'], ['86400', 'a day'], ['604800', 'a week'], ['1209600', 'two weeks']] as const;
const weekdays = [['1', 'Monday'], ['2', 'Tuesday'], ['3', 'Wednesday'], ['4', 'Thursday'], ['5', 'Friday'], ['6', 'Saturday'], ['7', 'Sunday']] as const;

function Restrictions({ list, change }: { list: DraftRestriction[]; change: (list: DraftRestriction[]) => void }) {
  const set = (i: number, part: Partial<DraftRestriction>) => change(list.map((one, at) => (at === i ? { ...one, ...part } : one)));
  return (
    <div>
      <span className="lbl">Only at these times</span>
      {list.length === 0 ? <p className="dim small">No restriction: all hours.</p> : null}
      {list.map((one, i) => (
        <div key={i} className="filters">
          <Choice label="Repeats" value={one.weekly ? 'weekly' : 'daily'} onChange={(value) => set(i, { weekly: value === 'weekly' })} options={[['daily', 'Every day'], ['weekly', 'Every week']]} />
          {one.weekly ? <Choice label="On" value={String(one.day)} onChange={(value) => set(i, { day: Number(value) })} options={weekdays} /> : null}
          <Field label="From">{(ids) => <input className="in" type="time" required {...ids} value={one.from} onChange={(event) => set(i, { from: event.target.value })} />}</Field>
          <Field label="For hours">{(ids) => <input className="in" type="number" min="0.25" max={one.weekly ? 168 : 24} step="0.25" required {...ids} value={one.hours} onChange={(event) => set(i, { hours: Number(event.target.value) })} />}</Field>
          <Button size="sm" look="quiet" onClick={() => change(list.filter((_, at) => at !== i))}>Remove</Button>
        </div>
      ))}
      <p style={{ marginTop: 8 }}><Button size="sm" onClick={() => change([...list, { weekly: list.at(-1)?.weekly ?? false, day: 1, from: '09:00', hours: 8 }])}>Add a restriction</Button></p>
    </div>
  );
}

function LayerForm({ layer, change, remove, zone, number }: { layer: DraftLayer; change: (layer: DraftLayer) => void; remove: () => void; zone: string; number: number }) {
  const users = useQuery(reads.users).data?.rows ?? [];
  const add = (id: string) => {
    const user = users.find((one) => one.id === id);
    if (user) change({ ...layer, users: [...layer.users, { key: newKey(), user }] });
  };
  const turn = String(layer.turnSeconds);
  return (
    <section className="panel" aria-label={`Layer ${number}`}>
      <header><h2>Layer {number}</h2><span className="end"><Button size="sm" look="quiet" onClick={remove}>Remove layer {number}</Button></span></header>
      <div className="body stack-4">
        <TextField label="Name of the layer" value={layer.name} onChange={(name) => change({ ...layer, name })} />
        <div>
          <span className="lbl">In this order</span>
          <ReorderList label={`People of layer ${number}, in order`} onMove={(from, to) => change({ ...layer, users: moved(layer.users, from, to) })}
            items={layer.users.map(({ key, user }) => ({
              key, name: user.summary,
              content: <><Avatar user={user} small /><span className="grow">{user.summary}</span><Button size="sm" look="quiet" onClick={() => change({ ...layer, users: layer.users.filter((one) => one.key !== key) })}>Remove<span className="vh"> {user.summary}</span></Button></>,
            }))} />
        </div>
        <Choice label="Add a person" value="" onChange={add} options={[['', 'Choose'], ...users.map((one) => [one.id, one.name] as const)]} />
        <div className="cols">
          <Choice label="Each turn lasts" value={turn} onChange={(value) => change({ ...layer, turnSeconds: Number(value) })} options={turns.some(([key]) => key === turn) ? turns : [...turns, [turn, `${layer.turnSeconds / 3600} hours`] as const]} />
          <Field label="Hand-off at" hint={`The first turn begins then; ${zone}.`}>{(ids) => <input className="in" type="datetime-local" required {...ids} value={layer.handOff} onChange={(event) => change({ ...layer, handOff: event.target.value })} />}</Field>
          <Field label="Layer counts from" hint={zone}>{(ids) => <input className="in" type="datetime-local" required {...ids} value={layer.start} onChange={(event) => change({ ...layer, start: event.target.value })} />}</Field>
        </div>
        <Restrictions list={layer.restrictions} change={(restrictions) => change({ ...layer, restrictions })} />
      </div>
    </section>
  );
}

// The server checks a preview's name as it would that of a new schedule.
const previewName = `Preview ${Math.random().toString(36).slice(2)}`;

const preview = (draft: Draft, window: Span, kept: Schedule | undefined, signal: AbortSignal) => {
  const body = bodyOf(draft, kept?.schedule_layers);
  // A preview is of layers as if they were new: it knows no ids.
  const layers = body.schedule.schedule_layers.map(({ id: _, ...layer }: { id?: string }) => layer);
  return question<{ schedule: Schedule }>(pathWith('/schedules/preview', { ...windowQuery(window), overflow: false }), { schedule: { ...body.schedule, name: previewName, schedule_layers: layers } }, signal).then((answer) => answer.schedule);
};

const complete = (draft: Draft): boolean => draft.layers.every((layer) => layer.users.length > 0 && layer.handOff && layer.start && layer.restrictions.every((one) => one.from && one.hours > 0));

function Editor({ stored, tabs }: { stored?: Schedule | undefined; tabs?: ReactNode }) {
  const router = useRouter();
  const { time_zone: ownZone } = useSession();
  const ownTeams = useOwnTeams();
  const [begun] = useState(serverNow);
  const [draft, setDraft] = useState<Draft>(() => stored ? draftOf(stored, begun) : { name: '', description: '', zone: ownZone, teams: ownTeams, layers: [newLayer('Layer 1', ownZone, begun)] });
  const [first] = useState(draft);
  const [original] = useState(() => (stored ? draftOf(stored, begun) : undefined));
  const [sure, setSure] = useState(false);
  // Begins where the address says, and goes on beside it: a draft stays at its own.
  const { window: named } = useWindow(draft.zone);
  const today = weekBegin(begun, draft.zone);
  const [shifted, setShifted] = useState<number>();
  const shownFrom = shifted ?? named.begin;
  const window = { begin: shownFrom, end: addDays(shownFrom, 14, draft.zone) };
  const go = (weeks: number) => setShifted(weeks === 0 ? today : addDays(shownFrom, weeks * 7, draft.zone));
  const review = useReviewWindow(draft.zone);
  const seen = useDeferredValue(draft);
  const text = JSON.stringify(bodyOf(complete(seen) ? seen : { ...seen, layers: [] }).schedule);
  const ready = complete(seen);
  const drawn = useQuery({ queryKey: ['preview', window, text], queryFn: ({ signal }) => preview(seen, window, stored, signal), enabled: ready, placeholderData: keepPreviousData, meta: { live: false } });
  const after = useQuery({ queryKey: ['preview', review, text], queryFn: ({ signal }) => preview(seen, review, stored, signal), enabled: ready, placeholderData: keepPreviousData, meta: { live: false } });
  const before = useQuery({ queryKey: ['preview', review, 'stored', stored?.id], queryFn: ({ signal }) => preview(original ?? draft, review, stored, signal), enabled: original !== undefined, meta: { live: false } });
  const drawnBefore = useQuery({ queryKey: ['preview', window, 'stored', stored?.id], queryFn: ({ signal }) => preview(original ?? draft, window, stored, signal), enabled: original !== undefined, meta: { live: false } });
  const finals = (schedule: Schedule | undefined) => schedule?.final_schedule?.rendered_schedule_entries ?? [];
  const hole = after.data ? newHole(stored && before.data ? finals(before.data) : undefined, finals(after.data), review) : 0;
  const changed = !original || JSON.stringify(bodyOf(draft)) !== JSON.stringify(bodyOf(original));
  const body = bodyOf(draft, stored?.schedule_layers);
  const request: Asked = { method: stored ? 'PUT' : 'POST', path: stored ? `/schedules/${stored.id}` : '/schedules', body };
  useApi([...(stored ? [`/schedules/${stored.id}`] : []), request], scheduleBlock({ ...body.schedule, ...(stored ? { id: stored.id } : {}) }));
  const act = useAct(
    () => ask<{ schedule: Schedule }>(request.method, request.path, body),
    ({ schedule }) => { tell('Saved. What was, stays as it was; the change counts from now on.'); router.history.push(`/console/schedules/${schedule.id}`); },
  );
  const setLayer = (key: string, layer: DraftLayer) => setDraft({ ...draft, layers: draft.layers.map((one) => (one.key === key ? layer : one)) });
  const zones = Intl.supportedValuesOf('timeZone');
  const back = stored ? `/console/schedules/${stored.id}` : '/console/on-call';
  return (
    <>
      <Crumbs><a href="/console/on-call">On call</a>{stored ? <> / <a href={back}>{stored.name}</a></> : null}</Crumbs>
      <div className="head"><h1>{stored ? `Edit ${stored.name}` : 'New schedule'}</h1>{changed ? <span className="st plain">Not saved</span> : null}</div>
      {tabs}
      {drawn.error ? <Failure error={drawn.error} what="This cannot be drawn." /> : null}
      {drawn.data ? <div className="row lead"><WindowButtons go={go} of="with the drawing" /><span className="small dim" role="status">{windowWords(window, draft.zone)}</span></div> : null}
      {drawn.data ? <>
        <ScheduleDrawing rows={rowsOf(drawn.data).filter((row) => row.name !== 'Overrides')} window={window} zone={draft.zone} before={drawnBefore.data ? finals(drawnBefore.data) : undefined} />
        <p className="small dim hide-s">Underlined: somebody else than before. Overrides are not drawn here; they stay.</p>
        <details><summary className="small hit">As a list</summary><ShiftList shifts={finals(drawn.data)} window={window} zone={draft.zone} /></details>
      </> : ready ? <Waiting what="Drawing" /> : <p className="dim lead">It is drawn as soon as every layer has a person.</p>}
      <ActForm error={act.error} changed={JSON.stringify(body) !== JSON.stringify(bodyOf(first, stored?.schedule_layers))} onAct={() => act.mutate(undefined)}>
        <div className="split mid">
          <div className="stack-4">
            <TextField label="Name" value={draft.name} onChange={(name) => setDraft({ ...draft, name })} required member="name" />
            <TextField member="description" label="Description" value={draft.description} onChange={(description) => setDraft({ ...draft, description })} />
            <Choice member="time_zone" label="Time zone" value={draft.zone} onChange={(zone) => setDraft({ ...draft, zone })} options={[...new Set([draft.zone, 'Etc/UTC', ...zones])].map((zone) => [zone, zone] as const)} />
            <TeamsField chosen={draft.teams} change={(teams) => setDraft({ ...draft, teams })} />
            <Refusal value={act.error ?? drawn.error}><Problems member="schedule_layers" /></Refusal>
            {draft.layers.map((layer, i) => (
              <LayerForm key={layer.key} layer={layer} zone={draft.zone} number={draft.layers.length - i} change={(next) => setLayer(layer.key, next)} remove={() => setDraft({ ...draft, layers: draft.layers.filter((one) => one.key !== layer.key) })} />
            ))}
            <Button onClick={() => setDraft({ ...draft, layers: [newLayer(`Layer ${draft.layers.length + 1}`, draft.zone, serverNow()), ...draft.layers] })}>Add a layer on top</Button>
          </div>
          <Sect title="What changes" aside="next four weeks">
            {after.data && (!stored || before.data) ? <HoursTable before={before.data ? finals(before.data) : undefined} after={finals(after.data)} window={review} zone={draft.zone} /> : after.error ? <Failure error={after.error} what="The comparison failed." /> : <p className="dim">Compared as soon as it can be drawn.</p>}
            {hole > 0 ? <MeantHole hole={hole} sure={sure} setSure={setSure} /> : null}
            {act.error ? <Failure error={act.error} what="Not saved." /> : null}
            <div className="row lead">
              <Button look="ink" type="submit" busy={act.isPending} disabled={!changed || !ready || !after.data || after.isPlaceholderData || (hole > 0 && !sure)}>Save</Button>
              <Cancel to={back} />
            </div>
            {hole > 0 && !sure ? <p className="small dim">Save waits until the new hole is meant.</p> : !ready ? <p className="small dim">Save waits for a person in every layer.</p> : !changed ? <p className="small dim">Nothing has changed yet.</p> : null}
          </Sect>
        </div>
      </ActForm>
    </>
  );
}

export function EditSchedulePage() {
  const { may } = useRights();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  // Read once: what others save meanwhile must not change a form that somebody types in.
  const query = useQuery({ ...reads.schedule(id, {}), meta: { live: false }, staleTime: Infinity, gcTime: 0 });
  useTitle('Edit schedule');
  return <>{query.data && may('manage', query.data.teams) ? null : <h1>Edit schedule</h1>}<Part query={query} what="The schedule">{(schedule) => may('manage', schedule.teams) ? <Editor stored={schedule} /> : <AskAdmins what="change this schedule" />}</Part></>;
}

/** By layers, unless the address asks for shifts. */
function Create() {
  useTitle('New schedule');
  const { kind } = useSearch({ strict: false }) as { kind?: string };
  const shifts = kind === 'shifts';
  const tabs = <Tabs label="Kind of schedule" tabs={[{ name: 'Layers', href: '/console/schedules/new', current: !shifts }, { name: 'Shifts', href: '/console/schedules/new?kind=shifts', current: shifts }]} />;
  if (!shifts) return <Editor tabs={tabs} />;
  return <><Crumbs><a href="/console/on-call">On call</a></Crumbs><h1>New schedule</h1>{tabs}<p className="dim lead">Shifts come back by a rule; several people may be on call at once.</p><CreateShiftSchedule /></>;
}

export const CreateSchedulePage = onlyFor(({ maySomewhere }) => maySomewhere('manage'), 'New schedule', 'make schedules', Create);
