import { useQuery } from '@tanstack/react-query';
import { memo } from 'react';
import { useMinute } from '../../api/clock';
import { useLostSince } from '../../api/connection';
import { reads } from '../../api/reads';
import type { Incident } from '../../api/types';
import { span } from '../../api/times';
import { Age, Button, When } from '../../parts/base';
import type { Place } from '../../parts/blocks';
import { Countdown, useRun } from '../../parts/countdown';
import { IncidentChip, People } from '../../parts/state';
import { stormFrom, stormShape, stormWords } from './storm';

export const pendingAt = (incident: Incident, type: Incident['pending_actions'][number]['type']): string | undefined =>
  incident.pending_actions.find((one) => one.type === type)?.at;

function Drain({ from, to }: { from: string; to: string }) {
  return <span className="drain" aria-hidden="true"><i style={{ width: `${useRun(from, to) * 100}%` }} /></span>;
}

/** Who has it, and what happens next. */
function Next({ incident, me }: { incident: Incident; me: string }) {
  const lost = useLostSince() !== null;
  const assignees = incident.assignments.map((one) => one.assignee);
  const escalates = pendingAt(incident, 'escalate');
  const rings = pendingAt(incident, 'unacknowledge');
  switch (incident.status) {
    case 'triggered':
      return (
        <>
          {incident.urgency === 'high' ? (lost ? 'Rang ' : 'Ringing ') : lost ? 'Waited for ' : 'Waits for '}<People users={assignees} me={me} />.
          {escalates ? <><br />{lost ? 'Was to escalate at' : 'Escalates in'} <b><Countdown at={escalates} /></b><Drain from={incident.assignments[0]?.at ?? incident.created_at} to={escalates} /></> : null}
        </>
      );
    case 'acknowledged': {
      const has = incident.acknowledgements.map((one) => one.acknowledger);
      return <><People users={has.length > 0 ? has : assignees} me={me} capital /> {has.length > 1 || has[0]?.id === me ? 'have' : 'has'} it.{rings ? <> Rings again at <When at={rings} /> if open.</> : null}</>;
    }
    case 'resolved':
      return (
        <>
          {incident.last_status_change_by ? <>by <b>{incident.last_status_change_by.summary}</b>, </> : null}
          {incident.resolved_at ? <>took {span((Date.parse(incident.resolved_at) - Date.parse(incident.created_at)) / 1000)}</> : null}
        </>
      );
  }
}

function StormLine({ incident }: { incident: Incident }) {
  const { data } = useQuery(reads.alerts(incident.id));
  const now = useMinute();
  if (!data) return null;
  const shape = stormShape(data.rows, now);
  const peak = Math.max(...shape.bars, 1);
  return (
    <>
      <span className="sub">{stormWords(shape, data.rows.length, data.complete ? data.rows.length : data.total ?? incident.alert_counts.all)}</span>
      <svg className="sparks" viewBox={`0 0 ${shape.bars.length * 10} 34`} preserveAspectRatio="none" role="img"
        aria-label={`${data.complete ? 'Alerts' : `The newest ${data.rows.length} alerts`} in parts of ${shape.secondsPerBar} seconds: at most ${peak}, now ${shape.bars.at(-1)}`}>
        {shape.bars.map((bar, i) => <rect key={i} x={i * 10} width="8" y={34 - (bar / peak) * 34} height={(bar / peak) * 34} />)}
      </svg>
    </>
  );
}

interface RowProps {
  incident: Incident;
  me: string;
  cursor: boolean;
  selected: boolean;
  gone: boolean;
  responds: boolean;
  busy: boolean;
  onSelect: (id: string, range: boolean) => void;
  onAcknowledge: (incident: Incident) => void;
  onResolve: (incident: Incident) => void;
  /** Among all of a long list, of which not all is drawn. */
  place: Place;
}

export const IncidentRow = memo(function IncidentRow({ incident, me, cursor, selected, gone, responds, busy, onSelect, onAcknowledge, onResolve, place }: RowProps) {
  const hot = incident.status === 'triggered' && incident.urgency === 'high';
  const storm = incident.status === 'triggered' && incident.alert_counts.all >= stormFrom;
  const alerts = incident.alert_counts.all;
  return (
    <li className={`inc app-inc ${hot ? 'hot' : 'calm'} ${cursor ? 'cursor' : ''}`} data-id={incident.id} {...place} aria-current={cursor || undefined}>
      <label className="pickbox">
        <input type="checkbox" aria-label={`Select #${incident.incident_number}`} checked={selected} disabled={!responds}
          onClick={(event) => onSelect(incident.id, event.shiftKey)} onChange={() => undefined} />
      </label>
      <Age at={incident.created_at} />
      <IncidentChip incident={incident} />
      <div className="c-main">
        {storm ? <span className="count">{alerts} </span> : null}
        <a className="title" href={`/console/incidents/${incident.id}`}>{incident.title}</a>
        <span className="sub">
          #{incident.incident_number}, <a href={`/console/service-directory/${incident.service.id}`}>{incident.service.summary}</a>, {incident.urgency} urgency
          {alerts > 1 && !storm ? `, ${alerts} alerts` : ''}{incident.priority ? `, ${incident.priority.summary}` : ''}
        </span>
        {storm ? <StormLine incident={incident} /> : null}
      </div>
      <div className="next">{gone ? 'No longer in this list.' : <Next incident={incident} me={me} />}</div>
      <div className="acts">
        {!responds || gone ? null : incident.status === 'triggered'
          ? <Button look="ack" size={hot ? '' : 'sm'} busy={busy} onClick={() => onAcknowledge(incident)}>Acknowledge<span className="vh"> #{incident.incident_number}</span></Button>
          : incident.status === 'acknowledged' ? <Button look="res-line" size="sm" onClick={() => onResolve(incident)}>Resolve<span className="vh"> #{incident.incident_number}</span></Button> : null}
      </div>
    </li>
  );
});
