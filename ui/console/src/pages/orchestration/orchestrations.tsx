// Event orchestrations: one way in for many services, whose rules decide which gets an event and what becomes of it.

import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { ApiError, ask } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import { refTo, type OrchestratedEvent, type Orchestration, type OrchestrationIntegration } from '../../api/types';
import { NotFound } from '../../frame';
import { AskAdmins } from '../../parts/ask_admins';
import { Button, Crumbs, Empty, Failure, KeyField, Part, Sect, Tabs, useTitle, Waiting, When } from '../../parts/base';
import { Code } from '../../parts/code';
import { ActDialog, Check, Choice, TextArea, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { RefLink } from '../../parts/state';
import { imports, resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { ServiceTabs } from '../services/tabs';
import { pathBlock } from './paths';
import type { Owner } from './try_it';

const PathEditor = lazy(() => import('./path_editor').then((all) => ({ default: all.PathEditor })));

const at = (one: { id: string }) => `/event_orchestrations/${one.id}`;

function Form({ of, onClose }: { of?: Orchestration | undefined; onClose: (made?: Orchestration) => void }) {
  const teams = useQuery(reads.teams).data?.rows ?? [];
  const [name, setName] = useState(of?.name ?? '');
  const [description, setDescription] = useState(of?.description ?? '');
  const [team, setTeam] = useState(of?.team?.id ?? '');
  const act = useAct(() => ask<{ orchestration: Orchestration }>(of ? 'PUT' : 'POST', of ? at(of) : '/event_orchestrations', { orchestration: { name: name.trim(), description, team: team ? refTo('team', team) : null } }), ({ orchestration }) => { tell('Saved.'); onClose(orchestration); });
  return (
    <ActDialog title={of ? `Change ${of.name}` : 'New event orchestration'} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={() => onClose()}>
      <TextField label="Name" value={name} onChange={setName} required autoFocus member="name" />
      <TextArea label="Description" value={description} onChange={setDescription} member="description" />
      <Choice label="Team" value={team} onChange={setTeam} options={[['', 'None: administrators only'], ...teams.map((one) => [one.id, one.name] as const)]} member="team" />
    </ActDialog>
  );
}

export function OrchestrationsPage() {
  useTitle('Event orchestrations');
  const router = useRouter();
  const may = useRights().maySomewhere('manage');
  const query = useQuery(reads.orchestrations);
  const [adding, setAdding] = useState(false);
  useApi(['/event_orchestrations'], imports('pagerduty_event_orchestration', (query.data?.rows ?? []).map((one) => ({ id: one.id, summary: one.name }))));
  return (
    <>
      <div className="head"><h1>Event orchestrations</h1>{may ? <Button look="ink" icon="plus" onClick={() => setAdding(true)}>New event orchestration</Button> : null}</div>
      <ServiceTabs current="orchestrations" />
      <p className="dim lead">One key for many services: rules look at each event and say where it goes.</p>
      {may ? null : <AskAdmins what="add event orchestrations" />}
      <Part query={query} what="The orchestrations">
        {({ rows }) => rows.length === 0 ? <Empty title="There is none yet.">Each service has a key of its own. An orchestration is worth it when one tool sends for many services.</Empty> : (
          <div className="tablewrap"><table className="cards">
            <thead><tr><th>Name</th><th className="num">Services it routes to</th><th>Changed</th></tr></thead>
            <tbody>{rows.map((one) => <tr key={one.id}><td><b><a href={`/console/event-orchestrations/${one.id}`}>{one.name}</a></b>{one.description ? <span className="meta">{one.description}</span> : null}</td><td className="num" data-l="routes to">{one.routes}</td><td data-l="changed"><When at={one.updated_at} relative /></td></tr>)}</tbody>
          </table></div>
        )}
      </Part>
      {adding ? <Form onClose={(made) => (made ? router.history.push(`/console/event-orchestrations/${made.id}?tab=integrations`) : setAdding(false))} /> : null}
    </>
  );
}

function AddIntegration({ of, onClose }: { of: Orchestration; onClose: () => void }) {
  const [label, setLabel] = useState('');
  const act = useAct(() => ask('POST', `${at(of)}/integrations`, { integration: { label: label.trim() } }), () => { tell('Added, with a key of its own.'); onClose(); });
  return (
    <ActDialog title="Add an integration" act="Add" busy={act.isPending} error={act.error} failed="Not added." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField label="Label" value={label} onChange={setLabel} required autoFocus member="label" hint="Which tool sends with this key." />
    </ActDialog>
  );
}

function RemoveIntegration({ of, integration, onClose }: { of: Orchestration; integration: OrchestrationIntegration; onClose: () => void }) {
  const act = useAct(() => ask('DELETE', `${at(of)}/integrations/${integration.id}`), () => { tell(`“${integration.label}” is deleted.`); onClose(); });
  return <ActDialog title={`Delete “${integration.label}”?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>Its key stops working: events sent with it are refused. This cannot be undone.</p></ActDialog>;
}

function Integrations({ of, may }: { of: Orchestration; may: boolean }) {
  const { public_url } = useSession();
  const query = useQuery(reads.orchestrationIntegrations(of.id));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<OrchestrationIntegration | null>(null);
  return (
    <Sect title="Integrations" aside="each has a key of its own" end={may ? <Button look="ink" icon="plus" onClick={() => setAdding(true)}>Add an integration</Button> : null}>
      <Part query={query} what="The integrations">
        {(rows) => (
          <>
            {rows.map((one) => (
              <div key={one.id} className="panel">
                <header><h3>{one.label}</h3>{may ? <span className="end"><Button size="sm" look="quiet" onClick={() => setRemoving(one)}>Delete<span className="vh"> {one.label}</span></Button></span> : null}</header>
                <div className="body stack-4">
                  <div className="cols"><KeyField label="Integration Key" secret value={one.parameters.routing_key} /><KeyField label="Integration URL" value={`${public_url}/v2/enqueue`} /></div>
                  <details><summary className="small hit">Try it with curl</summary><Code label="curl" text={`curl ${public_url}/v2/enqueue -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ routing_key: one.parameters.routing_key, event_action: 'trigger', payload: { summary: 'Disk is full on db1', source: 'db1.example.com', severity: 'critical' } })}'`} /></details>
                </div>
              </div>
            ))}
            {rows.length === 0 ? <Empty title="Nothing can be sent to it yet.">Add an integration, and give its key to the tool.</Empty> : null}
          </>
        )}
      </Part>
      {adding ? <AddIntegration of={of} onClose={() => setAdding(false)} /> : null}
      {removing ? <RemoveIntegration of={of} integration={removing} onClose={() => setRemoving(null)} /> : null}
    </Sect>
  );
}

/** Read once: what others save meanwhile must not change rules that somebody works on. */
function Rules({ address, owner, may, active }: { address: string; owner: Owner; may: boolean; active?: boolean | undefined }) {
  const query = useQuery({ ...reads.orchestrationPath(address), meta: { live: false }, staleTime: Infinity, gcTime: 0, refetchOnMount: 'always' as const });
  const path = query.data;
  useApi([address], path ? resource(`pagerduty_event_orchestration_${path.type}`, path.type, pathBlock(path, active), path.parent.id) : '');
  return <Part query={query} what="The rules">{(stored) => <Suspense fallback={<Waiting />}><PathEditor key={address} stored={stored} address={address} owner={owner} may={may} /></Suspense>}</Part>;
}

const wentWords: Record<OrchestratedEvent['disposition'], string> = { trigger: 'went on', suppress: 'suppressed', suspend: 'held', drop: 'dropped', unrouted: 'unrouted' };

/** What was decided of each event, by which rule in which version. */
function Events({ of }: { of: Orchestration }) {
  const query = useQuery(reads.orchestratedEvents(of.id));
  useApi([`${at(of)}/orchestrated_events`]);
  return (
    <Part query={query} what="The events">
      {(rows) => rows.length === 0 ? <Empty title="No event has come in yet.">Give a key of the Integrations tab to a tool.</Empty> : (
        <ul className="list">
          {rows.map((one) => (
            <li key={one.id}><Icon name={one.disposition === 'trigger' ? 'next' : one.disposition === 'suspend' ? 'snoozed' : 'suppressed'} />
              <div className="grow">{one.alert ? <a href={`/console/alerts/${one.alert.id}`}>{one.summary}</a> : one.summary}
                <small><When at={one.created_at} exact />, {one.event_action}, {wentWords[one.disposition]}{one.service ? <>, <RefLink to={one.service} /></> : null}</small>
                {one.decisions.map((decision, i) => <small key={i}>{decision.path}: {decision.label ?? decision.rule_id ?? 'no rule applied'}{decision.did.length > 0 ? `, ${decision.did.join(', ')}` : ''} (version {decision.version})</small>)}</div></li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Delete({ of, onClose }: { of: Orchestration; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', at(of)), () => { tell(`${of.name} is deleted.`); router.history.replace('/console/event-orchestrations'); });
  return <ActDialog title={`Delete ${of.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>Its keys stop working: events sent with them are refused. The services stay. This cannot be undone.</p></ActDialog>;
}

const tabs = [['router', 'Service routes', 'Which service gets an event.'], ['global', 'Global rules', 'What happens to every event, before it is routed.'], ['unrouted', 'Unrouted', 'What happens to events that no route takes.'], ['events', 'Events', 'Where the newest events went, and which rules decided it.'], ['integrations', 'Integrations', '']] as const;

function Shown({ of }: { of: Orchestration }) {
  const { tab = 'router' } = useSearch({ strict: false }) as { tab?: string };
  const may = useRights().may('manage', of.team ? [of.team] : []);
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const chosen = tabs.find(([key]) => key === tab) ?? tabs[0];
  return (
    <>
      <Crumbs><a href="/console/event-orchestrations">Event orchestrations</a></Crumbs>
      <div className="head"><h1>{of.name}</h1>{may ? <div className="row"><Button onClick={() => setDialog('edit')}>Settings</Button><Button look="quiet" onClick={() => setDialog('delete')}>Delete</Button></div> : null}</div>
      {of.description ? <p className="dim lead">{of.description}</p> : null}
      <Tabs label="Event orchestration" tabs={tabs.map(([key, name]) => ({ name, href: `/console/event-orchestrations/${of.id}${key === 'router' ? '' : `?tab=${key}`}`, current: chosen[0] === key }))} />
      {chosen[2] ? <p className="dim lead">{chosen[2]}</p> : null}
      {chosen[0] === 'integrations' ? <><IntegrationsApi of={of} /><Integrations of={of} may={may} /></> : chosen[0] === 'events' ? <Events of={of} /> : <Rules key={chosen[0]} address={`${at(of)}/${chosen[0]}`} owner={{ orchestration: { id: of.id } }} may={may} />}
      {dialog === 'edit' ? <Form of={of} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <Delete of={of} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

function IntegrationsApi({ of }: { of: Orchestration }) {
  const integrations = useQuery(reads.orchestrationIntegrations(of.id)).data ?? [];
  useApi([`${at(of)}/integrations`, at(of)], [
    resource('pagerduty_event_orchestration', of.name, { name: of.name, description: of.description ?? undefined, team: of.team?.id }, of.id),
    ...integrations.map((one) => resource('pagerduty_event_orchestration_integration', one.label, { event_orchestration: of.id, label: one.label }, `${of.id}.${one.id}`)),
  ].join('\n\n'));
  return null;
}

export function OrchestrationPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.orchestration(id));
  useTitle(query.data?.name ?? 'Event orchestration');
  if (query.data) return <Shown key={id} of={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Event orchestration</h1><Failure error={query.error} what="The orchestration cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}

/** The rules of one service, and whether they count. */
export function ServiceRules({ service, may }: { service: string; may: boolean }) {
  const address = `/event_orchestrations/services/${service}`;
  const active = useQuery(reads.orchestrationActive(service));
  const turn = useAct((on: boolean) => ask('PUT', `${address}/active`, { active: on }), (_, on) => tell(on ? 'The rules are on: they look at every event.' : 'The rules are off: events come in as they are sent.'));
  return (
    <>
      <Part query={active} what="Whether the rules count">
        {(on) => may ? <Check label="Use these rules" checked={on} onChange={(value) => turn.mutate(value)} hint="Off: events come in as they are sent." /> : <p className="dim">{on ? 'The rules are on.' : 'The rules are off.'}</p>}
      </Part>
      {turn.error ? <Failure error={turn.error} what="Not changed." /> : null}
      <Rules address={address} owner={{ service: { id: service } }} may={may} active={active.data} />
    </>
  );
}

