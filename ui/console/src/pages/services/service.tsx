import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, ask, get } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { EventReceipt, Incident, Service } from '../../api/types';
import { NotFound } from '../../frame';
import { AskAdmins } from '../../parts/ask_admins';
import { Button, Crumbs, Empty, Failure, OutsideLink, Part, Sect, Tabs, useTitle, Waiting, When } from '../../parts/base';
import { ActDialog, useAct } from '../../parts/forms';
import { useGrowing } from '../../parts/growing';
import { Icon } from '../../parts/icons';
import { IncidentChip, Nobody, Person, RefLink, ServiceChip } from '../../parts/state';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { ServiceRules } from '../orchestration/orchestrations';
import { Dependencies } from './dependencies';
import { FieldValues } from './field_values';
import { Extensions } from './extensions';
import { MaintenanceOf } from './maintenance';
import { EditService, ResponseSettings, serviceBlock } from './settings';

function OnCallNow({ service }: { service: Service }) {
  const query = useQuery(reads.onCalls({ escalation_policy_ids: [service.escalation_policy.id] }));
  return (
    <Sect title="On call now" aside={<RefLink to={service.escalation_policy} />}>
      <Part query={query} what="Who is on call">
        {({ rows }) => {
          const levels = [...new Set(rows.map((row) => row.escalation_level))].sort((a, b) => a - b);
          if (levels[0] !== 1) return <Person user={null}>On level 1 there is no one to wake.</Person>;
          return <ul>{levels.flatMap((level) => rows.filter((row) => row.escalation_level === level).map((row, i) => (
            <li key={`${level}-${i}`}><Person user={row.user}>level {level}{row.end ? <>, until <When at={row.end} /></> : ', always'}{row.schedule ? <>, by <RefLink to={row.schedule} /></> : null}</Person></li>
          )))}</ul>;
        }}
      </Part>
    </Sect>
  );
}

function OpenOnes({ rows }: { rows: Incident[] }) {
  const { drawn, rest } = useGrowing(rows, '');
  return <><ul className="list">{drawn.map((one) => <li key={one.id}><IncidentChip incident={one} /><div className="grow"><a href={`/console/incidents/${one.id}`}>#{one.incident_number} {one.title}</a><small>{one.urgency} urgency, since <When at={one.created_at} /></small></div></li>)}</ul>{rest}</>;
}

function Activity({ service }: { service: Service }) {
  const open = useQuery(reads.incidents({ statuses: ['triggered', 'acknowledged'], service_ids: [service.id], sort_by: 'created_at:desc' }));
  const month = new Date(Math.floor(Date.now() / 86_400_000 - 30) * 86_400_000).toISOString();
  const before = useQuery(reads.incidents({ statuses: ['resolved'], service_ids: [service.id], sort_by: 'created_at:desc', since: month }));
  const changes = useQuery(reads.serviceChanges(service.id));
  const receipts = useQuery({ queryKey: ['/services', service.id, 'event_receipts'], queryFn: ({ signal }) => get<{ event_receipts: EventReceipt[] }>(`/services/${service.id}/event_receipts`, { limit: 10 }, signal) });
  return (
    <>
      <Sect title="Open" aside={open.data && open.data.rows.length > 0 ? String(open.data.complete ? open.data.rows.length : open.data.total ?? `${open.data.rows.length}+`) : ''}>
        <Part query={open} what="Incidents">{({ rows }) => rows.length === 0 ? <p className="dim">Nothing is open.</p> : <OpenOnes rows={rows} />}</Part>
      </Sect>
      <Sect title="Resolved" aside={before.data && before.data.rows.length > 8 ? `30 days; the newest 8 of ${before.data.complete ? before.data.rows.length : before.data.total ?? 'more'}` : '30 days'} end={<a className="small" href={`/console/incidents?status=resolved&service=${service.id}`}>All of them</a>}>
        <Part query={before} what="Incidents" saysCut>{({ rows }) => rows.length === 0 ? <p className="dim">None in 30 days.</p> : <ul className="list">{rows.slice(0, 8).map((one) => <li key={one.id}><div className="grow"><a href={`/console/incidents/${one.id}`}>#{one.incident_number} {one.title}</a><small><When at={one.created_at} /></small></div></li>)}</ul>}</Part>
      </Sect>
      <Sect title="Changes">
        <Part query={changes} what="Changes">{(rows) => rows.length === 0 ? <p className="dim">No change event has come in.</p> : <ul className="list">{rows.slice(0, 10).map((one) => <li key={one.id}><Icon name="change" /><div className="grow">{one.summary} {one.links.map((link) => <span key={link.href}><OutsideLink href={link.href}>{link.text || 'link'}</OutsideLink> </span>)}<small><When at={one.timestamp} />{one.source ? `, ${one.source}` : ''}</small></div></li>)}</ul>}</Part>
      </Sect>
      <Sect title="Accepted, but opened nothing">
        <Part query={receipts} what="These events">{({ event_receipts: rows }) => rows.length === 0 ? <p className="dim">Every event so far did something.</p> : <ul className="list">{rows.map((one) => <li key={one.id}><Icon name="suppressed" /><div className="grow">{one.event_action}, key <code>{one.dedup_key}</code><small>{one.reason.replaceAll('_', ' ')}, <When at={one.created_at} exact /></small></div></li>)}</ul>}</Part>
      </Sect>
    </>
  );
}

function Integrations({ service }: { service: Service }) {
  const may = useRights().may('manage', service.teams);
  return (
    <Sect title="Integrations" aside="Each has its own key. Renaming one never changes its key." end={may ? <a className="btn ink" href={`/console/services/${service.id}/integrations/new`}><Icon name="plus" tone="" />Add an Integration</a> : null}>
      {may ? null : <AskAdmins what="add integrations" />}
      {service.integrations.length === 0 ? <Empty title="Nothing can reach this service yet.">Add an Integration, and the first event can come a minute later.</Empty> : (
        <ul className="list">{service.integrations.map((one) => <li key={one.id}><Icon name="link" /><div className="grow"><b><a href={`/console/services/${service.id}/integrations/${one.id}`}>{one.summary}</a></b><small>Its key, URL and snippets</small></div></li>)}</ul>
      )}
    </Sect>
  );
}

function Standards({ service }: { service: Service }) {
  const query = useQuery(reads.standards(service.id));
  return (
    <Sect title="Standards" aside={query.data ? `${query.data.filter((one) => one.pass).length} of ${query.data.length} met` : ''}>
      <Part query={query} what="The standards">{(rows) => <ul className="list">{rows.map((one) => <li key={one.id}><Icon name={one.pass ? 'resolved' : 'weak'} tone={one.pass ? 'res' : 'ack'} /><div className="grow">{one.name}{one.pass ? null : <b className="c-ack"> not met</b>}<small>{one.description}</small></div></li>)}</ul>}</Part>
    </Sect>
  );
}

function Delete({ service, onClose }: { service: Service; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', `/services/${service.id}`), () => { tell(`${service.name} is deleted.`); router.history.replace('/console/service-directory'); });
  return (
    <ActDialog title={`Delete ${service.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <p>Its integration keys stop working: events sent to them are refused and wake nobody. This cannot be undone.</p>
    </ActDialog>
  );
}

const tabs = [['activity', 'Activity'], ['integrations', 'Integrations'], ['response', 'Response'], ['orchestration', 'Event orchestration'], ['dependencies', 'Dependencies'], ['fields', 'Custom fields'], ['standards', 'Standards']] as const;

function Shown({ service }: { service: Service }) {
  const { tab = 'activity' } = useSearch({ strict: false }) as { tab?: string };
  const { may } = useRights();
  const changes = may('manage', service.teams);
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  const onCalls = useQuery(reads.onCalls({ escalation_policy_ids: [service.escalation_policy.id] }));
  const first = onCalls.data?.rows.filter((row) => row.escalation_level === 1);
  useApi([`/services/${service.id}`, `/incidents?service_ids[]=${service.id}`], serviceBlock(service));
  return (
    <>
      <Crumbs><a href="/console/service-directory">Services</a>{service.teams.map((team) => <span key={team.id}> / <RefLink to={team} /></span>)}</Crumbs>
      <div className="head">
        <div className="row"><h1>{service.name}</h1><ServiceChip status={service.status} /></div>
        <div className="row">
          {may('respond', service.teams) ? <a className="btn" href={`/console/incidents/new?service=${service.id}`}>Page someone</a> : null}
          {changes ? <><Button onClick={() => setDialog('edit')}>Settings</Button><Button look="quiet" onClick={() => setDialog('delete')}>Delete</Button></> : null}
        </div>
      </div>
      <p className="dim lead">{service.description || 'Nobody has said what it does.'} {first ? <>On call: {first.length > 0 ? first.map((row) => row.user.summary).join(', ') : <Nobody />}.</> : null}</p>
      <Tabs label="Service" tabs={tabs.map(([key, name]) => ({ name, href: `/console/service-directory/${service.id}${key === 'activity' ? '' : `?tab=${key}`}`, current: tab === key, ...(key === 'integrations' ? { count: service.integrations.length } : {}) }))} />
      {tab === 'activity' ? <div className="split mid"><div><Activity service={service} /></div><OnCallNow service={service} /></div> : null}
      {tab === 'integrations' ? <><Integrations service={service} /><Extensions service={service} /></> : null}
      {tab === 'response' ? <><ResponseSettings service={service} onEdit={changes ? () => setDialog('edit') : undefined} /><MaintenanceOf service={service} /><OnCallNow service={service} /></> : null}
      {tab === 'dependencies' ? <Dependencies node={{ id: service.id, kind: 'technical_service', name: service.name }} may={changes} /> : null}
      {tab === 'orchestration' ? <ServiceRules service={service.id} may={changes} /> : null}
      {tab === 'fields' ? <FieldValues of="services" id={service.id} name={service.name} may={changes} /> : null}
      {tab === 'standards' ? <Standards service={service} /> : null}
      {dialog === 'edit' ? <EditService service={service} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <Delete service={service} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

export function ServicePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.service(id));
  useTitle(query.data?.name ?? 'Service');
  if (query.data) return <Shown key={id} service={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Service</h1><Failure error={query.error} what="The service cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}
