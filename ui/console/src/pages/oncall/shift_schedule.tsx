// The page of a shift-based schedule: the result drawn, its rotations, and what was changed by hand.

import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { ask, every, pathWith } from '../../api/client';
import { useMinute } from '../../api/clock';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { moment, readersZone } from '../../api/times';
import { refTo, type Ref } from '../../api/types';
import { Button, Crumbs, Part, Sect, useTitle, Waiting } from '../../parts/base';
import { ActDialog, Choice, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Avatar, Nobody, Person, RefLink } from '../../parts/state';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { CalendarFeed } from './calendar_feed';
import { ScheduleDrawing, ShiftList } from './drawing';
import { Holes, useWindow, WindowButtons, windowQuery, windowWords } from './schedule';
import { finalOf, rotationName, ruleWords, shiftBlock, shiftRows, userOf, wallTime, type CustomShift, type ShiftEvent, type ShiftOverride, type ShiftRotation, type ShiftSchedule } from './shift_plan';
import { nextStep, type Span } from './shifts';
import { SwapDialog } from './swap';
import { TeamsField, type TeamOf } from './teams_field';

const forms = () => import('./shift_forms');
const NewRotation = lazy(() => forms().then((all) => ({ default: all.NewRotation })));
const ChangeRotation = lazy(() => forms().then((all) => ({ default: all.ChangeRotation })));
const NewCustomShift = lazy(() => forms().then((all) => ({ default: all.NewCustomShift })));
const ReviewedDelete = lazy(() => forms().then((all) => ({ default: all.ReviewedDelete })));
const ShiftOverrideDialog = lazy(() => forms().then((all) => ({ default: all.ShiftOverrideDialog })));

const pathOf = (schedule: { id: string }) => `/v3/schedules/${schedule.id}`;

function Members({ event, users }: { event: ShiftEvent; users: Ref[] }) {
  return (
    <ol className="row tight wrap">
      {event.assignment_strategy.members.map((member, i) => {
        const user = userOf(member, users);
        return <li key={i} className="pill"><Avatar user={user} small />{user ? <a className="plain" href={`/console/users/${user.id}`}>{user.summary}</a> : <Nobody />}</li>;
      })}
    </ol>
  );
}

function Rotation({ schedule, rotation, number, users, may, onChange, onDelete }: { schedule: ShiftSchedule; rotation: ShiftRotation; number: number; users: Ref[]; may: boolean; onChange: (event: ShiftEvent) => void; onDelete: (name: string) => void }) {
  const now = useMinute();
  const zone = schedule.time_zone;
  const lasts = rotation.events.filter((event) => !event.effective_until || Date.parse(event.effective_until) > now);
  const name = rotationName(rotation, number);
  return (
    <section className="panel" aria-label={name}>
      <header><h3>{name}</h3>{may ? <span className="end row tight"><Button size="sm" look="quiet" onClick={() => onDelete(name)}>Delete<span className="vh"> {name}</span></Button></span> : null}</header>
      <div className="body stack-4">
        {lasts.length === 0 ? <p className="dim">It has ended.</p> : lasts.map((event) => (
          <div key={event.id}>
            <p><b>{ruleWords(event.recurrence)}</b>, the first from {wallTime(event.start_time)} to {wallTime(event.end_time)}, {event.start_time.time_zone}. {event.assignment_strategy.type.startsWith('every') ? 'All of them together:' : (event.assignment_strategy.shifts_per_member ?? 1) > 1 ? `In turns of ${event.assignment_strategy.shifts_per_member} shifts:` : 'In turns:'}</p>
            <Members event={event} users={users} />
            <p className="small dim">{Date.parse(event.effective_since) > now ? `counts from ${moment(event.effective_since, now, false, zone)}` : ''}{event.effective_until ? ` until ${moment(event.effective_until, now, false, zone)}` : ''}</p>
            {may ? <Button size="sm" onClick={() => onChange(event)}>Change<span className="vh"> {name}</span></Button> : null}
          </div>
        ))}
      </div>
    </section>
  );
}

/** Shifts and overrides of these weeks that were made by hand. */
function ByHand({ schedule, users, window, go, zone, may, onDelete }: { schedule: ShiftSchedule; users: Ref[]; window: Span; go: (weeks: number) => void; zone: string; may: boolean; onDelete: (path: string, what: string) => void }) {
  const now = useMinute();
  const path = pathOf(schedule);
  const shifts = useQuery({ queryKey: [path, 'custom_shifts', window], queryFn: ({ signal }) => every<CustomShift>(`${path}/custom_shifts`, 'custom_shifts', windowQuery(window), signal) });
  const overrides = useQuery({ queryKey: [path, 'overrides', window], queryFn: ({ signal }) => every<ShiftOverride>(`${path}/overrides`, 'overrides', windowQuery(window), signal) });
  const who = (member: ShiftOverride['overriding_member']) => userOf(member, users)?.summary ?? 'Nobody';
  const row = (key: string, words: string, start: string, end: string) => (
    <li key={key}><div className="grow"><b>{words}</b><small>{moment(start, now, false, zone)} to {moment(end, now, false, zone)}</small></div>{may && Date.parse(end) > now ? <Button size="sm" onClick={() => onDelete(`${path}/${key}`, words)}>Delete<span className="vh"> {words}</span></Button> : null}</li>
  );
  return (
    <Sect title="Overrides and shifts by hand" aside={windowWords(window, zone)} end={<span className="row tight"><WindowButtons go={go} of="with the overrides" /></span>}>
      <Part query={overrides} what="The overrides">{({ rows }) => rows.length === 0 ? <p className="dim">No override.</p> : <ul className="list">{rows.map((one) => row(`overrides/${one.id}`, `${who(one.overriding_member)} in place of ${who(one.overridden_member)}`, one.start_time, one.end_time))}</ul>}</Part>
      <Part query={shifts} what="The shifts">{({ rows }) => rows.length === 0 ? <p className="dim">No shift was added.</p> : <ul className="list">{rows.map((one) => row(`custom_shifts/${one.id}`, one.assignments.map(({ member }) => who(member)).join(', '), one.start_time, one.end_time))}</ul>}</Part>
    </Sect>
  );
}

function Settings({ schedule, onClose }: { schedule: ShiftSchedule; onClose: () => void }) {
  const [name, setName] = useState(schedule.name);
  const [description, setDescription] = useState(schedule.description ?? '');
  const [zone, setZone] = useState(schedule.time_zone);
  const [teams, setTeams] = useState<TeamOf[]>(schedule.teams);
  const act = useAct(() => ask('PUT', pathOf(schedule), { schedule: { name: name.trim(), description, time_zone: zone, teams: teams.map((team) => refTo('team', team.id)) } }), () => { tell('Saved.'); onClose(); });
  return (
    <ActDialog title={`Change ${schedule.name}`} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Name" value={name} onChange={setName} required member="name" />
      <TextField label="Description" value={description} onChange={setDescription} member="description" />
      <Choice label="Time zone" value={zone} onChange={setZone} member="time_zone" options={[...new Set([zone, ...Intl.supportedValuesOf('timeZone')])].map((one) => [one, one] as const)} hint="Times are shown in it; each rotation keeps its own." />
      <TeamsField chosen={teams} change={setTeams} />
    </ActDialog>
  );
}

function Delete({ schedule, onClose }: { schedule: ShiftSchedule; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', pathOf(schedule)), () => { tell(`${schedule.name} is deleted.`); router.history.replace('/console/on-call'); });
  return (
    <ActDialog title={`Delete ${schedule.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>{schedule.escalation_policies.length > 0 ? `It is used by ${schedule.escalation_policies.map((one) => one.summary).join(', ')}.` : 'No policy uses it.'} This cannot be undone.</p>
    </ActDialog>
  );
}

type Open = { kind: 'settings' | 'delete' | 'rotation' | 'swap' } | { kind: 'override' | 'shift'; range: Span } | { kind: 'change'; rotation: ShiftRotation; event: ShiftEvent } | { kind: 'remove'; path: string; what: string; done: string };

function Shown({ schedule, window, go, zone, setZone }: { schedule: ShiftSchedule; window: Span; go: (weeks: number) => void; zone: string; setZone: (zone: string) => void }) {
  const now = useMinute();
  const rights = useRights();
  const responds = rights.may('respond', schedule.teams);
  const everybody = useQuery(reads.users).data?.rows ?? [];
  const users: Ref[] = [...(schedule.users ?? []), ...everybody];
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const final = finalOf(schedule, users);
  const current = final.filter((one) => Date.parse(one.start) <= now && now < Date.parse(one.end));
  const hour = 3_600_000;
  const begin = Math.max(nextStep(now, hour), window.begin);
  const range = { begin, end: begin + 4 * hour };
  const may = rights.may('manage', schedule.teams);
  useApi([pathWith(pathOf(schedule), { ...windowQuery(window), include: ['final_schedule', 'users'] }), `${pathOf(schedule)}/rotations`], resource('pagerduty_schedulev2', schedule.name, shiftBlock(schedule, now), schedule.id));
  return (
    <>
      <Crumbs><a href="/console/on-call">On call</a>{schedule.teams.map((team) => <span key={team.id}> / <RefLink to={team} /></span>)}</Crumbs>
      <div className="head">
        <h1>{schedule.name}</h1>
        <div className="row">
          {responds ? <><Button onClick={() => setOpen({ kind: 'override', range })}>New override</Button><Button onClick={() => setOpen({ kind: 'swap' })}>Swap shifts</Button><Button onClick={() => setOpen({ kind: 'shift', range })}>Add a shift</Button></> : null}
          {may ? <><Button onClick={() => setOpen({ kind: 'settings' })}>Settings</Button><Button look="quiet" onClick={() => setOpen({ kind: 'delete' })}>Delete</Button></> : null}
        </div>
      </div>
      {schedule.description ? <p className="dim lead">{schedule.description}</p> : null}
      {window.begin <= now && now < window.end ? <div style={{ marginTop: 12 }}>{current.length === 0 ? <Person user={null}>is on call now</Person> : current.map((one) => <Person key={one.user.id} user={one.user}>on call until {moment(one.end, now, false, zone)}</Person>)}</div> : null}
      <Holes shifts={final} window={window} zone={zone} />
      <div className="filters">
        <Choice label="Times in" value={zone} onChange={setZone} options={[...new Set([schedule.time_zone, readersZone(), 'Etc/UTC'])].map((one) => [one, one] as const)} />
        <span className="row tight"><WindowButtons go={go} /></span><span className="small dim">{windowWords(window, zone)}</span>
        {responds ? <span className="dim small hide-s">Drag over “Final” to put somebody else there.</span> : null}
      </div>
      <ScheduleDrawing rows={shiftRows(schedule, users)} window={window} zone={zone} onRange={responds ? (dragged) => setOpen({ kind: 'override', range: dragged }) : undefined} />
      <div className="split mid">
        <div>
          <Sect title="Rotations" aside={String(schedule.rotations.length)} end={may ? <Button size="sm" onClick={() => setOpen({ kind: 'rotation' })}>Add a rotation</Button> : null}>
            {schedule.rotations.length === 0 ? <p className="dim">None: nobody comes on call by itself.</p> : schedule.rotations.map((rotation, i) => (
              <Rotation key={rotation.id} schedule={schedule} rotation={rotation} number={i + 1} users={users} may={may} onChange={(event) => setOpen({ kind: 'change', rotation, event })} onDelete={(what) => setOpen({ kind: 'remove', path: `${pathOf(schedule)}/rotations/${rotation.id}`, what, done: 'The rotation is gone. Who was on call stays known.' })} />
            ))}
          </Sect>
          <Sect title="As a list"><ShiftList shifts={final} window={window} zone={zone} /></Sect>
        </div>
        <div>
          <ByHand schedule={schedule} users={users} window={window} go={go} zone={zone} may={responds} onDelete={(path, what) => setOpen({ kind: 'remove', path, what, done: 'It is gone; the rotations decide again.' })} />
          <Sect title="Used by">{schedule.escalation_policies.length === 0 ? <p className="dim">No escalation policy: nobody is called by it.</p> : <ul className="list">{schedule.escalation_policies.map((one) => <li key={one.id}><Icon name="next" /><RefLink to={one} /></li>)}</ul>}</Sect>
          <CalendarFeed url={schedule.http_cal_url} />
        </div>
      </div>
      {open?.kind === 'settings' ? <Settings schedule={schedule} onClose={close} /> : null}
      {open?.kind === 'swap' ? <SwapDialog kind="shifts" schedule={schedule.id} zone={zone} onClose={close} /> : null}
      {open?.kind === 'delete' ? <Delete schedule={schedule} onClose={close} /> : null}
      <Suspense>
        {open?.kind === 'rotation' ? <NewRotation schedule={schedule} onClose={close} /> : null}
        {open?.kind === 'change' ? <ChangeRotation schedule={schedule} rotation={open.rotation} event={open.event} users={users} onClose={close} /> : null}
        {open?.kind === 'remove' ? <ReviewedDelete schedule={schedule.id} zone={zone} path={open.path} what={open.what} done={open.done} onClose={close} /> : null}
        {open?.kind === 'override' ? <ShiftOverrideDialog schedule={schedule} users={users} zone={zone} range={open.range} onClose={close} /> : null}
        {open?.kind === 'shift' ? <NewCustomShift schedule={schedule} zone={zone} range={open.range} onClose={close} /> : null}
      </Suspense>
    </>
  );
}

export function ShiftSchedulePage({ known }: { known: Ref }) {
  useTitle(known.summary);
  const first = useQuery(reads.shiftSchedule(known.id, {}));
  return <>{first.data ? null : <h1>{known.summary}</h1>}<Part query={first} what="The schedule">{(schedule) => <InZone schedule={schedule} />}</Part></>;
}

function InZone({ schedule: known }: { schedule: ShiftSchedule }) {
  const [zone, setZone] = useState(known.time_zone);
  const { window, go } = useWindow(zone);
  const query = useQuery({ ...reads.shiftSchedule(known.id, { ...windowQuery(window), overflow: true, include: ['final_schedule', 'users'] }), placeholderData: (previous: ShiftSchedule | undefined) => previous });
  if (!query.data && !query.error) return <><h1>{known.name}</h1><Waiting /></>;
  return <Part query={query} what="The schedule">{(schedule) => <Shown schedule={schedule} window={window} go={go} zone={zone} setZone={setZone} />}</Part>;
}
