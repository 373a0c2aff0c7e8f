import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { span } from '../../api/times';
import type { Incident } from '../../api/types';
import { NotFound } from '../../frame';
import { ApiDrawer } from '../../parts/api_drawer';
import { Button, Failure, OutsideLink, Part, Sect, useTitle, Waiting, When } from '../../parts/base';
import { Dialog } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { useKeys } from '../../parts/keys';
import { IncidentChip, RefLink } from '../../parts/state';
import { IncidentDialog, useAcknowledge, type Kind } from './acts';
import { AlertList } from './alerts';
import { restOfActs, Slab } from './slab';
import { Timeline } from './timeline';
import { WhyRail } from './why_rail';

function Alerts({ incident }: { incident: Incident }) {
  const query = useQuery(reads.alerts(incident.id));
  if (incident.alert_counts.all === 0) return null;
  const { all, triggered } = incident.alert_counts;
  return (
    <Sect title="Alerts" aside={all === triggered ? String(all) : `${all}, ${triggered} open`}>
      <Part query={query} what="Alerts">{(data) => <AlertList alerts={data.rows} />}</Part>
    </Sect>
  );
}

function Changes({ incident }: { incident: Incident }) {
  const query = useQuery(reads.relatedChanges(incident.id));
  return (
    <Sect title="Recent changes" aside={query.data ? String(query.data.length) : ''}>
      <Part query={query} what="Changes">
        {(changes) => changes.length === 0 ? <p className="dim">No change event came in around this time.</p> : (
          <ul className="list">
            {changes.map((change) => {
              const before = (Date.parse(incident.created_at) - Date.parse(change.timestamp)) / 1000;
              return (
                <li key={change.id}>
                  <Icon name="change" />
                  <div className="grow">
                    <b>{change.summary}</b> {change.links.map((link) => <span key={link.href}><OutsideLink href={link.href}>{link.text || 'link'}</OutsideLink> </span>)}
                    <small><When at={change.timestamp} />, {span(Math.abs(before))} {before >= 0 ? 'before' : 'after'} it opened. {change.source ?? ''} {change.services.map((one) => one.summary).join(', ')}</small>
                  </div>
                </li>
              );
            })}
          </ul>
        )}
      </Part>
    </Sect>
  );
}

/** What else the service had: open now, and the ones before this with the notes that may help. */
function Before({ incident }: { incident: Incident }) {
  const query = useQuery(reads.incidents({ service_ids: [incident.service.id], sort_by: 'created_at:desc', since: new Date(Date.parse(incident.created_at) - 90 * 86_400_000).toISOString(), until: new Date(Date.parse(incident.created_at) + 3_600_000).toISOString() }));
  return (
    <Sect title="Seen before" aside="on this service, 90 days">
      <Part query={query} what="Earlier incidents">
        {({ rows }) => {
          const others = rows.filter((one) => one.id !== incident.id);
          const same = others.filter((one) => one.title === incident.title);
          const shown = [...same, ...others.filter((one) => one.title !== incident.title)].slice(0, 5);
          if (shown.length === 0) return <p className="dim">This is the first on {incident.service.summary} in 90 days.</p>;
          return (
            <>
              <p className="dim">{same.length === 0 ? `Not this, but ${others.length} other${others.length === 1 ? '' : 's'}.` : `The same title ${same.length === 1 ? 'once' : `${same.length} times`}.`}</p>
              <ul className="list">
                {shown.map((one) => (
                  <li key={one.id}>
                    <IncidentChip incident={one} />
                    <div className="grow"><a href={`/console/incidents/${one.id}`}>#{one.incident_number} {one.title}</a>
                      <small><When at={one.created_at} />{one.resolved_at ? `, took ${span((Date.parse(one.resolved_at) - Date.parse(one.created_at)) / 1000)}` : ''}{one.last_status_change_by && one.resolved_at ? `, resolved by ${one.last_status_change_by.summary}` : ''}</small></div>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Part>
    </Sect>
  );
}

function Facts({ incident }: { incident: Incident }) {
  return (
    <Sect title="Facts">
      <dl className="facts">
        <dt>Service</dt><dd><RefLink to={incident.service} /></dd>
        <dt>Policy</dt><dd><RefLink to={incident.escalation_policy} /></dd>
        {incident.teams.length > 0 ? <><dt>Teams</dt><dd>{incident.teams.map((team, i) => <span key={team.id}>{i > 0 ? ', ' : ''}<RefLink to={team} /></span>)}</dd></> : null}
        {incident.body?.details ? <><dt>Details</dt><dd className="said">{incident.body.details}</dd></> : null}
        <dt>Changed</dt><dd><When at={incident.updated_at} exact /></dd>
      </dl>
    </Sect>
  );
}

function Notes({ id, onAdd }: { id: string; onAdd: (() => void) | undefined }) {
  const query = useQuery(reads.notes(id));
  return (
    <Sect title="Notes" aside={query.data ? String(query.data.length) : ''} end={onAdd ? <Button size="sm" onClick={onAdd}>Add note</Button> : null}>
      <Part query={query} what="Notes">
        {(notes) => notes.length === 0 ? <p className="dim">Nobody has written anything yet.</p> : (
          <ul className="list">
            {notes.map((note) => <li key={note.id}><Icon name="note" /><div className="grow"><p className="said">{note.content}</p><small>{note.user.summary}, <When at={note.created_at} exact /></small></div></li>)}
          </ul>
        )}
      </Part>
    </Sect>
  );
}

function Opened({ incident }: { incident: Incident }) {
  const { entry } = useParams({ strict: false }) as { entry?: string };
  const router = useRouter();
  const { capabilities, user } = useSession();
  const [dialog, setDialog] = useState<Kind | 'more' | null>(null);
  const [drawer, setDrawer] = useState(false);
  const acknowledge = useAcknowledge();
  const why = useQuery(reads.why(incident.id, user.id));
  const log = useQuery(reads.logEntries(incident.id));
  const open = incident.status !== 'resolved';
  const may = capabilities.respond;
  const act = (kind: Kind) => () => { if (may && (open || kind === 'note')) setDialog(kind); };
  useKeys({
    a: () => { if (may && open) acknowledge.now([incident]); },
    r: act('resolve'), e: act('escalate'), z: act('snooze'), n: act('note'), m: act('merge'),
    w: () => router.history.push(`/console/incidents/${incident.id}/why`),
    c: () => setDrawer(!drawer),
  });
  return (
    <>
      <Slab incident={incident} responds={may} acknowledging={acknowledge.pending} onAcknowledge={() => acknowledge.now([incident])} onAct={(kind) => setDialog(kind)}
        onMore={() => setDialog('more')} onApi={() => setDrawer(!drawer)} />
      <div className="split wide">
        <div>
          <Alerts incident={incident} />
          <Changes incident={incident} />
          <Notes id={incident.id} onAdd={may ? act('note') : undefined} />
          <Before incident={incident} />
          <Facts incident={incident} />
        </div>
        <div>
          <Sect title="Why?" end={<a className="small" href={`/console/incidents/${incident.id}/why`}>Everyone, every decision</a>}>
            <Part query={why} what="The reasons">{(story) => <WhyRail story={story} me={user.id} short />}</Part>
          </Sect>
          <Sect title="Timeline">
            <Part query={log} what="The timeline">{(data) => <Timeline entries={data.rows} marked={entry} />}</Part>
          </Sect>
        </div>
      </div>
      {dialog === 'more' ? (
        <Dialog title="More" onClose={() => setDialog(null)} footer={<Button onClick={() => setDialog(null)}>Close</Button>}>
          <div className="stack-4">
            {incident.status === 'triggered' ? <Button look="res-line" size="big" onClick={() => setDialog('resolve')}>Resolve</Button> : null}
            {restOfActs.map(([kind, words]) => <div key={kind}><Button size="big" onClick={() => setDialog(kind)}>{words}</Button></div>)}
          </div>
        </Dialog>
      ) : dialog ? <IncidentDialog kind={dialog} incidents={[incident]} onClose={() => setDialog(null)} /> : null}
      {drawer ? <ApiDrawer reads={[{ method: 'GET', path: `/incidents/${incident.id}` }, { method: 'GET', path: `/incidents/${incident.id}/why` }]} onClose={() => setDrawer(false)} /> : null}
    </>
  );
}

export function IncidentPage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const query = useQuery(reads.incident(id));
  useTitle(query.data ? `#${query.data.incident_number} ${query.data.title}` : 'Incident');
  if (query.data) return <Opened key={id} incident={query.data} />;
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />;
  if (query.error) return <><h1>Incident</h1><Failure error={query.error} what="The incident cannot be shown." retry={() => void query.refetch()} /></>;
  return <Waiting />;
}
