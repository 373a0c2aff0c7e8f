// The state of one incident at arm's length: who has it, what happens next and in how many seconds, what can be done.

import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { useLostSince } from '../../api/connection';
import { reads, useSession } from '../../api/reads';
import { span } from '../../api/times';
import type { Incident } from '../../api/types';
import { Button, When } from '../../parts/base';
import { Countdown, useRun, useSecondsUntil } from '../../parts/countdown';
import { Avatar, IncidentChip, Nobody, People } from '../../parts/state';
import type { Kind } from './acts';
import { levelNow, relayPlan, type Station } from './relay';
import { pendingAt } from './row';

function Hop({ from, station }: { from: string; station: Station & { at: string } }) {
  const run = useRun(from, station.at);
  const left = useSecondsUntil(station.at);
  const lost = useLostSince() !== null;
  const names = station.users.length > 0 ? station.users.map((user) => user.summary).join(', ') : 'nobody';
  return (
    <div className="hop first">
      <div className="track" aria-hidden="true"><i style={{ width: `${run * 100}%`, '--run': `${run * 100}%` } as CSSProperties} /></div>
      <div>
        <Countdown at={station.at} big />
        <span className="t">{lost ? `then ${names} was to be rung, if nobody acted` : left > 0 ? `then ${names} is rung, if nobody acts` : `Ringing ${names} …`}</span>
      </div>
    </div>
  );
}

function StationView({ station, now, me }: { station: Station; now: boolean; me: string }) {
  const first = station.users[0] ?? null;
  return (
    <div className={`station ${now ? 'now' : ''}`}>
      <Avatar user={first} large />
      <div className="who">
        {first ? station.users.map((user) => (user.id === me ? `${user.summary}, you` : user.summary)).join(' and ') : <Nobody />}
        <small>level {station.level}{station.at ? <>, at <When at={station.at} exact /></> : ''}</small>
      </div>
    </div>
  );
}

function Relay({ incident, me }: { incident: Incident; me: string }) {
  const policy = useQuery(reads.policy(incident.escalation_policy.id));
  const onCalls = useQuery(reads.onCalls({ escalation_policy_ids: [incident.escalation_policy.id] }));
  const why = useQuery(reads.why(incident.id));
  if (policy.isPending || onCalls.isPending || why.isPending) return null;
  const plan = relayPlan(incident, policy.data, onCalls.data?.rows ?? [], levelNow(why.data));
  const [now, next, ...later] = plan.stations;
  if (!now) return null;
  return (
    <div className="relay" role="group" aria-label="What happens next">
      <StationView station={now} now me={me} />
      {next?.at ? <><Hop from={incident.assignments[0]?.at ?? incident.created_at} station={{ ...next, at: next.at }} /><StationView station={next} now={false} me={me} /></> : null}
      {later.slice(0, 2).map((station, i) => {
        const before = (i === 0 ? next : later[i - 1])?.at;
        return (
          <div key={station.level} style={{ display: 'contents' }}>
            <div className="hop"><div className="track" aria-hidden="true" /><span className="t">{before && station.at ? span((Date.parse(station.at) - Date.parse(before)) / 1000) : ''}</span></div>
            <StationView station={station} now={false} me={me} />
          </div>
        );
      })}
      <p className="last">{plan.end}</p>
    </div>
  );
}

function Has({ incident, me }: { incident: Incident; me: string }) {
  const lost = useLostSince() !== null;
  const assignees = incident.assignments.map((one) => one.assignee);
  const rings = pendingAt(incident, 'unacknowledge');
  switch (incident.status) {
    case 'triggered':
      return (
        <p className="has" aria-live={assignees.some((user) => user.id === me) ? 'assertive' : 'polite'}>
          <b>{lost ? 'Nobody had it.' : 'Nobody has it yet.'}</b> {incident.urgency === 'high' ? `It ${lost ? 'was' : 'is'} ringing ` : `It ${lost ? 'waited' : 'waits'} for `}<People users={assignees} me={me} />.
          {lost || pendingAt(incident, 'escalate') || incident.urgency === 'low' ? null : ' Nobody else is rung after that.'}
        </p>
      );
    case 'acknowledged': {
      const last = incident.acknowledgements.at(-1);
      const who = incident.acknowledgements.map((one) => one.acknowledger);
      const mine = who.some((user) => user.id === me);
      return (
        <>
          <p className="since"><People users={who.length > 0 ? who : assignees} me={me} capital /> {mine || who.length > 1 ? 'have' : 'has'} it{last ? <> since <When at={last.at} exact /></> : null}.</p>
          <p className="has" aria-live="polite">The others sleep on.{rings ? <> It rings again at <b><When at={rings} exact /></b> if it is still open.</> : null}</p>
        </>
      );
    }
    case 'resolved':
      return (
        <p className="has">
          Resolved{incident.last_status_change_by ? <> by <b>{incident.last_status_change_by.summary}</b></> : null} at <b><When at={incident.resolved_at ?? incident.last_status_change_at} exact /></b>,
          {' '}{span((Date.parse(incident.resolved_at ?? incident.last_status_change_at) - Date.parse(incident.created_at)) / 1000)} after it opened.
        </p>
      );
  }
}

const rest: [Kind, string][] = [['escalate', 'Escalate now'], ['snooze', 'Snooze'], ['reassign', 'Reassign'], ['note', 'Add note'], ['merge', 'Merge'], ['priority', 'Priority']];

/** Besides acknowledging and resolving. What the reader alone has can be given back. */
export function restOfActs(incident: Incident, me: string): [Kind, string][] {
  const mine = incident.status === 'acknowledged' && incident.acknowledgements.every((one) => one.acknowledger.id === me);
  return mine ? [...rest, ['give back', 'Give back']] : rest;
}

export function Slab({ incident, responds, acknowledging, onAcknowledge, onAct, onMore }: {
  incident: Incident; responds: boolean; acknowledging: boolean; onAcknowledge: () => void; onAct: (kind: Kind) => void; onMore: () => void;
}) {
  const { user } = useSession();
  const open = incident.status !== 'resolved';
  const ack = <Button look="ack" size="big" icon="acknowledged" busy={acknowledging} onClick={onAcknowledge}>Acknowledge</Button>;
  return (
    <>
      <section className={`slab app ${incident.status}`} aria-label={`State of incident ${incident.incident_number}`}>
        <div className="line1">
          <IncidentChip incident={incident} /><span>#{incident.incident_number}</span><span>{incident.urgency} urgency</span>
          {incident.priority ? <span>{incident.priority.summary}</span> : null}
          <a href={`/console/service-directory/${incident.service.id}`}>{incident.service.summary}</a>
          <span>Opened <When at={incident.created_at} exact /></span>
        </div>
        <h1>{incident.title}</h1>
        <Has incident={incident} me={user.id} />
        {incident.status === 'triggered' ? <Relay incident={incident} me={user.id} /> : null}
        {responds ? (
          <div className="actions">
            {incident.status === 'triggered' ? ack : null}
            {open ? <Button look={incident.status === 'acknowledged' ? 'res' : 'res-line'} size="big" onClick={() => onAct('resolve')}>Resolve</Button> : null}
            {restOfActs(incident, user.id).filter(([kind]) => open || kind === 'note').map(([kind, words]) => <Button key={kind} size="big" onClick={() => onAct(kind)}>{words}</Button>)}
          </div>
        ) : <p className="small dim">Your role reads incidents; responders act on them.</p>}
      </section>
      {responds && open ? (
        <div className="actionbar" role="group" aria-label="Act">
          {incident.status === 'triggered' ? ack : <Button look="res" size="big" onClick={() => onAct('resolve')}>Resolve</Button>}
          <Button onClick={() => onAct('escalate')} aria-label="Not me, next person">Not me</Button>
          <Button icon="more" onClick={onMore} aria-label="More actions" />
        </div>
      ) : null}
    </>
  );
}
