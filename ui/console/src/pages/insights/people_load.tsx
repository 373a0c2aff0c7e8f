// Who was interrupted, at what hours of their own day, and how fast they answer.

import { useQuery } from '@tanstack/react-query';
import { useMemo, type CSSProperties } from 'react';
import { reads, useSession } from '../../api/reads';
import { Part, Sect } from '../../parts/base';
import { RefLink } from '../../parts/state';
import { answersByPerson, timesOf } from './answers';
import { CsvButton } from './csv_button';
import { byHour, byPerson, interruptionsOf, isNight } from './interruptions';
import { everyRaw } from './raw';
import { TimesCell } from './times_cell';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const times = (what: string) => [`${what}d`, `mean_seconds_to_${what}`, `p50_seconds_to_${what}`, `p95_seconds_to_${what}`];
const personColumns = ['user_id', 'name', 'interruptions', 'at_night', 'on_weekends', ...times('acknowledge'), ...times('resolve')];
const hours = Array.from({ length: 24 }, (_, i) => i);

function Grid({ grid }: { grid: number[][] }) {
  const most = Math.max(1, ...grid.flat());
  return (
    <div className="tablewrap"><table className="heat">
      <caption className="vh">Interruptions by weekday and hour</caption>
      <thead><tr><th scope="col"><span className="vh">Day</span></th>{hours.map((hour) => <th key={hour} scope="col" className={isNight({ hour }) ? 'night' : ''}>{hour}</th>)}<th scope="col">All</th></tr></thead>
      <tbody>
        {grid.map((row, i) => (
          <tr key={days[i]}><th scope="row">{days[i]}</th>
            {row.map((count, hour) => <td key={hour} className={isNight({ hour }) ? 'night' : ''} style={{ '--heat': `${Math.round((count / most) * 100)}%` } as CSSProperties}>{count === 0 ? <span className="vh">0</span> : count}</td>)}
            <td className="sum">{row.reduce((sum, one) => sum + one, 0)}</td></tr>
        ))}
      </tbody>
    </table></div>
  );
}

export function PeopleLoad({ filters }: { filters: object }) {
  const { time_zone: accountZone } = useSession();
  const users = useQuery(reads.users);
  const query = useQuery({ queryKey: ['raw', filters], queryFn: ({ signal }) => everyRaw(filters, signal), meta: { live: false }, staleTime: 60_000 });
  const people = users.data?.rows;
  const found = useMemo(() => {
    const known = new Map((people ?? []).map((one) => [one.id, one]));
    return interruptionsOf((query.data ?? []).flatMap((row) => row.interruptions), (id) => ({ name: known.get(id)?.name ?? 'Somebody', zone: known.get(id)?.time_zone ?? accountZone }));
  }, [query.data, people, accountZone]);
  const answers = answersByPerson(query.data ?? []);
  const interrupted = byPerson(found);
  const nameOf = (id: string) => people?.find((one) => one.id === id)?.name ?? 'Somebody';
  // Those who were interrupted most stand first; who only answered, after them.
  const quiet = [...answers.keys()].filter((id) => !interrupted.some((one) => one.user.id === id)).map((id) => ({ user: { id, summary: nameOf(id) }, total: 0, night: 0, weekend: 0 }));
  const rows = [...interrupted, ...quiet].map((one) => ({ ...one, ...(answers.get(one.user.id) ?? { acknowledge: timesOf([]), resolve: timesOf([]) }) }));
  const grid = byHour(found);
  return (
    <>
      <Sect title="Interruptions by hour" aside="each on the person’s own clock; 22 to 8 is night" end={<CsvButton name="interruptions-by-hour" header={['weekday', ...hours.map(String)]} rows={grid.map((row, i) => [days[i], ...row])} />}>
        <Part query={query} what="The interruptions">
          {() => found.length === 0 ? <p className="dim">Nobody was interrupted.</p> : <Grid grid={grid} />}
        </Part>
      </Sect>
      <Sect title="By person" aside="to acknowledge: from when it was given to them; to resolve: what they resolved, from when it opened" end={<CsvButton name="people" header={personColumns} rows={rows.map((one) => [
        one.user.id, one.user.summary, one.total, one.night, one.weekend, ...[one.acknowledge, one.resolve].flatMap(({ count, mean, p50, p95 }) => [count, mean, p50, p95])])} />}>
        <Part query={query} what="Who was interrupted">{() => rows.length === 0 ? <p className="dim">Nobody was interrupted, and nobody answered.</p> : (
          <div className="tablewrap"><table className="cards">
            <thead><tr><th>Who</th><th className="num">Interruptions</th><th className="num">At night</th><th className="num">On weekends</th><th className="num">Acknowledged</th><th className="num">Time to acknowledge, mean</th><th className="num">Resolved</th><th className="num">Time to resolve, mean</th></tr></thead>
            <tbody>
              {rows.map((one) => (
                <tr key={one.user.id}><td><b><RefLink to={{ ...one.user, type: 'user' }} /></b></td><td className="num" data-l="interruptions">{one.total}</td><td className="num" data-l="at night">{one.night}</td><td className="num" data-l="on weekends">{one.weekend}</td>
                  <td className="num" data-l="acknowledged">{one.acknowledge.count}</td><TimesCell label="time to acknowledge" {...one.acknowledge} /><td className="num" data-l="resolved">{one.resolve.count}</td><TimesCell label="time to resolve" {...one.resolve} /></tr>
              ))}
            </tbody>
          </table></div>
        )}</Part>
      </Sect>
    </>
  );
}
