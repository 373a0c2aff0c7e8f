import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { pathWith, type Query } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { OnCall, Service } from '../../api/types';
import { AskAdmins } from '../../parts/ask_admins';
import { Empty, Part, useTitle, When } from '../../parts/base';
import { Choice, TextField } from '../../parts/forms';
import { useGrowing } from '../../parts/growing';
import { Icon } from '../../parts/icons';
import { Nobody, RefLink, ServiceChip } from '../../parts/state';
import { imports } from '../../parts/terraform';
import { useApi } from '../../parts/twin';
import { ServiceTabs } from './tabs';

const order = ['critical', 'warning', 'maintenance', 'active', 'disabled'];

function namesBy<T>(rows: T[], key: (row: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const known = found.get(key(row));
    if (known) known.push(row);
    else found.set(key(row), [row]);
  }
  return found;
}

/** Of so many that not all were read, there may be more, and none known is not none. */
const OpenCount = ({ service, count, complete }: { service: string; count: number; complete: boolean }) =>
  count === 0 ? <>{complete ? 0 : ''}</> : <a href={`/console/incidents?service=${service}`}>{count}{complete ? '' : '+'}<span className="vh"> open incidents</span></a>;

function Table({ services, list, open, first }: { services: Service[]; list: string; open: { counts: Map<string, unknown[]>; complete: boolean } | undefined; first: { by: Map<string, OnCall[]>; complete: boolean } | undefined }) {
  const { drawn, rest } = useGrowing(services, list);
  const onCall = (policy: string) => first?.by.get(policy)?.map((row) => row.user.summary).join(', ');
  return (
    <>
      <div className="tablewrap"><table className="cards">
        <thead><tr><th>Service</th><th>State</th><th className="num">Open</th><th>On call now</th><th>Last incident</th><th>Team</th></tr></thead>
        <tbody>
          {drawn.map((service) => (
            <tr key={service.id}>
              <td><b><RefLink to={{ ...service, type: 'service', summary: service.name }} /></b>{service.description ? <span className="meta">{service.description}</span> : null}</td>
              <td><ServiceChip status={service.status} /></td>
              <td className="num" data-l="open">{open ? <OpenCount service={service.id} count={open.counts.get(service.id)?.length ?? 0} complete={open.complete} /> : ''}</td>
              <td data-l="on call">{first ? onCall(service.escalation_policy.id) ?? (first.complete ? <Nobody /> : 'not known') : ''}<span className="meta hide-s"><RefLink to={service.escalation_policy} /></span></td>
              <td data-l="last incident">{service.last_incident_timestamp ? <When at={service.last_incident_timestamp} relative /> : 'Never'}</td>
              <td>{service.teams.map((team) => <RefLink key={team.id} to={team} />)}</td>
            </tr>
          ))}
        </tbody>
      </table></div>
      {rest}
    </>
  );
}

export function DirectoryPage() {
  useTitle('Service Directory');
  const router = useRouter();
  const search = useSearch({ strict: false }) as { query?: string; team?: string };
  const known = useQuery(reads.services);
  const text = (search.query ?? '').trim();
  // Of so many that not all are known, the server looks for the words.
  const searched = useQuery({ ...reads.servicesWith(text), enabled: known.data?.complete === false && text !== '' });
  const services = searched.isEnabled ? searched : known;
  const teams = useQuery(reads.teams);
  const onCalls = useQuery(reads.onCalls({ earliest: true }));
  const open = useQuery(reads.incidents({ statuses: ['triggered', 'acknowledged'], sort_by: 'created_at:desc' })).data;
  const may = useRights().maySomewhere('manage');
  useApi(['/services', '/oncalls?earliest=true'], imports('pagerduty_service', services.data?.rows ?? []));
  const go = (next: Query) => router.history.replace(pathWith('/console/service-directory', { ...search, ...next }));
  const first = useMemo(() => namesBy(onCalls.data?.rows.filter((row) => row.escalation_level === 1) ?? [], (row) => row.escalation_policy.id), [onCalls.data]);
  const counts = useMemo(() => namesBy(open?.rows ?? [], (row) => row.service.id), [open]);
  return (
    <>
      <div className="head">
        <h1>Service Directory</h1>
        {may ? <a className="btn ink" href="/console/service-directory/new"><Icon name="plus" tone="" />New Service</a> : null}
      </div>
      <ServiceTabs current="services" />
      {may ? null : <AskAdmins what="add services" />}
      <div className="filters">
        <TextField label="Find" type="search" value={search.query ?? ''} onChange={(query) => go({ query })} />
        <Choice label="Team" value={search.team ?? ''} onChange={(team) => go({ team })} options={[['', 'Any'], ...(teams.data?.rows ?? []).map((team) => [team.id, team.name] as const)]} />
      </div>
      <Part query={services} what="The services">
        {({ rows }) => {
          const shown = rows
            .filter((one) => `${one.name} ${one.description ?? ''}`.toLowerCase().includes((search.query ?? '').toLowerCase()))
            .filter((one) => !search.team || one.teams.some((team) => team.id === search.team))
            .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status) || a.name.localeCompare(b.name));
          if (shown.length === 0)
            return rows.length === 0
              ? <Empty title="There is no service yet." act={may ? <a className="btn ink" href="/console/service-directory/new">New Service</a> : null}>A service is what can break: it gets the events and knows who is called.</Empty>
              : <Empty title="No service has these words.">{known.data?.complete ? rows.length : known.data?.total} exist.</Empty>;
          return <Table services={shown} list={`${search.query ?? ''}/${search.team ?? ''}`} open={open ? { counts, complete: open.complete } : undefined} first={onCalls.data ? { by: first, complete: onCalls.data.complete } : undefined} />;
        }}
      </Part>
    </>
  );
}
