// One alert: what its sender said, and why it is where it is.

import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ApiError, ask } from '../../api/client';
import { reads } from '../../api/reads';
import { useRights } from '../../api/rights';
import type { Alert, PlacedAlert } from '../../api/types';
import { NotFound } from '../../frame';
import { Button, Crumbs, Failure, OutsideLink, Sect, useTitle, Waiting, When } from '../../parts/base';
import { useAct } from '../../parts/forms';
import { Chip, RefLink } from '../../parts/state';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { Details, EventFacts } from './alerts';

function AlertChip({ alert }: { alert: Alert }) {
  if (alert.status === 'resolved') return <Chip weight="resolved" icon="resolved">Resolved</Chip>;
  return alert.suppressed ? <Chip weight="plain" icon="suppressed">Suppressed</Chip> : <Chip weight="triggered" icon="triggered">Triggered</Chip>;
}

function Shown({ alert }: { alert: PlacedAlert }) {
  const incident = useQuery({ ...reads.incident(alert.incident?.id ?? ''), enabled: alert.incident !== null }).data;
  const { mayRespondTo } = useRights();
  useApi([`/alerts/${alert.id}`]);
  const resolve = useAct(() => ask('PUT', `/incidents/${alert.incident?.id}/alerts/${alert.id}`, { alert: { type: 'alert', status: 'resolved' } }), () => tell('The alert is resolved.'));
  return (
    <>
      <Crumbs>{alert.incident ? <><a href="/console/incidents">Incidents</a> / <a href={`/console/incidents/${alert.incident.id}`}>{alert.incident.summary}</a></> : <><a href="/console/service-directory">Services</a> / <RefLink to={alert.service} /></>}</Crumbs>
      <div className="head">
        <div className="row wrap"><h1>{alert.summary}</h1><AlertChip alert={alert} /></div>
        {incident && mayRespondTo(incident) && alert.status === 'triggered' ? <Button look="res-line" busy={resolve.isPending} onClick={() => resolve.mutate(undefined)}>Resolve this alert</Button> : null}
      </div>
      {resolve.error ? <Failure error={resolve.error} what="Not resolved." /> : null}
      <p className="dim lead">{alert.incident ? <>Part of <a href={`/console/incidents/${alert.incident.id}`}>{alert.incident.summary}</a>. </> : 'It belongs to no incident. '}{alert.placement_note ?? ''}</p>
      <div className="split wide">
        <Sect title="What the newest event said">
          <EventFacts alert={alert} />
          <Details value={alert.body?.details} />
          {(alert.body?.contexts ?? []).filter((one) => one.href).map((one) => <p key={one.href}><OutsideLink href={one.href ?? ''}>{one.text || one.href}</OutsideLink></p>)}
        </Sect>
        <Sect title="Facts">
          <dl className="facts">
            <dt>Service</dt><dd><RefLink to={alert.service} /></dd>
            <dt>Severity</dt><dd>{alert.severity}</dd>
            <dt>Placed</dt><dd>{alert.placement.replaceAll('_', ' ')}</dd>
            <dt>First event</dt><dd><When at={alert.created_at} exact /></dd>
            <dt>Newest event</dt><dd><When at={alert.updated_at} exact /></dd>
            {alert.resolved_at ? <><dt>Resolved</dt><dd><When at={alert.resolved_at} exact /></dd></> : null}
          </dl>
        </Sect>
      </div>
    </>
  );
}

export function AlertPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.alert(id));
  useTitle(query.data?.summary ?? 'Alert');
  if (query.data) return <Shown key={id} alert={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Alert</h1><Failure error={query.error} what="The alert cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}
