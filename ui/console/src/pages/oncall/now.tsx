import { useQuery } from '@tanstack/react-query';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { OnCall, Policy } from '../../api/types';
import { AskAdmins } from '../../parts/ask_admins';
import { Empty, Part, Sect, Tabs, useTitle, When } from '../../parts/base';
import { useGrowing } from '../../parts/growing';
import { Icon } from '../../parts/icons';
import { Person, RefLink } from '../../parts/state';
import { imports } from '../../parts/terraform';
import { useApi } from '../../parts/twin';

export function OnCallTabs({ current }: { current: 'now' | 'mine' }) {
  return <Tabs label="On call" tabs={[{ name: 'Now', href: '/console/on-call', current: current === 'now' }, { name: 'My On-Call Shifts', href: '/console/on-call/mine', current: current === 'mine' }]} />;
}

function PolicyNow({ policy, rows }: { policy: Policy; rows: OnCall[] }) {
  return (
    <section className="panel" aria-label={policy.name}>
      <header><h3><RefLink to={policy} /></h3><span className="small dim end">{policy.services.length} {policy.services.length === 1 ? 'service' : 'services'}</span></header>
      <div className="body">
        {policy.escalation_rules.map((_, i) => {
          const here = rows.filter((row) => row.escalation_level === i + 1);
          if (here.length === 0) return <Person key={i} user={null}>level {i + 1}: nobody to wake</Person>;
          return here.map((row, j) => <Person key={`${i}-${j}`} user={row.user}>level {i + 1}{row.end ? <>, until <When at={row.end} /></> : ', always'}{row.schedule ? <>, <RefLink to={row.schedule} /></> : null}</Person>);
        })}
      </div>
    </section>
  );
}

function Policies({ policies, rows }: { policies: Policy[]; rows: OnCall[] }) {
  const { drawn, rest } = useGrowing(policies, '');
  return <><div className="cards2">{drawn.map((policy) => <PolicyNow key={policy.id} policy={policy} rows={rows.filter((row) => row.escalation_policy.id === policy.id)} />)}</div>{rest}</>;
}

export function OnCallPage() {
  useTitle('On call');
  const policies = useQuery(reads.policies);
  const onCalls = useQuery(reads.onCalls({}));
  const schedules = useQuery(reads.schedules);
  const ofShifts = useQuery(reads.shiftSchedules);
  useApi(['/oncalls', '/escalation_policies', '/schedules', '/v3/schedules'],
    [imports('pagerduty_escalation_policy', policies.data?.rows ?? []), imports('pagerduty_schedule', schedules.data?.rows ?? []), imports('pagerduty_schedulev2', ofShifts.data?.rows ?? [])].filter(Boolean).join('\n\n'));
  const may = useRights().maySomewhere('manage');
  return (
    <>
      <div className="head"><h1>Who is on call now</h1>
        {may ? <div className="row"><a className="btn" href="/console/schedules/new"><Icon name="plus" tone="" />New schedule</a><a className="btn" href="/console/escalation_policies/new"><Icon name="plus" tone="" />New escalation policy</a></div> : null}
      </div>
      <OnCallTabs current="now" />
      {may ? null : <AskAdmins what="change schedules and policies" />}
      <div className="split mid">
        <div>
          <h2 className="vh">Escalation policies</h2>
          <Part query={policies} what="The policies">
            {({ rows }) => rows.length === 0 ? <Empty title="There is no escalation policy.">Without one nobody can be called.</Empty> : (
              <Part query={onCalls} what="Who is on call">{(now) => <Policies policies={rows} rows={now.rows} />}</Part>
            )}
          </Part>
        </div>
        <Sect title="Schedules" aside={schedules.data?.complete && ofShifts.data?.complete ? String(schedules.data.rows.length + ofShifts.data.rows.length) : ''}>
          <Part query={schedules} what="The schedules">
            {({ rows }) => rows.length === 0 ? ofShifts.data?.rows.length === 0 ? <p className="dim">None yet.</p> : null : <ul className="list">{rows.map((one) => <li key={one.id}><Icon name="calendar" /><div className="grow"><b><RefLink to={one} /></b><small>{one.time_zone}, {one.users.length} {one.users.length === 1 ? 'person' : 'people'}</small></div></li>)}</ul>}
          </Part>
          <Part query={ofShifts} what="Schedules of shifts">
            {({ rows }) => rows.length === 0 ? null : <ul className="list">{rows.map((one) => <li key={one.id}><Icon name="calendar" /><div className="grow"><b><RefLink to={one} /></b><small>made of shifts</small></div></li>)}</ul>}
          </Part>
        </Sect>
      </div>
    </>
  );
}
