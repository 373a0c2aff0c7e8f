import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { pathWith, type Query } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import { AskAdmins } from '../../parts/ask_admins';
import { Empty, Part, useTitle, When } from '../../parts/base';
import { Choice, TextField } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { Nobody, RefLink, ServiceChip } from '../../parts/state';
import { useApi } from '../../parts/twin';
import { ServiceTabs } from './tabs';

const order = ['critical', 'warning', 'maintenance', 'active', 'disabled'];

const OpenCount = ({ service, count }: { service: string; count: number }) => (count === 0 ? <>0</> : <a href={`/console/incidents?service=${service}`}>{count}<span className="vh"> open incidents</span></a>);

export function DirectoryPage() {
  useTitle('Service Directory');
  const router = useRouter();
  const search = useSearch({ strict: false }) as { query?: string; team?: string };
  const services = useQuery(reads.services);
  const teams = useQuery(reads.teams);
  const onCalls = useQuery(reads.onCalls({ earliest: true }));
  const open = useQuery(reads.incidents({ statuses: ['triggered', 'acknowledged'], sort_by: 'created_at:desc' })).data?.rows;
  const may = useRights().maySomewhere('manage');
  useApi(['/services', '/oncalls?earliest=true']);
  const go = (next: Query) => router.history.replace(pathWith('/console/service-directory', { ...search, ...next }));
  const first = (policy: string) => (onCalls.data?.rows ?? []).filter((row) => row.escalation_policy.id === policy && row.escalation_level === 1);
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
              : <Empty title="No service has these words.">{rows.length} exist.</Empty>;
          return (
            <div className="tablewrap"><table className="cards">
              <thead><tr><th>Service</th><th>State</th><th className="num">Open</th><th>On call now</th><th>Last incident</th><th>Team</th></tr></thead>
              <tbody>
                {shown.map((service) => (
                  <tr key={service.id}>
                    <td><b><RefLink to={{ ...service, type: 'service', summary: service.name }} /></b>{service.description ? <span className="meta">{service.description}</span> : null}</td>
                    <td><ServiceChip status={service.status} /></td>
                    <td className="num" data-l="open">{open ? <OpenCount service={service.id} count={open.filter((one) => one.service.id === service.id).length} /> : ''}</td>
                    <td data-l="on call">{onCalls.data ? first(service.escalation_policy.id).map((row) => row.user.summary).join(', ') || <Nobody /> : ''}<span className="meta hide-s"><RefLink to={service.escalation_policy} /></span></td>
                    <td data-l="last incident">{service.last_incident_timestamp ? <When at={service.last_incident_timestamp} relative /> : 'Never'}</td>
                    <td>{service.teams.map((team) => <RefLink key={team.id} to={team} />)}</td>
                  </tr>
                ))}
              </tbody>
            </table></div>
          );
        }}
      </Part>
    </>
  );
}
