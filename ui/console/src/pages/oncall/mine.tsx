import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { serverNow, useMinute } from '../../api/clock';
import { pathWith } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import { moment, span } from '../../api/times';
import type { OnCall } from '../../api/types';
import { Button, Empty, Part, Rail, RailEntry, useTitle } from '../../parts/base';
import { RefLink } from '../../parts/state';
import { useApi } from '../../parts/twin';
import { OnCallTabs } from './now';
import { OverrideDialog } from './overrides';
import { nextStep, type Span } from './shifts';
import { SwapDialog } from './swap';

/** One shift of a schedule may stand in several policies. */
function shiftsOf(rows: OnCall[]): (OnCall & { policies: OnCall['escalation_policy'][] })[] {
  const found = new Map<string, OnCall & { policies: OnCall['escalation_policy'][] }>();
  for (const row of rows) {
    const key = [row.schedule?.id ?? row.escalation_policy.id, row.start, row.end].join();
    const known = found.get(key);
    if (known) known.policies.push(row.escalation_policy);
    else found.set(key, { ...row, policies: [row.escalation_policy] });
  }
  return [...found.values()].sort((a, b) => (a.start ?? '').localeCompare(b.start ?? ''));
}

/** Shifts of layers can be given away here; those of shifts are put right on their schedule's page. */
function Acts({ schedule, ofShifts, which, onAway, onSwap }: { schedule: string; ofShifts: boolean; which: ReactNode; onAway: ((schedule: string) => void) | undefined; onSwap: ((kind: 'layers' | 'shifts') => void) | undefined }) {
  const { may } = useRights();
  const layers = useQuery(reads.schedules).data?.rows.find((one) => one.id === schedule);
  const shifts = useQuery({ ...reads.shiftSchedule(schedule, {}), enabled: ofShifts }).data;
  const teams = layers?.teams ?? shifts?.teams;
  if (!teams || !may('respond', teams)) return null;
  return (
    <>
      {layers && onAway ? <Button size="sm" onClick={() => onAway(schedule)}>Give away{which}</Button> : null}{' '}
      {onSwap ? <Button size="sm" onClick={() => onSwap(ofShifts ? 'shifts' : 'layers')}>Swap{which}</Button> : null}
    </>
  );
}

export function MyShiftsPage() {
  useTitle('My On-Call Shifts');
  const { user, time_zone: zone } = useSession();
  const now = useMinute();
  const [day] = useState(() => Math.floor(serverNow() / 3_600_000) * 3_600_000);
  const query = useQuery(reads.onCalls({ user_ids: [user.id], since: new Date(day).toISOString(), until: new Date(day + 90 * 86_400_000).toISOString() }));
  const ofShifts = useQuery(reads.shiftSchedules).data?.rows ?? [];
  const [away, setAway] = useState<{ schedule: string; range: Span } | null>(null);
  const [swapping, setSwapping] = useState<{ kind: 'layers' | 'shifts'; schedule: string; mine: string } | null>(null);
  useApi([pathWith('/oncalls', { user_ids: [user.id], since: new Date(day).toISOString(), until: new Date(day + 90 * 86_400_000).toISOString() })]);
  return (
    <>
      <h1>My On-Call Shifts</h1>
      <OnCallTabs current="mine" />
      <p className="dim lead">The next 90 days, in {zone}.</p>
      <Part query={query} what="Your shifts">
        {({ rows }) => {
          // What ended within this hour is among them.
          const shifts = shiftsOf(rows).filter((one) => !one.end || Date.parse(one.end) > now);
          if (shifts.length === 0) return <Empty title="You are not on call in the next 90 days.">You are in no schedule and on no level of a policy that rings then.</Empty>;
          return (
            <Rail>
              {shifts.map((shift, i) => {
                const current = !shift.start || Date.parse(shift.start) <= now;
                const rest = shift.start && shift.end ? { begin: Math.max(Date.parse(shift.start), nextStep(now, 900_000)), end: Date.parse(shift.end) } : null;
                const which = <span className="vh"> the shift {current ? 'of now' : `of ${moment(shift.start ?? '', now)}`}</span>;
                return (
                  <RailEntry key={i} time={<time>{shift.start ? (current ? 'now' : moment(shift.start, now)) : 'always'}</time>} icon={current ? 'phone' : 'calendar'}
                    reason={<>for {shift.policies.map((one, j) => <span key={one.id}>{j > 0 ? ', ' : ''}<RefLink to={one} /></span>)}, level {shift.escalation_level}</>}>
                    {shift.schedule ? <b><RefLink to={shift.schedule} /></b> : <b>You are named in the policy</b>}
                    {shift.end ? <> until {moment(shift.end, now)}{shift.start ? `, ${span((Date.parse(shift.end) - Date.parse(shift.start)) / 1000)}` : ''}</> : null}{' '}
                    {shift.schedule ? <Acts schedule={shift.schedule.id} ofShifts={ofShifts.some((one) => one.id === shift.schedule?.id)} which={which} onAway={rest && rest.begin < rest.end ? (schedule) => setAway({ schedule, range: rest }) : undefined}
                      onSwap={shift.start && shift.end ? (kind) => setSwapping({ kind, schedule: shift.schedule?.id ?? '', mine: shift.start ?? '' }) : undefined} /> : null}
                  </RailEntry>
                );
              })}
            </Rail>
          );
        }}
      </Part>
      {swapping ? <SwapDialog {...swapping} zone={zone} onClose={() => setSwapping(null)} /> : null}
      {away ? <OverrideDialog schedule={away.schedule} zone={zone} range={away.range} giving onClose={() => setAway(null)} /> : null}
    </>
  );
}
