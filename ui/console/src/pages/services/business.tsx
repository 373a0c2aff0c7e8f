// Business services: what customers would name, standing on technical services.

import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, ask, pathWith } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { refTo, type BusinessService, type Impact } from '../../api/types';
import { NotFound } from '../../frame';
import { AskAdmins } from '../../parts/ask_admins';
import { Button, Crumbs, Empty, Failure, Part, Sect, useTitle, Waiting, When } from '../../parts/base';
import { ActDialog, Choice, TextArea, TextField, useAct } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Chip, IncidentChip, RefLink } from '../../parts/state';
import { imports, resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { Dependencies } from './dependencies';
import { ServiceTabs } from './tabs';

function ImpactChip({ impacted }: { impacted: boolean }) {
  return impacted ? <Chip weight="triggered" icon="triggered">Hurting</Chip> : <Chip weight="resolved" icon="resolved">Well</Chip>;
}

function Row({ service, impact }: { service: BusinessService; impact: Impact | undefined }) {
  const team = useQuery(reads.teams).data?.rows.find((one) => one.id === service.team?.id);
  return (
    <tr>
      <td><b><RefLink to={{ ...service, type: 'business_service', summary: service.name }} /></b>{service.description ? <span className="meta">{service.description}</span> : null}</td>
      <td>{impact ? <ImpactChip impacted={impact.status === 'impacted'} /> : null}</td>
      <td data-l="ask">{service.point_of_contact ?? ''}</td>
      <td>{team ? <RefLink to={{ ...team, type: 'team', summary: team.name }} /> : null}</td>
    </tr>
  );
}

/** The hurting first. */
function Rows({ services }: { services: BusinessService[] }) {
  const impacts = useQuery(reads.impacts(services.map((one) => one.id))).data;
  const impact = (one: BusinessService) => impacts?.find((other) => other.id === one.id);
  const rank = (one: BusinessService) => (impact(one)?.status === 'impacted' ? 0 : 1);
  return <tbody>{[...services].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)).map((one) => <Row key={one.id} service={one} impact={impact(one)} />)}</tbody>;
}

function Form({ of, onClose }: { of?: BusinessService | undefined; onClose: (made?: BusinessService) => void }) {
  const teams = useQuery(reads.teams).data?.rows ?? [];
  const [name, setName] = useState(of?.name ?? '');
  const [description, setDescription] = useState(of?.description ?? '');
  const [contact, setContact] = useState(of?.point_of_contact ?? '');
  const [team, setTeam] = useState(of?.team?.id ?? '');
  const act = useAct(() => ask<{ business_service: BusinessService }>(of ? 'PUT' : 'POST', of ? `/business_services/${of.id}` : '/business_services', {
    business_service: { name: name.trim(), description, point_of_contact: contact, team: team ? refTo('team', team) : null },
  }), ({ business_service: made }) => { tell('Saved.'); onClose(made); });
  return (
    <ActDialog title={of ? `Change ${of.name}` : 'New business service'} act="Save" busy={act.isPending} error={act.error} failed="Not saved." onAct={() => act.mutate(undefined)} onClose={() => onClose()}>
      <TextField label="Name" value={name} onChange={setName} required autoFocus member="name" hint="What a customer would call it: “Paying”, “Search”." />
      <TextArea label="Description" value={description} onChange={setDescription} member="description" />
      <TextField label="Whom to ask" value={contact} onChange={setContact} member="point_of_contact" />
      <Choice label="Team" value={team} onChange={setTeam} options={[['', 'None'], ...teams.map((one) => [one.id, one.name] as const)]} member="team" />
    </ActDialog>
  );
}

export function BusinessServicesPage({ creating = false }: { creating?: boolean }) {
  useTitle('Business services');
  const router = useRouter();
  const { query: text = '' } = useSearch({ strict: false }) as { query?: string };
  const may = useRights().maySomewhere('manage');
  const query = useQuery({ ...reads.businessServices, meta: {} });
  useApi(['/business_services', '/business_services/impacts'], imports('pagerduty_business_service', query.data?.rows ?? []));
  return (
    <>
      <div className="head"><h1>Business services</h1>{may ? <a className="btn ink" href="/console/business-services/new"><Icon name="plus" tone="" />New business service</a> : null}</div>
      <ServiceTabs current="business" />
      {may ? null : <AskAdmins what="add business services" />}
      <div className="filters"><TextField label="Find" type="search" value={text} onChange={(value) => router.history.replace(pathWith('/console/business-services', { query: value }))} /></div>
      <Part query={query} what="The business services">
        {({ rows }) => {
          const shown = rows.filter((one) => `${one.name} ${one.description ?? ''}`.toLowerCase().includes(text.toLowerCase())).slice(0, 100);
          if (rows.length === 0) return <Empty title="There is no business service yet." act={may ? <a className="btn ink" href="/console/business-services/new">New business service</a> : null}>It is what customers would name. Say what it stands on, and it shows when they are hurt.</Empty>;
          if (shown.length === 0) return <Empty title="None has these words.">{rows.length} exist.</Empty>;
          return (
            <div className="tablewrap"><table className="cards">
              <thead><tr><th>Name</th><th>Now</th><th>Whom to ask</th><th>Team</th></tr></thead>
              <Rows services={shown} />
            </table>{rows.length > shown.length && !text ? <p className="dim">These are the first {shown.length} of {rows.length}. Find others by their words.</p> : null}</div>
          );
        }}
      </Part>
      {creating && may ? <Form onClose={(made) => router.history.push(made ? `/console/business-services/${made.id}` : '/console/business-services')} /> : null}
    </>
  );
}

export const CreateBusinessServicePage = () => <BusinessServicesPage creating />;

const shownMax = 20;

function Impactor({ id }: { id: string }) {
  const { data: one } = useQuery(reads.incident(id));
  if (!one) return null;
  return <li><IncidentChip incident={one} /><div className="grow"><a href={`/console/incidents/${one.id}`}>#{one.incident_number} {one.title}</a><small>{one.service.summary}, {one.urgency} urgency, since <When at={one.created_at} /></small></div></li>;
}

/** Open incidents that impact it, by what it stands on or because somebody said so. */
function Hurts({ service }: { service: BusinessService }) {
  const query = useQuery(reads.impactors(service.id));
  return (
    <Part query={query} what="The incidents">
      {(rows) => rows.length === 0 ? <p className="dim">No open incident on what {service.name} stands on. One counts by its priority, or when somebody says on its page that it hurts.</p> : (
        <><ul className="list">{rows.slice(0, shownMax).map((one) => <Impactor key={one.id} id={one.id} />)}</ul>{rows.length > shownMax ? <p className="dim">And {rows.length - shownMax} more.</p> : null}</>
      )}
    </Part>
  );
}

function Delete({ service, onClose }: { service: BusinessService; onClose: () => void }) {
  const router = useRouter();
  const act = useAct(() => ask('DELETE', `/business_services/${service.id}`), () => { tell(`${service.name} is deleted.`); router.history.replace('/console/business-services'); });
  return <ActDialog title={`Delete ${service.name}?`} act="Delete it" look="danger" busy={act.isPending} error={act.error} failed="Not deleted." onAct={() => act.mutate(undefined)} onClose={onClose}><p>The services it stands on stay. This cannot be undone.</p></ActDialog>;
}

function Shown({ service }: { service: BusinessService }) {
  const may = useRights().may('manage', service.team ? [service.team] : []);
  const impact = useQuery(reads.impacts([service.id])).data?.[0];
  const team = useQuery(reads.teams).data?.rows.find((one) => one.id === service.team?.id);
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  useApi([`/business_services/${service.id}`, `/business_services/impactors?ids[]=${service.id}`, `/service_dependencies/business_services/${service.id}`],
    resource('pagerduty_business_service', service.name, { name: service.name, description: service.description ?? undefined, point_of_contact: service.point_of_contact ?? undefined, team: service.team?.id }, service.id));
  return (
    <>
      <Crumbs><a href="/console/business-services">Business services</a>{team ? <> / <RefLink to={{ ...team, type: 'team', summary: team.name }} /></> : null}</Crumbs>
      <div className="head">
        <div className="row wrap"><h1>{service.name}</h1>{impact ? <ImpactChip impacted={impact.status === 'impacted'} /> : null}</div>
        {may ? <div className="row"><Button onClick={() => setDialog('edit')}>Change</Button><Button look="quiet" onClick={() => setDialog('delete')}>Delete</Button></div> : null}
      </div>
      <p className="dim lead">{service.description || 'Nobody has said what it is.'}</p>
      {service.point_of_contact ? <p className="small dim">Whom to ask: {service.point_of_contact}</p> : null}
      <div className="split">
        <Sect title="What hurts it now"><Hurts service={service} /></Sect>
        <Dependencies node={{ id: service.id, kind: 'business_service', name: service.name }} may={may} />
      </div>
      {dialog === 'edit' ? <Form of={service} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <Delete service={service} onClose={() => setDialog(null)} /> : null}
    </>
  );
}

export function BusinessServicePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.businessService(id));
  useTitle(query.data?.name ?? 'Business service');
  if (query.data) return <Shown key={id} service={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Business service</h1><Failure error={query.error} what="The business service cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}
