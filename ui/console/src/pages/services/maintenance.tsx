// Maintenance windows: when services are quiet on purpose. All of them, one, and those of a service.

import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, ask } from '../../api/client';
import { serverNow, useMinute } from '../../api/clock';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { readersZone, span } from '../../api/times';
import { refTo, type Maintenance, type Service } from '../../api/types';
import { NotFound } from '../../frame';
import { AskAdmins } from '../../parts/ask_admins';
import { Button, Crumbs, Empty, Failure, Note, Part, Sect, Tabs, useTitle, Waiting, When } from '../../parts/base';
import { ActDialog, Field, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Chip, RefLink } from '../../parts/state';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { momentOf, wallOf } from '../oncall/zones';
import { ServicesField, type Picked } from './services_field';
import { ServiceTabs } from './tabs';

export type WindowState = 'future' | 'ongoing' | 'past';
export const stateOf = (window: Pick<Maintenance, 'start_time' | 'end_time'>, now: number): WindowState =>
  Date.parse(window.end_time) <= now ? 'past' : Date.parse(window.start_time) <= now ? 'ongoing' : 'future';

const list = '/console/service-directory/maintenance-windows';
const hrefOf = (window: { id: string }) => `${list}/${window.id}`;
const nameOf = (window: Maintenance) => window.description || 'No reason was given';
const canEnd = { future: 'Delete', ongoing: 'End now' } as const;

function StateChip({ state }: { state: WindowState }) {
  if (state === 'ongoing') return <Chip weight="maintenance" icon="maintenance">Now</Chip>;
  return <Chip weight="plain" icon={state === 'future' ? 'next' : 'resolved'}>{state === 'future' ? 'Planned' : 'Over'}</Chip>;
}

/** Whether the reader may change every one of these services: a window is of them all. */
function useMayOn(): (services: readonly { id: string }[]) => boolean {
  const { may } = useRights();
  const known = useQuery(reads.services).data?.rows;
  return (services) => services.every((one) => may('manage', known?.find((row) => row.id === one.id)?.teams));
}

/** One that has not begun goes, one that is running ends. */
function useEnd(done?: () => void) {
  return useAct((window: Maintenance) => ask('DELETE', `/maintenance_windows/${window.id}`), (_, window) => {
    tell(stateOf(window, serverNow()) === 'future' ? 'The maintenance is deleted.' : 'The maintenance is over: events open incidents again.');
    done?.();
  });
}

const lengths = [30, 60, 120, 240, 480, 1440] as const;

/** From now on unless a time is given; of one that is running only what is still to come can be moved. */
export function WindowForm({ of, service, onClose }: { of?: Maintenance | undefined; service?: Service | undefined; onClose: (made?: Maintenance) => void }) {
  const zone = readersZone();
  const [description, setDescription] = useState(of?.description ?? '');
  const [services, setServices] = useState<Picked[]>(of?.services ?? (service ? [{ id: service.id, summary: service.name }] : []));
  const [from, setFrom] = useState(of ? wallOf(of.start_time, zone) : '');
  const [to, setTo] = useState(() => wallOf(of?.end_time ?? serverNow() + 2 * 3_600_000, zone));
  const runs = of !== undefined && stateOf(of, serverNow()) === 'ongoing';
  const begin = () => (of && wallOf(of.start_time, zone) === from ? of.start_time : from ? momentOf(from, zone) : new Date(serverNow()).toISOString());
  const lasts = (minutes: number) => setTo(wallOf((from ? Date.parse(momentOf(from, zone)) : serverNow()) + minutes * 60_000, zone));
  const act = useAct(() => ask<{ maintenance_window: Maintenance }>(of ? 'PUT' : 'POST', of ? `/maintenance_windows/${of.id}` : '/maintenance_windows', {
    maintenance_window: {
      type: 'maintenance_window', description: description.trim(), services: services.map((one) => refTo('service', one.id)),
      ...(runs ? {} : { start_time: begin() }), end_time: of && wallOf(of.end_time, zone) === to ? of.end_time : to ? momentOf(to, zone) : '',
    },
  }), ({ maintenance_window: made }) => { tell(of ? 'Saved.' : `${services.map((one) => one.summary).join(', ')}: quiet from ${from ? 'then' : 'now'} on.`); onClose(made); });
  return (
    <ActDialog title={of ? 'Change the maintenance' : service ? `Maintenance of ${service.name}` : 'New maintenance window'} act={of ? 'Save' : from ? 'Plan it' : 'Start it'} busy={act.isPending} error={act.error} failed="Not saved."
      onAct={() => act.mutate(undefined)} onClose={() => onClose()}>
      <p className="dim">Events that come in meanwhile open nothing and wake nobody.</p>
      <TextField label="Why" value={description} onChange={setDescription} required autoFocus member="description" />
      <ServicesField chosen={services} change={setServices} member="services" />
      <div className="cols">
        {runs ? null : <Field label={of ? 'From' : 'From (empty: now)'} hint={zone} member="start_time">{(ids) => <input className="in" type="datetime-local" {...ids} value={from} onChange={(event) => setFrom(event.target.value)} />}</Field>}
        <Field label="Until" hint={zone} member="end_time">{(ids) => <input className="in" type="datetime-local" required {...ids} value={to} onChange={(event) => setTo(event.target.value)} />}</Field>
      </div>
      <div className="row tight wrap" role="group" aria-label="How long">{lengths.map((minutes) => <Button key={minutes} size="sm" look="quiet" onClick={() => lasts(minutes)}>{span(minutes * 60)}</Button>)}</div>
    </ActDialog>
  );
}

function Row({ window, may, onEdit, onEnd }: { window: Maintenance; may: boolean; onEdit: () => void; onEnd: () => void }) {
  const state = stateOf(window, useMinute());
  const which = <span className="vh"> {nameOf(window)}</span>;
  return (
    <li className="wrap">
      <StateChip state={state} />
      <div className="grow"><a href={hrefOf(window)}>{nameOf(window)}</a>
        <small><When at={window.start_time} /> to <When at={window.end_time} />: {window.services.map((one) => one.summary).join(', ')}{window.created_by ? `, by ${window.created_by.summary}` : ''}</small></div>
      {may && state !== 'past' ? <span className="row tight"><Button size="sm" onClick={onEdit}>Change{which}</Button><Button size="sm" look={state === 'ongoing' ? '' : 'quiet'} onClick={onEnd}>{canEnd[state]}{which}</Button></span> : null}
    </li>
  );
}

const filters = [['open', 'Now and planned'], ['past', 'Over']] as const;

export function MaintenancePage({ creating = false }: { creating?: boolean }) {
  useTitle('Maintenance windows');
  const router = useRouter();
  const { filter = 'open' } = useSearch({ strict: false }) as { filter?: string };
  const may = useMayOn();
  const canPlan = useRights().maySomewhere('manage');
  const query = useQuery(reads.maintenanceWindows(filter));
  const [editing, setEditing] = useState<Maintenance>();
  const end = useEnd();
  useApi([`/maintenance_windows?filter=${filter}`], (query.data?.rows ?? []).map(block).join('\n\n'));
  return (
    <>
      <div className="head"><h1>Maintenance windows</h1>{canPlan ? <a className="btn ink" href={`${list}/new`}><Icon name="plus" tone="" />New maintenance window</a> : null}</div>
      <ServiceTabs current="maintenance" />
      {canPlan ? null : <AskAdmins what="plan maintenance" />}
      <Tabs label="Which windows" tabs={filters.map(([key, name]) => ({ name, href: key === 'open' ? list : `${list}?filter=${key}`, current: filter === key }))} />
      {end.error ? <Failure error={end.error} what="Not ended." /> : null}
      <Part query={query} what="Maintenance">
        {({ rows }) => rows.length === 0
          ? <Empty title={filter === 'past' ? 'None was.' : 'None is going on, and none is planned.'}>While a window is open, events of its services open nothing and wake nobody.</Empty>
          : <ul className="list">{[...rows].sort((a, b) => (filter === 'past' ? b : a).start_time.localeCompare((filter === 'past' ? a : b).start_time)).map((one) => <Row key={one.id} window={one} may={may(one.services)} onEdit={() => setEditing(one)} onEnd={() => end.mutate(one)} />)}</ul>}
      </Part>
      {creating && canPlan ? <WindowForm onClose={(made) => router.history.push(made ? hrefOf(made) : list)} /> : null}
      {editing ? <WindowForm of={editing} onClose={() => setEditing(undefined)} /> : null}
    </>
  );
}

export const CreateMaintenancePage = () => <MaintenancePage creating />;

const block = (window: Maintenance) => resource('pagerduty_maintenance_window', nameOf(window), {
  start_time: window.start_time, end_time: window.end_time, description: window.description, services: window.services.map((one) => one.id),
}, window.id);

function Shown({ window }: { window: Maintenance }) {
  const router = useRouter();
  const now = useMinute();
  const may = useMayOn();
  const [editing, setEditing] = useState(false);
  const state = stateOf(window, now);
  const end = useEnd(() => { if (state === 'future') router.history.replace(list); });
  useApi([`/maintenance_windows/${window.id}`], block(window));
  return (
    <>
      <Crumbs><a href="/console/service-directory">Services</a> / <a href={list}>Maintenance windows</a></Crumbs>
      <div className="head">
        <div className="row wrap"><h1>{nameOf(window)}</h1><StateChip state={state} /></div>
        {may(window.services) && state !== 'past' ? <div className="row"><Button onClick={() => setEditing(true)}>Change</Button><Button look={state === 'ongoing' ? 'ink' : 'quiet'} busy={end.isPending} onClick={() => end.mutate(window)}>{canEnd[state]}</Button></div> : null}
      </div>
      {end.error ? <Failure error={end.error} what="Not ended." /> : null}
      {state === 'ongoing' ? <Note kind="warn">No incident is opened on these services for another {span((Date.parse(window.end_time) - now) / 1000)}.</Note>
        : <p className="dim lead">{state === 'past' ? 'It is over.' : `It begins in ${span((Date.parse(window.start_time) - now) / 1000)}.`}</p>}
      <div className="split mid">
        <Sect title="Services" aside={String(window.services.length)}><ul className="list">{window.services.map((one) => <li key={one.id}><RefLink to={one} /></li>)}</ul></Sect>
        <Sect title="Facts">
          <dl className="facts">
            <dt>From</dt><dd><When at={window.start_time} exact /></dd>
            <dt>Until</dt><dd><When at={window.end_time} exact /></dd>
            {window.created_by ? <><dt>Made by</dt><dd><RefLink to={window.created_by} /></dd></> : null}
          </dl>
        </Sect>
      </div>
      {editing ? <WindowForm of={window} onClose={() => setEditing(false)} /> : null}
    </>
  );
}

export function MaintenanceWindowPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.maintenanceWindow(id));
  useTitle(query.data?.description || 'Maintenance window');
  if (query.data) return <Shown key={id} window={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Maintenance window</h1><Failure error={query.error} what="The window cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}

/** Those of a service, on its page. */
export function MaintenanceOf({ service }: { service: Service }) {
  const query = useQuery(reads.maintenance(service.id));
  const mayOn = useMayOn();
  const [open, setOpen] = useState<{ of?: Maintenance } | null>(null);
  const end = useEnd();
  const may = mayOn([service]);
  return (
    <Sect title="Maintenance" aside={<a href={list}>Of all services</a>} end={may ? <Button size="sm" onClick={() => setOpen({})}>New maintenance</Button> : null}>
      {end.error ? <Failure error={end.error} what="Not ended." /> : null}
      <Part query={query} what="Maintenance">
        {({ rows }) => rows.length === 0 ? <p className="dim">None is planned, and none was.</p> : <ul className="list">{[...rows].sort((a, b) => b.start_time.localeCompare(a.start_time)).map((one) => <Row key={one.id} window={one} may={mayOn(one.services)} onEdit={() => setOpen({ of: one })} onEnd={() => end.mutate(one)} />)}</ul>}
      </Part>
      {open ? <WindowForm of={open.of} service={service} onClose={() => setOpen(null)} /> : null}
    </Sect>
  );
}
