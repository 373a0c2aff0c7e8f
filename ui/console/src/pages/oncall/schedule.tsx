import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, ask, every, pathWith } from '../../api/client';
import { serverNow, useMinute } from '../../api/clock';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { moment, readersZone, span, weekday } from '../../api/times';
import type { Layer, Override, Schedule, Shift } from '../../api/types';
import { NotFound } from '../../frame';
import { Button, Crumbs, Failure, Note, Part, Sect, useTitle, Waiting } from '../../parts/base';
import { ActDialog, Choice, useAct } from '../../parts/forms';
import { Person, RefLink } from '../../parts/state';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { CalendarFeed } from './calendar_feed';
import { ScheduleDrawing, ShiftList, type Row } from './drawing';
import { OverrideDialog } from './overrides';
import { holes, nextStep, type Span } from './shifts';
import { ShiftSchedulePage } from './shift_schedule';
import { SwapDialog } from './swap';
import { addDays, weekBegin } from './zones';

export function turnWords(seconds: number): string {
  if (seconds % 604_800 === 0) return seconds === 604_800 ? 'weekly' : `every ${seconds / 604_800} weeks`;
  if (seconds % 86_400 === 0) return seconds === 86_400 ? 'daily' : `every ${seconds / 86_400} days`;
  return `every ${span(seconds)}`;
}

/** Two weeks from a Monday of the zone, or those that the address names. */
export function useWindow(zone: string): { window: Span; go: (weeks: number) => void } {
  const { since } = useSearch({ strict: false }) as { since?: string };
  const router = useRouter();
  const begin = since && !Number.isNaN(Date.parse(since)) ? Date.parse(since) : weekBegin(serverNow(), zone);
  const go = (weeks: number) =>
    router.history.push(pathWith(router.state.location.pathname, weeks === 0 ? {} : { since: new Date(addDays(begin, weeks * 7, zone)).toISOString() }));
  return { window: { begin, end: addDays(begin, 14, zone) }, go };
}

/** "Mon 23 Nov to Sun 6 Dec" */
export const windowWords = (window: Span, zone: string): string => `${weekday(window.begin, zone)} to ${weekday(window.end - 1, zone)}`;

/** Through time, two weeks at a time; `of` says to a screen reader what moves. */
export function WindowButtons({ go, of }: { go: (weeks: number) => void; of?: string }) {
  const name = of ? <span className="vh"> {of}</span> : null;
  return <><Button size="sm" onClick={() => go(-1)}>Earlier{name}</Button><Button size="sm" onClick={() => go(0)}>Today{name}</Button><Button size="sm" onClick={() => go(1)}>Later{name}</Button></>;
}

export const windowQuery = (window: Span) => ({ since: new Date(window.begin).toISOString(), until: new Date(window.end).toISOString() });

export function rowsOf(schedule: Schedule): Row[] {
  const layers = schedule.schedule_layers.map((layer: Layer, i): Row => ({
    name: layer.name || `Layer ${schedule.schedule_layers.length - i}`, second: turnWords(layer.rotation_turn_length_seconds), shifts: layer.rendered_schedule_entries ?? [],
  }));
  return [
    { name: 'Final', second: 'who is really rung', shifts: schedule.final_schedule?.rendered_schedule_entries ?? [], final: true },
    { name: 'Overrides', second: '', shifts: schedule.overrides_subschedule?.rendered_schedule_entries ?? [] },
    ...layers,
  ];
}

function Overrides({ schedule, window, go, zone, may }: { schedule: Schedule; window: Span; go: (weeks: number) => void; zone: string; may: boolean }) {
  const now = useMinute();
  const query = useQuery({ queryKey: ['overrides', schedule.id, window], queryFn: ({ signal }) => every<Override>(`/schedules/${schedule.id}/overrides`, 'overrides', windowQuery(window), signal) });
  const remove = useAct((one: Override) => ask('DELETE', `/schedules/${schedule.id}/overrides/${one.id}`), () => tell('The override is gone; the layers decide again.'));
  return (
    <Sect title="Overrides" aside={windowWords(window, zone)} end={<span className="row tight"><WindowButtons go={go} of="with the overrides" /></span>}>
      {remove.error ? <Failure error={remove.error} what="Not deleted." /> : null}
      <Part query={query} what="The overrides">
        {({ rows }) => rows.length === 0 ? <p className="dim">None.</p> : (
          <ul className="list">{rows.map((one) => <li key={one.id}><div className="grow"><b><RefLink to={one.user} /></b><small>{moment(one.start, now, false, zone)} to {moment(one.end, now, false, zone)}</small></div>{may && Date.parse(one.end) > now ? <Button size="sm" onClick={() => remove.mutate(one)}>Delete<span className="vh"> the override of {one.user.summary}</span></Button> : null}</li>)}</ul>
        )}
      </Part>
    </Sect>
  );
}

function Delete({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', `/schedules/${schedule.id}`), () => { tell(`${schedule.name} is deleted.`); router.history.replace('/console/on-call'); });
  return (
    <ActDialog title={`Delete ${schedule.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>{schedule.escalation_policies.length > 0 ? `It is used by ${schedule.escalation_policies.map((one) => one.summary).join(', ')}.` : 'No policy uses it.'} This cannot be undone.</p>
    </ActDialog>
  );
}

/** The hours to come in which nobody is on call. */
export function Holes({ shifts, window, zone }: { shifts: Shift[]; window: Span; zone: string }) {
  const now = useMinute();
  const missing = holes(shifts, { begin: Math.max(window.begin, now + 60_000), end: Math.max(window.end, now + 60_000) });
  if (missing.length === 0) return null;
  const when = missing.slice(0, 3).map((one) => `${moment(one.begin, now, false, zone)} to ${moment(one.end, now, false, zone)}`).join('; ');
  return <Note kind="bad"><b>Nobody is on call for {span(missing.reduce((sum, one) => sum + (one.end - one.begin), 0) / 1000)}</b> of these two weeks: {when}{missing.length > 3 ? ' and more' : ''}.</Note>;
}

type Written = Pick<Schedule, 'name' | 'description' | 'time_zone'> & { id?: string; teams: { id: string }[]; schedule_layers: (Omit<Layer, 'id' | 'end' | 'users'> & { end?: string | null; users: { user: { id: string } }[] })[] };
export const scheduleBlock = (schedule: Written) => resource('pagerduty_schedule', schedule.name, {
  name: schedule.name, description: schedule.description ?? undefined, time_zone: schedule.time_zone, teams: schedule.teams.map((team) => team.id),
  layer: schedule.schedule_layers.filter((layer) => !layer.end).map((layer) => ({
    name: layer.name, start: layer.start, rotation_virtual_start: layer.rotation_virtual_start, rotation_turn_length_seconds: layer.rotation_turn_length_seconds, users: layer.users.map(({ user }) => user.id),
    restriction: layer.restrictions.map((one) => ({ ...one })),
  })),
}, schedule.id);

function Shown({ schedule, window, go, zone, setZone }: { schedule: Schedule; window: Span; go: (weeks: number) => void; zone: string; setZone: (zone: string) => void }) {
  const now = useMinute();
  const { may } = useRights();
  const responds = may('respond', schedule.teams);
  const [range, setRange] = useState<Span | null>(null);
  const [deleting, setDeleting] = useState(false);
  const [swapping, setSwapping] = useState(false);
  useApi([pathWith(`/schedules/${schedule.id}`, windowQuery(window)), pathWith(`/schedules/${schedule.id}/overrides`, windowQuery(window))], scheduleBlock(schedule));
  const final = schedule.final_schedule?.rendered_schedule_entries ?? [];
  const current = final.find((one) => Date.parse(one.start) <= now && now < Date.parse(one.end));
  const zones = [...new Set([schedule.time_zone, readersZone(), 'Etc/UTC'])];
  const hour = 3_600_000;
  const next = Math.max(nextStep(now, hour), window.begin);
  return (
    <>
      <Crumbs><a href="/console/on-call">On call</a>{schedule.teams.map((team) => <span key={team.id}> / <RefLink to={team} /></span>)}</Crumbs>
      <div className="head">
        <h1>{schedule.name}</h1>
        <div className="row">
          {responds ? <><Button onClick={() => setRange({ begin: next, end: next + 4 * hour })}>New override</Button><Button onClick={() => setSwapping(true)}>Swap shifts</Button></> : null}
          {may('manage', schedule.teams) ? <><a className="btn ink" href={`/console/schedules/${schedule.id}/edit`}>Edit</a><Button look="quiet" onClick={() => setDeleting(true)}>Delete</Button></> : null}
        </div>
      </div>
      {schedule.description ? <p className="dim lead">{schedule.description}</p> : null}
      {window.begin <= now && now < window.end ? <div style={{ marginTop: 12 }}><Person user={current?.user ?? null}>{current ? `on call until ${moment(current.end, now, false, zone)}` : 'is on call now'}</Person></div> : null}
      <Holes shifts={final} window={window} zone={zone} />
      <div className="filters">
        <Choice label="Times in" value={zone} onChange={setZone} options={zones.map((one) => [one, one] as const)} />
        <span className="row tight"><WindowButtons go={go} /></span><span className="small dim">{windowWords(window, zone)}</span>
        {responds ? <span className="dim small hide-s">Drag over “Final” to put somebody else there.</span> : null}
      </div>
      <ScheduleDrawing rows={rowsOf(schedule)} window={window} zone={zone} onRange={responds ? setRange : undefined} />
      <div className="split mid">
        <Sect title="As a list"><ShiftList shifts={final} window={window} zone={zone} /></Sect>
        <div>
          <Overrides schedule={schedule} window={window} go={go} zone={zone} may={responds} />
          <Sect title="Used by">{schedule.escalation_policies.length === 0 ? <p className="dim">No escalation policy: nobody is called by it.</p> : <ul className="list">{schedule.escalation_policies.map((one) => <li key={one.id}><RefLink to={one} /></li>)}</ul>}</Sect>
          <CalendarFeed url={schedule.http_cal_url} />
        </div>
      </div>
      {range ? <OverrideDialog schedule={schedule.id} zone={zone} range={range} onClose={() => setRange(null)} /> : null}
      {swapping ? <SwapDialog kind="layers" schedule={schedule.id} zone={zone} onClose={() => setSwapping(false)} /> : null}
      {deleting ? <Delete schedule={schedule} onClose={() => setDeleting(false)} /> : null}
    </>
  );
}

function InZone({ schedule: known }: { schedule: Schedule }) {
  const [zone, setZone] = useState(known.time_zone);
  const { window, go } = useWindow(zone);
  const query = useQuery({ ...reads.schedule(known.id, { ...windowQuery(window), overflow: true }), placeholderData: (previous) => previous });
  return <>{query.data ? null : <h1>{known.name}</h1>}<Part query={query} what="The schedule">{(schedule) => <Shown schedule={schedule} window={window} go={go} zone={zone} setZone={setZone} />}</Part></>;
}

/** One address, two kinds: those of shifts are known by their list. */
export function SchedulePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const ofShifts = useQuery(reads.shiftSchedules);
  const found = ofShifts.data?.rows.find((one) => one.id === id);
  if (found) return <ShiftSchedulePage key={id} known={found} />;
  return ofShifts.isPending ? <Waiting /> : <LayeredPage key={id} id={id} />;
}

function LayeredPage({ id }: { id: string }) {
  const known = useQuery(reads.schedule(id, {}));
  useTitle(known.data?.name ?? 'Schedule');
  if (known.data) return <InZone key={id} schedule={known.data} />;
  if (known.error instanceof ApiError && known.error.status === 404) return <NotFound />;
  if (known.error) return <><h1>Schedule</h1><Failure error={known.error} what="The schedule cannot be shown." retry={() => void known.refetch()} /></>;
  return <Waiting />;
}
