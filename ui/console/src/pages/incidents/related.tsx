// What else is going on, and what was before: incidents of other services that belong to this one, those of the same service
// that are open too, and those of the past that were like it. Which they are is the server's verdict.

import { useQuery } from '@tanstack/react-query';
import { reads } from '../../api/reads';
import { span } from '../../api/times';
import type { Incident, Outlier, PastIncident, RelatedIncident } from '../../api/types';
import { Part, Sect, When } from '../../parts/base';
import { IncidentChip } from '../../parts/state';

const shownMax = 5;

/** Why an incident of another service may belong to this one. */
export function reasonOf(related: Pick<RelatedIncident, 'relationships'>, service: string): string {
  return related.relationships.map((one) => {
    if (one.type !== 'service_dependency') return 'it says the same';
    return one.metadata.supporting_services?.some((end) => end.id === service) ? 'it stands on this' : 'this stands on it';
  }).join(', ');
}

function Line({ incident, reason }: { incident: Incident; reason: string }) {
  return <li><IncidentChip incident={incident} /><div className="grow"><a href={`/console/incidents/${incident.id}`}>#{incident.incident_number} {incident.title}</a><small>{incident.service.summary}, {reason}; since <When at={incident.created_at} /></small></div></li>;
}

export function Related({ incident }: { incident: Incident }) {
  const query = useQuery(reads.relatedIncidents(incident.id));
  const own = useQuery(reads.incidents({ statuses: ['triggered', 'acknowledged'], service_ids: [incident.service.id], sort_by: 'created_at:desc' }));
  const others = (own.data?.rows ?? []).filter((one) => one.id !== incident.id);
  return (
    <Sect title="Related" aside="at the same time">
      <Part query={query} what="Related incidents">
        {(related) => related.length + others.length === 0 ? <p className="dim">Nothing else around it went on at the time.</p> : (
          <>
            <ul className="list">
              {related.slice(0, shownMax).map((one) => <Line key={one.incident.id} incident={one.incident} reason={reasonOf(one, incident.service.id)} />)}
              {others.slice(0, shownMax).map((one) => <Line key={one.id} incident={one} reason="the same service" />)}
            </ul>
            {others.length > shownMax ? <p className="small"><a href={`/console/incidents?service=${incident.service.id}`}>All {others.length} of {incident.service.summary}</a></p> : null}
          </>
        )}
      </Part>
    </Sect>
  );
}

/** "Rare: 2 of 57 incidents of the service since 1 Sep." */
export function outlierWords({ occurrence: { category, count, frequency } }: Outlier['incident']): string {
  const all = Math.round(count / frequency);
  if (category === 'anomaly') return all === 1 ? 'It is the first incident of this service in half a year.' : `Nothing like it in half a year, among ${all} incidents of this service.`;
  return `${category === 'rare' ? 'Rare' : 'Frequent'}: ${count} of ${all} incidents of this service in half a year were like this.`;
}

function PastLine({ past: { incident: one, score }, nearest }: { past: PastIncident; nearest: boolean }) {
  // What helped then is read of one only: the link may be weak.
  const helped = useQuery({ ...reads.notes(one.id), enabled: nearest }).data?.[0]?.content;
  return (
    <li>
      <div className="grow"><a href={`/console/incidents/${one.id}`}>#{one.incident_number} {one.title}</a>
        <small><When at={one.created_at} />{one.resolved_at ? `, took ${span((Date.parse(one.resolved_at) - Date.parse(one.created_at)) / 1000)}` : ''}{one.last_status_change_by ? `, resolved by ${one.last_status_change_by.summary}` : ''}{score < 100 ? `, ${Math.round(score)} % of the words` : ''}</small>
        {helped ? <small className="said">“{helped.slice(0, 300)}”</small> : null}</div>
    </li>
  );
}

/** What was like it before, with the note that may help. */
export function Before({ incident }: { incident: Incident }) {
  const query = useQuery(reads.pastIncidents(incident.id));
  const outlier = useQuery(reads.outlier(incident.id)).data;
  return (
    <Sect title="Seen before" aside="on this service, half a year">
      <Part query={query} what="Earlier incidents">
        {({ past_incidents: past, total }) => (
          <>
            {outlier ? <p className="dim">{outlierWords(outlier.incident)}</p> : null}
            {past.length === 0 ? null : <ul className="list">{past.map((one, i) => <PastLine key={one.incident.id} past={one} nearest={i === 0} />)}</ul>}
            {total > past.length ? <p className="dim small">{total} in all.</p> : null}
          </>
        )}
      </Part>
    </Sect>
  );
}
