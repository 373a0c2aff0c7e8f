import { useQuery } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, type Rows } from '../../api/client';
import { readableMax, reads, useSession } from '../../api/reads';
import { useRights } from '../../api/rights';
import { span } from '../../api/times';
import type { Incident } from '../../api/types';
import { NotFound } from '../../frame';
import { Button, Failure, OutsideLink, Part, Sect, useTitle, Waiting, When } from '../../parts/base';
import { Dialog } from '../../parts/forms';
import { Icon } from '../../parts/icons';
import { useKeys } from '../../parts/keys';
import { RefLink } from '../../parts/state';
import { useApi } from '../../parts/twin';
import { IncidentDialog, useAcknowledge, type Kind } from './acts';
import { AlertList } from './alerts';
import { FieldValues } from '../services/field_values';
import { Impacted } from './impacted';
import { Before, Related } from './related';
import { AskedOfMe, Responders } from './responders';
import { restOfActs, Slab } from './slab';
import { Timeline } from './timeline';
import { WhyRail } from './why_rail';

/** What is shown is not called all when it is not. */
function NotAll({ of, what, busy, onAll }: { of: Rows<unknown>; what: string; busy: boolean; onAll: () => void }) {
  if (of.complete) return null;
  const more = of.rows.length < readableMax;
  return (
    <div className="row lead">
      <span className="small dim">These are the newest {of.rows.length} of {of.total ?? 'more'} {what}.</span>
      {more ? <Button size="sm" busy={busy} onClick={onAll}>Show all<span className="vh"> {what}</span></Button> : null}
    </div>
  );
}

function Alerts({ incident }: { incident: Incident }) {
  const [most, setMost] = useState<number>();
  const query = useQuery(reads.alerts(incident.id, most));
  if (incident.alert_counts.all === 0) return null;
  const { all, triggered } = incident.alert_counts;
  return (
    <Sect title="Alerts" aside={all === triggered ? String(all) : `${all}, ${triggered} open`}>
      <Part query={query} what="Alerts" saysCut>{(data) => <><AlertList alerts={[...data.rows].reverse()} /><NotAll of={data} what="alerts" busy={query.isFetching} onAll={() => setMost(readableMax)} /></>}</Part>
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

function Facts({ incident }: { incident: Incident }) {
  return (
    <Sect title="Facts">
      <dl className="facts">
        <dt>Service</dt><dd><RefLink to={incident.service} /></dd>
        <dt>Policy</dt><dd><RefLink to={incident.escalation_policy} /></dd>
        {incident.teams.length > 0 ? <><dt>Teams</dt><dd>{incident.teams.map((team, i) => <span key={team.id}>{i > 0 ? ', ' : ''}<RefLink to={team} /></span>)}</dd></> : null}
        {incident.body?.details ? <><dt>Details</dt><dd className="said">{incident.body.details}</dd></> : null}
        {incident.conference_bridge?.conference_url ? <><dt>Meet at</dt><dd><OutsideLink href={incident.conference_bridge.conference_url}>{incident.conference_bridge.conference_url}</OutsideLink></dd></> : null}
        {incident.conference_bridge?.conference_number ? <><dt>Call</dt><dd>{incident.conference_bridge.conference_number}</dd></> : null}
        <dt>Changed</dt><dd><When at={incident.updated_at} exact /></dd>
      </dl>
    </Sect>
  );
}

function Notes({ id, onAdd }: { id: string; onAdd: (() => void) | undefined }) {
  const query = useQuery(reads.notes(id));
  return (
    <Sect title="Notes" aside={query.data ? String(query.data.length) : ''} end={onAdd ? <Button size="sm" onClick={onAdd}>Add<span className="vh"> to the notes</span></Button> : null}>
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
  const { user } = useSession();
  const { mayRespondTo } = useRights();
  const [dialog, setDialog] = useState<Kind | 'more' | null>(null);
  const acknowledge = useAcknowledge();
  const why = useQuery(reads.why(incident.id, user.id));
  const [logMost, setLogMost] = useState<number>();
  const log = useQuery(reads.logEntries(incident.id, logMost));
  useApi([`/incidents/${incident.id}`, `/incidents/${incident.id}/log_entries`, `/incidents/${incident.id}/alerts`, `/incidents/${incident.id}/past_incidents`, `/incidents/${incident.id}/related_incidents`]);
  const open = incident.status !== 'resolved';
  const may = mayRespondTo(incident);
  const act = (kind: Kind) => () => { if (may && (open || kind === 'note')) setDialog(kind); };
  useKeys({
    a: () => { if (may && open) acknowledge.now([incident]); },
    r: act('resolve'), e: act('escalate'), z: act('snooze'), s: act('snooze'), n: act('note'), m: act('merge'),
    w: () => router.history.push(`/console/incidents/${incident.id}/why`),
  });
  return (
    <>
      <Slab incident={incident} responds={may} acknowledging={acknowledge.pending} onAcknowledge={() => acknowledge.now([incident])} onAct={(kind) => setDialog(kind)}
        onMore={() => setDialog('more')} />
      <AskedOfMe incident={incident} />
      <div className="split wide three">
        <div><Alerts incident={incident} /></div>
        <div>
          <Sect title="Why?" end={<a className="small" href={`/console/incidents/${incident.id}/why`}>Everyone, every decision</a>}>
            <Part query={why} what="The reasons">{(story) => <WhyRail story={story} me={user.id} short />}</Part>
          </Sect>
          <Sect title="Timeline">
            <Part query={log} what="The timeline" saysCut>{(data) => <Timeline entries={data.rows} marked={entry} rest={<NotAll of={data} what="entries" busy={log.isFetching} onAll={() => setLogMost(readableMax)} />} />}</Part>
          </Sect>
        </div>
        <div>
          <Changes incident={incident} />
          <Responders incident={incident} may={may} />
          <Notes id={incident.id} onAdd={may ? act('note') : undefined} />
          <Related incident={incident} />
          <Before incident={incident} />
          <Impacted incident={incident} may={may} />
          <FieldValues of="incidents" id={incident.id} name={`#${incident.incident_number}`} may={may} quiet />
          <Facts incident={incident} />
        </div>
      </div>
      {dialog === 'more' ? (
        <Dialog title="More" onClose={() => setDialog(null)} footer={<Button onClick={() => setDialog(null)}>Close</Button>}>
          <div className="stack-4">
            {incident.status === 'triggered' ? <Button look="res-line" size="big" onClick={() => setDialog('resolve')}>Resolve</Button> : null}
            {restOfActs(incident, user.id).map(([kind, words]) => <div key={kind}><Button size="big" onClick={() => setDialog(kind)}>{words}</Button></div>)}
          </div>
        </Dialog>
      ) : dialog ? <IncidentDialog kind={dialog} incidents={[incident]} onClose={() => setDialog(null)} onDone={() => setDialog(null)} /> : null}
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
