import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { pathWith, question } from '../../api/client';
import { serverNow } from '../../api/clock';
import { reads, useSession } from '../../api/reads';
import { weekday } from '../../api/times';
import { Button, Empty, Part, Sect, useTitle, Waiting } from '../../parts/base';
import { Choice, Field } from '../../parts/forms';
import { tellFailure } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { csvOf, download, type Cell } from './csv';
import { CsvButton } from './csv_button';
import { PeopleLoad } from './people_load';
import { ownDays, rangeOf, weekly, type RangeWords } from './range';
import { cellOf, everyRaw } from './raw';
import { duration, Spread, TimesCell } from './times_cell';

const Chart = lazy(() => import('./chart').then(({ Chart: shown }) => ({ default: shown })));

interface Row {
  range_start?: string | null;
  service_id?: string;
  service_name?: string;
  team_id?: string | null;
  team_name?: string | null;
  mean_seconds_to_first_ack: number | null;
  mean_seconds_to_resolve: number | null;
  p50_seconds_to_first_ack: number | null;
  p95_seconds_to_first_ack: number | null;
  p50_seconds_to_resolve: number | null;
  p95_seconds_to_resolve: number | null;
  total_incident_count: number;
  total_high_urgency_incidents: number;
  total_interruptions: number;
  total_sleep_hour_interruptions: number;
  total_escalation_count: number;
  total_incidents_auto_resolved: number;
}

function useAnalytics(path: string, body: object) {
  return useQuery({
    queryKey: ['analytics', path, body],
    queryFn: async ({ signal }) => (await question<{ data: Row[] }>(`/analytics/metrics/incidents/${path}`, body, signal)).data,
    meta: { live: false }, staleTime: 60_000,
  });
}

/** The same numbers, to the second, in every exported table. */
const columns = ['total_incident_count', 'total_high_urgency_incidents', 'total_incidents_auto_resolved', 'total_interruptions', 'total_sleep_hour_interruptions', 'total_escalation_count', 'mean_seconds_to_first_ack', 'p50_seconds_to_first_ack', 'p95_seconds_to_first_ack', 'mean_seconds_to_resolve', 'p50_seconds_to_resolve', 'p95_seconds_to_resolve'] as const;
const cells = (row: Row): Cell[] => columns.map((name) => row[name]);

/** What resolves by itself before anybody acts may not have needed anybody. */
const share = (part: number, all: number): string => (all === 0 ? '' : `${part}, ${Math.round((part / all) * 100)} %`);

const rawColumns = ['incident_number', 'description', 'service_name', 'team_name', 'urgency', 'created_at', 'resolved_at', 'seconds_to_first_ack', 'seconds_to_resolve', 'escalation_count', 'total_interruptions', 'sleep_hour_interruptions'] as const;

export function InsightsPage() {
  useTitle('Insights');
  const router = useRouter();
  const { days = '30', since = '', until = '', team = '' } = useSearch({ strict: false }) as RangeWords & { team?: string };
  const { time_zone: zone } = useSession();
  const teams = useQuery(reads.teams);
  const [today] = useState(() => Math.ceil(serverNow() / 3_600_000) * 3_600_000);
  const range = useMemo(() => rangeOf({ days, since, until }, today, zone), [days, since, until, today, zone]);
  const filters = useMemo(() => ({ created_at_start: new Date(range.start).toISOString(), created_at_end: new Date(range.end).toISOString(), ...(team ? { team_ids: [team] } : {}) }), [range, team]);
  const unit = weekly(range) ? 'week' : 'day';
  const own = since !== '' || until !== '';
  const shownDays = ownDays(range, zone);
  const all = useAnalytics('all', { filters });
  const overTime = useAnalytics('all', { filters, aggregate_unit: unit, time_zone: zone });
  const services = useAnalytics('services', { filters });
  const byTeam = useAnalytics('teams', { filters });
  useApi([{ method: 'POST', path: '/analytics/metrics/incidents/all', body: { filters } }, { method: 'POST', path: '/analytics/metrics/incidents/services', body: { filters } }, { method: 'POST', path: '/analytics/raw/incidents', body: { filters } }]);
  const [exporting, setExporting] = useState(false);
  const go = (change: object) => router.history.push(pathWith('/console/insights', { ...(own ? { since, until } : { days }), team, ...change }));
  const exportAll = async () => {
    setExporting(true);
    try {
      const rows = await everyRaw(filters);
      download(`incidents-${range.name}.csv`, csvOf([...rawColumns], rows.map((row) => rawColumns.map((name) => cellOf(row, name)))));
    } catch (error) {
      tellFailure('Not exported.', error);
    } finally {
      setExporting(false);
    }
  };
  return (
    <>
      <div className="head"><h1>Insights</h1><Button busy={exporting} onClick={() => void exportAll()}>Export CSV</Button></div>
      <div className="filters">
        <Choice label="Over" value={own ? 'own' : days} onChange={(value) => go(value === 'own' ? { days: '', ...shownDays } : { days: value, since: '', until: '' })} options={[['7', '7 days'], ['30', '30 days'], ['90', '90 days'], ['365', 'a year'], ['own', 'own dates']]} />
        {own ? (['since', 'until'] as const).map((name) => (
          <Field key={name} label={name === 'since' ? 'From' : 'to'} problems={range.start >= range.end && name === 'until' ? ['Comes before the first day'] : []}>
            {(ids) => <input className="in" type="date" required {...ids} value={shownDays[name]} onChange={(event) => { if (event.target.value) go({ ...shownDays, [name]: event.target.value }); }} />}
          </Field>
        )) : null}
        <Choice label="Team" value={team} onChange={(value) => go({ team: value })} options={[['', 'All'], ...(teams.data?.rows ?? []).map((one) => [one.id, one.name] as const)]} />
      </div>
      <Part query={all} what="The numbers">
        {([sum]) => !sum || sum.total_incident_count === 0 ? <Empty title="No incident in this time.">Nothing opened, or this team had none.</Empty> : (
          <dl className="tiles">
            <div><dt>Incidents</dt><dd>{sum.total_incident_count}</dd></div>
            <div><dt>of high urgency</dt><dd>{sum.total_high_urgency_incidents}</dd></div>
            <div><dt>Time to acknowledge, mean</dt><dd>{duration(sum.mean_seconds_to_first_ack)}<Spread p50={sum.p50_seconds_to_first_ack} p95={sum.p95_seconds_to_first_ack} /></dd></div>
            <div><dt>Time to resolve, mean</dt><dd>{duration(sum.mean_seconds_to_resolve)}<Spread p50={sum.p50_seconds_to_resolve} p95={sum.p95_seconds_to_resolve} /></dd></div>
            <div><dt>Interruptions</dt><dd>{sum.total_interruptions}</dd></div>
            <div><dt>of them at night</dt><dd>{sum.total_sleep_hour_interruptions}</dd></div>
          </dl>
        )}
      </Part>
      <Sect title={`Interruptions by ${unit}`} end={<CsvButton name={`interruptions-by-${unit}`} header={['range_start', ...columns]} rows={(overTime.data ?? []).map((row) => [row.range_start, ...cells(row)])} />}>
        <Part query={overTime} what="The course">
          {(rows) => rows.length === 0 ? <p className="dim">None.</p> : (
            <>
              <div><Suspense fallback={<Waiting what="Drawing" />}><Chart label={`Interruptions by ${unit}`} unitSeconds={unit === 'day' ? 86_400 : 604_800} times={rows.map((row) => Date.parse(row.range_start ?? '') / 1000)} series={[
                { label: 'All', color: '--p1-edge', values: rows.map((row) => row.total_interruptions) }, { label: 'At night', color: '--suppressed', values: rows.map((row) => row.total_sleep_hour_interruptions) }]} /></Suspense></div>
              <details><summary className="small hit">As a table</summary>
                <table><thead><tr><th>{unit === 'day' ? 'Day' : 'Week from'}</th><th className="num">Incidents</th><th className="num">Interruptions</th><th className="num">At night</th></tr></thead>
                  <tbody>{rows.map((row) => <tr key={row.range_start}><td>{weekday(row.range_start ?? '', zone)}</td><td className="num">{row.total_incident_count}</td><td className="num">{row.total_interruptions}</td><td className="num">{row.total_sleep_hour_interruptions}</td></tr>)}</tbody></table>
              </details>
            </>
          )}
        </Part>
      </Sect>
      <PeopleLoad filters={filters} />
      <Sect title="By service" aside="the loudest first" end={<CsvButton name="services" header={['service_id', 'service_name', ...columns]} rows={(services.data ?? []).map((row) => [row.service_id, row.service_name, ...cells(row)])} />}>
        <Part query={services} what="The services">
          {(rows) => rows.length === 0 ? <p className="dim">None.</p> : (
            <div className="tablewrap"><table className="cards">
              <thead><tr><th>Service</th><th className="num">Incidents</th><th className="num">Resolved by themselves</th><th className="num">Interruptions</th><th className="num">At night</th><th className="num">Escalations</th><th className="num">Time to acknowledge, mean</th><th className="num">Time to resolve, mean</th></tr></thead>
              <tbody>
                {[...rows].sort((a, b) => b.total_interruptions - a.total_interruptions).map((row) => (
                  <tr key={row.service_id}><td><b><a href={`/console/service-directory/${row.service_id}`}>{row.service_name}</a></b></td><td className="num" data-l="incidents">{row.total_incident_count}</td><td className="num" data-l="resolved by themselves">{share(row.total_incidents_auto_resolved, row.total_incident_count)}</td><td className="num" data-l="interruptions">{row.total_interruptions}</td><td className="num" data-l="at night">{row.total_sleep_hour_interruptions}</td><td className="num" data-l="escalations">{row.total_escalation_count}</td><TimesCell label="time to acknowledge" mean={row.mean_seconds_to_first_ack} p50={row.p50_seconds_to_first_ack} p95={row.p95_seconds_to_first_ack} /><TimesCell label="time to resolve" mean={row.mean_seconds_to_resolve} p50={row.p50_seconds_to_resolve} p95={row.p95_seconds_to_resolve} /></tr>
                ))}
              </tbody>
            </table></div>
          )}
        </Part>
      </Sect>
      <Sect title="By team" end={<CsvButton name="teams" header={['team_id', 'team_name', ...columns]} rows={(byTeam.data ?? []).map((row) => [row.team_id, row.team_name, ...cells(row)])} />}>
        <Part query={byTeam} what="The teams">
          {(rows) => rows.length === 0 ? <p className="dim">No incident had a team.</p> : (
            <div className="tablewrap"><table className="cards">
              <thead><tr><th>Team</th><th className="num">Incidents</th><th className="num">Interruptions</th><th className="num">At night</th><th className="num">Time to acknowledge, mean</th><th className="num">Time to resolve, mean</th></tr></thead>
              <tbody>
                {[...rows].sort((a, b) => b.total_interruptions - a.total_interruptions).map((row) => (
                  <tr key={row.team_id}><td><b><a href={`/console/teams/${row.team_id}`}>{row.team_name}</a></b></td><td className="num" data-l="incidents">{row.total_incident_count}</td><td className="num" data-l="interruptions">{row.total_interruptions}</td><td className="num" data-l="at night">{row.total_sleep_hour_interruptions}</td><TimesCell label="time to acknowledge" mean={row.mean_seconds_to_first_ack} p50={row.p50_seconds_to_first_ack} p95={row.p95_seconds_to_first_ack} /><TimesCell label="time to resolve" mean={row.mean_seconds_to_resolve} p50={row.p50_seconds_to_resolve} p95={row.p95_seconds_to_resolve} /></tr>
                ))}
              </tbody>
            </table></div>
          )}
        </Part>
      </Sect>
    </>
  );
}
