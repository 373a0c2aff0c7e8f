import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, ask, get } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import { refTo, type Alert, type ChangeEvent, type EventReceipt, type Integration, type Service, type Vendor } from '../../api/types';
import { NotFound } from '../../frame';
import { Denied } from '../../parts/ask_admins';
import { Code } from '../../parts/code';
import { Button, Crumbs, Empty, Failure, KeyField, Part, Sect, useTitle, Waiting, When } from '../../parts/base';
import { ActDialog, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { snippetsFor } from './snippets';

function Crumb({ service }: { service: string }) {
  const { data } = useQuery(reads.service(service));
  return <Crumbs><a href="/console/service-directory">Services</a> / <a href={`/console/service-directory/${service}?tab=integrations`}>{data?.name ?? 'Service'}</a></Crumbs>;
}

/** Why an event that was accepted changed nothing. */
const dropWords: Record<string, string> = {
  service_disabled: 'the service is disabled', in_maintenance: 'the service was in maintenance', no_open_alert: 'no alert of its key was open',
  trigger_limit: 'its incident has as many entries as it takes', suppressed_by_rule: 'a rule suppressed it',
};

/** The tools one can add. Events API v2 is first: it is what all of them speak. */
export function useVendors(text: string) {
  const query = useQuery(reads.vendors);
  const rows = (query.data?.rows ?? []).filter((one) => `${one.name} ${one.description}`.toLowerCase().includes(text.toLowerCase()));
  const first = (one: Vendor) => (one.name === 'Events API v2' ? 0 : one.name === 'Backstage' ? 1 : 2);
  return { query, rows: rows.sort((a, b) => first(a) - first(b)) };
}

export const integrationBody = (vendor: Vendor) => ({ integration: { type: vendor.generic_service_type, name: vendor.name, vendor: refTo('vendor', vendor.id) } });
export const addIntegration = (service: string, vendor: Vendor) => ask<{ integration: Integration }>('POST', `/services/${service}/integrations`, integrationBody(vendor));

function Add() {
  useTitle('Add an Integration');
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  useApi(['/vendors', { method: 'POST', path: `/services/${id}/integrations`, body: { integration: { type: 'events_api_v2_inbound_integration', name: 'Events API v2' } } }],
    resource('pagerduty_service_integration', 'Events API v2', { name: 'Events API v2', type: 'events_api_v2_inbound_integration', service: id }));
  const router = useRouter();
  const [text, setText] = useState('');
  const vendors = useVendors(text);
  const act = useAct((vendor: Vendor) => addIntegration(id, vendor), ({ integration }) => router.history.push(`/console/services/${id}/integrations/${integration.id}`));
  return (
    <>
      <Crumb service={id} />
      <h1>Add an Integration</h1>
      <p className="dim lead">Each integration has a key of its own, so that one tool can be turned off without the others.</p>
      <form className="form" role="search" onSubmit={(event) => { event.preventDefault(); const [only, other] = vendors.rows; if (only && !other) act.mutate(only); }}>
        <TextField label="Search" type="search" value={text} onChange={setText} placeholder="Backstage, Prometheus …" hint="What is not listed sends to Events API v2." />
      </form>
      {act.error ? <Failure error={act.error} what="The integration was not added." /> : null}
      <Part query={vendors.query} what="The tools">
        {() => vendors.rows.length === 0 ? <Empty title="No tool has these words.">Anything that can send JSON can use Events API v2. <button type="button" className="linkish" onClick={() => setText('')}>Show all</button></Empty> : (
          <ul className="pick" aria-label="Integrations">
            {vendors.rows.map((vendor) => (
              <li key={vendor.id} className="pickrow">
                <span className="grow"><b>{vendor.name}</b><span className="meta">{vendor.description}</span></span>
                <Button size="sm" aria-label={`Add ${vendor.name}`} busy={act.isPending && act.variables?.id === vendor.id} onClick={() => act.mutate(vendor)}>Add</Button>
              </li>
            ))}
          </ul>
        )}
      </Part>
      <p><a href={`/console/service-directory/${id}?tab=integrations`}>Back to the service</a></p>
    </>
  );
}

/** To a service that the reader may change. */
function AddIfMay() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.service(id));
  const { may } = useRights();
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (!query.data) return query.error ? <><h1>Add an Integration</h1><Failure error={query.error} what="The service cannot be shown." retry={() => void query.refetch()} /></> : <Waiting />;
  return may('manage', query.data.teams) ? <Add /> : <Denied title="Add an Integration" what="add integrations to this service" />;
}
export const AddIntegrationPage = AddIfMay;

interface Arrived {
  alerts: Alert[];
  receipts: EventReceipt[];
  changes: ChangeEvent[];
}

/** What came by this key since it was made, however much came by others of the service: what became an alert, what changed
    nothing, and changes. */
const arrivedBy = (service: string, { id, created_at: since }: Integration) => ({
  queryKey: ['/alerts', 'of integration', service, id],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Arrived> => {
    const integration_ids = [id];
    const [{ alerts }, { event_receipts: receipts }, { change_events: changes }] = await Promise.all([
      get<{ alerts: Alert[] }>('/alerts', { service_ids: [service], integration_ids, since, limit: 5, sort_by: 'created_at:desc' }, signal),
      get<{ event_receipts: EventReceipt[] }>(`/services/${service}/event_receipts`, { integration_ids, limit: 1 }, signal),
      get<{ change_events: ChangeEvent[] }>('/change_events', { integration_ids, limit: 1 }, signal),
    ]);
    return { alerts, receipts, changes };
  },
});

/** The last thing that is known to have come. */
function Newest({ alerts: [alert], receipts: [receipt], changes: [change] }: Arrived) {
  const last = [alert?.created_at, receipt?.created_at, change?.timestamp].filter((at) => at !== undefined).sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
  return (
    <>
      <b>{alert || receipt ? 'Events arrive.' : 'Change events arrive.'}</b>{' '}
      {last === undefined ? null : last === alert?.created_at ? <>The newest alert opened <When at={last} relative />.</>
        : last === receipt?.created_at ? <>The newest one came <When at={last} relative /> and changed nothing: {dropWords[receipt.reason] ?? receipt.reason.replaceAll('_', ' ')}.</>
          : <>The newest one came <When at={last} relative />, and tells of a change.</>}
    </>
  );
}

/** Listens until the first event of this key is there; then shows what became of it. */
function FirstEvent({ service, integration, sendTest, sending }: { service: string; integration: Integration; sendTest: () => void; sending: boolean }) {
  const query = useQuery(arrivedBy(service, integration));
  return (
    <Part query={query} what="The newest events">
      {(arrived) => arrived.alerts.length + arrived.receipts.length + arrived.changes.length === 0 ? (
        <div className="wait">
          <span className="pulse" aria-hidden="true" />
          <div className="grow" role="status"><b>No event received yet.</b><span className="meta">This line changes by itself when the first event arrives.</span></div>
          <Button size="sm" busy={sending} onClick={sendTest}>Send a test event</Button>
        </div>
      ) : (
        <>
          <div className="wait"><Icon name="resolved" /><div className="grow" role="status"><Newest {...arrived} /></div><Button size="sm" busy={sending} onClick={sendTest}>Send a test event</Button></div>
          <ul className="list">
            {arrived.alerts.map((alert) => (
              <li key={alert.id}><Icon name={alert.status === 'resolved' ? 'resolved' : alert.suppressed ? 'suppressed' : 'triggered'} />
                <div className="grow"><a href={alert.incident ? `/console/incidents/${alert.incident.id}` : `/console/alerts/${alert.id}`}>{alert.summary}</a>
                  <small>became an alert of severity {alert.severity}, key <code>{alert.alert_key}</code>, <When at={alert.created_at} exact /></small></div></li>
            ))}
          </ul>
        </>
      )}
    </Part>
  );
}

function Rename({ of, service, onClose }: { of: Integration; service: string; onClose: () => void }) {
  const [name, setName] = useState(of.name);
  const act = useAct(() => ask('PUT', `/services/${service}/integrations/${of.id}`, { integration: { type: of.type, name: name.trim() } }), onClose);
  return (
    <ActDialog title="Rename" act="Save" busy={act.isPending} error={act.error} failed="Not renamed." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <TextField member="name" label="Name" value={name} onChange={setName} required maxLength={255} hint="The key stays the same." />
    </ActDialog>
  );
}

function Remove({ of, service, onClose, onGone }: { of: Integration; service: string; onClose: () => void; onGone: () => void }) {
  const act = useAct(() => ask('DELETE', `/services/${service}/integrations/${of.id}`), () => { tell(`“${of.name}” is deleted.`); onGone(); });
  return (
    <ActDialog title={`Delete “${of.name}”?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>Its key stops working: events sent with it are refused, and nobody is woken by them. This cannot be undone.</p>
    </ActDialog>
  );
}

/** By the same way in as every tool, with the key as its only credential. */
async function sendTestEvent(key: string, service: Service): Promise<void> {
  const answer = await fetch('/v2/enqueue', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ routing_key: key, event_action: 'trigger', dedup_key: `console-test-${service.id}`, payload: { summary: `Test event for ${service.name}, sent from the console`, source: 'console', severity: 'info' } }),
  });
  if (!answer.ok) throw new ApiError(answer.status, 'The event was refused.', 0, ((await answer.json()) as { errors?: string[] }).errors ?? [], {}, null, null);
}

/** The vendor's id, as PagerDuty has it. */
const BACKSTAGE = 'PRO19CT';

function Shown({ integration, service }: { integration: Integration; service: Service }) {
  const { public_url } = useSession();
  const { may } = useRights();
  const router = useRouter();
  const key = integration.integration_key;
  const [which, setWhich] = useState(integration.vendor?.id === BACKSTAGE ? 'Backstage' : 'curl');
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  useApi([`/services/${service.id}/integrations/${integration.id}`], resource('pagerduty_service_integration', integration.name, { name: integration.name, type: integration.type, service: service.id, vendor: integration.vendor?.id }, `${service.id}.${integration.id}`));
  const test = useAct(() => sendTestEvent(key ?? '', service), () => tell('The test event was sent. It opens an incident that rings by the rules of this service.'));
  const snippets = key ? snippetsFor(integration, key, service, public_url) : [];
  const snippet = snippets.find((one) => one.name === which);
  return (
    <>
      <div className="head"><h1>{integration.name}</h1>
        {may('manage', service.teams) ? <div className="row"><Button onClick={() => setDialog('rename')}>Rename</Button><Button look="quiet" onClick={() => setDialog('delete')}>Delete</Button></div> : null}
      </div>
      <p className="dim lead">{integration.vendor?.summary ?? 'Events API'}, of <a href={`/console/service-directory/${service.id}`}>{service.name}</a>, since <When at={integration.created_at} />.</p>
      {key ? (
        <>
          <div className="cols" style={{ marginTop: 16 }}>
            <KeyField label="Integration Key" secret value={key} hint="Whoever has it can send events to this service. Keep it out of Git." />
            <KeyField label="Integration URL (Alert Events)" value={`${public_url}/v2/enqueue`} hint={<>Change events: <code>{public_url}/v2/change/enqueue</code></>} />
          </div>
          <Sect title="First event">
            {test.error ? <Failure error={test.error} what="The test event was not accepted." /> : null}
            <FirstEvent service={service.id} integration={integration} sendTest={() => test.mutate(undefined)} sending={test.isPending} />
          </Sect>
          <Sect title="Set it up">
            <div className="seg" role="group" aria-label="Snippet">{snippets.map((one) => <button type="button" key={one.name} aria-pressed={one.name === which} onClick={() => setWhich(one.name)}>{one.name}</button>)}</div>
            {snippet ? <div style={{ marginTop: 12 }}><Code label={snippet.name} text={snippet.text} /></div> : null}
          </Sect>
        </>
      ) : integration.integration_email ? <KeyField label="Integration Email" value={integration.integration_email} /> : <p className="dim">Your role does not show the key.</p>}
      {dialog === 'rename' ? <Rename of={integration} service={service.id} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <Remove of={integration} service={service.id} onClose={() => setDialog(null)} onGone={() => router.history.replace(`/console/service-directory/${service.id}?tab=integrations`)} /> : null}
    </>
  );
}

export function IntegrationPage() {
  const { id = '', integration = '' } = useParams({ strict: false }) as { id?: string; integration?: string };
  const query = useQuery(reads.integration(id, integration));
  const service = useQuery(reads.service(id));
  useTitle(query.data?.name ?? 'Integration');
  return (
    <>
      <Crumb service={id} />
      {query.data ? null : <h1>Integration</h1>}
      <Part query={query} what="The integration">{(one) => (service.data ? <Shown integration={one} service={service.data} /> : null)}</Part>
    </>
  );
}
