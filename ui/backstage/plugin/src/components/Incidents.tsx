import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Button, ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import { Fragment, useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { IncidentChanges } from '../api/client.js';
import type { Incident, Named } from '../api/types.js';
import { useBackendNow } from '../hooks.js';
import { clock, listed, span } from '../text.js';
import { Icon, Outside, ToneMark } from './basic.js';
import { MergeDialog, NoteDialog, ReassignDialog, RespondersDialog } from './IncidentDialogs.js';

const SNOOZES: [string, number][] = [
  ['Snooze for 1 hour', 3600],
  ['Snooze for 4 hours', 4 * 3600],
  ['Snooze for a day', 24 * 3600],
];

const DONE: Record<keyof IncidentChanges, string> = {
  acknowledge: 'acknowledged',
  resolve: 'resolved',
  escalate: 'escalated',
  reassign: 'reassigned',
  snooze: 'snoozed',
  notes: 'has your note',
  responders: 'has more responders, who are told now',
  merge: 'has become a part of the other',
};

/** How many are named; of more the others are counted. */
const NAMED_MAX = 2;

/** "Ana, Ben and 3 more", each a link to their page. */
function People({ people }: { people: Named[] }) {
  const named = people.slice(0, people.length > NAMED_MAX + 1 ? NAMED_MAX : NAMED_MAX + 1);
  const rest = people.length - named.length;
  return (
    <>
      {named.map((person, i) => (
        <Fragment key={person.id || person.name}>
          {i > 0 && (i === named.length - 1 && rest === 0 ? ' and ' : ', ')}
          <Outside href={person.html_url}>{person.name}</Outside>
        </Fragment>
      ))}
      {rest > 0 && ` and ${rest} more`}
    </>
  );
}

/** Who has it: whoever has acknowledged it is one of those that it is assigned to, mostly. */
function holdersOf({ acknowledged_by: name, assignees }: Incident): Named[] {
  if (!name) return assignees;
  return [assignees.find(one => one.name === name) ?? { id: '', name }];
}

function Detail({ incident, now }: { incident: Incident; now: number }) {
  const { assignees, urgency } = incident;
  const goesTo = incident.next.length ? `goes to ${listed(incident.next)}` : 'escalates';
  return (
    <>
      {`#${incident.number} · ${urgency} urgency · `}
      {incident.status !== 'triggered' ? (
        <>
          <People people={holdersOf(incident)} /> has it
        </>
      ) : assignees.length ? (
        <>
          {urgency === 'low' ? 'waits for ' : 'ringing '}
          <People people={assignees} />
          {incident.escalates_at && ` · ${goesTo} at ${clock(incident.escalates_at, now)}`}
        </>
      ) : (
        'assigned to nobody'
      )}
      {` · for ${span(now - Date.parse(incident.created_at))}`}
    </>
  );
}

function useChange(account: string | undefined, changed: () => void) {
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const [busy, setBusy] = useState<keyof IncidentChanges | undefined>();
  /** For a form, which says itself what went wrong. */
  const attempt = async <Verb extends keyof IncidentChanges>(verb: Verb, incident: Incident, what: IncidentChanges[Verb]) => {
    setBusy(verb);
    try {
      await api.change(verb, incident.id, what, account);
      alerts.post({ message: `“${incident.title}” ${DONE[verb]}.`, severity: 'success', display: 'transient' });
    } finally {
      setBusy(undefined);
      changed();
    }
  };
  const change = <Verb extends keyof IncidentChanges>(verb: Verb, incident: Incident, what: IncidentChanges[Verb]) =>
    attempt(verb, incident, what).catch((error: Error) =>
      alerts.post({ message: `“${incident.title}” was not changed. ${error.message}`, severity: 'error' }),
    );
  return { busy, attempt, change };
}

interface RowProps {
  incident: Incident;
  /** Those that it can become a part of. */
  others: Incident[];
  mayRespond: boolean;
  account: string | undefined;
  changed: () => void;
}

function Dialogs(props: RowProps & { which: DialogName | undefined; close: () => void; attempt: ReturnType<typeof useChange>['attempt'] }) {
  const { incident, others, account, which, close, attempt } = props;
  switch (which) {
    case 'reassign':
      return <ReassignDialog incident={incident} account={account} close={close} send={assignee_ids => attempt('reassign', incident, { assignee_ids })} />;
    case 'responders':
      return <RespondersDialog incident={incident} account={account} close={close} send={what => attempt('responders', incident, what)} />;
    case 'merge':
      return <MergeDialog incident={incident} others={others} close={close} send={into => attempt('merge', incident, { into })} />;
    case 'note':
      return <NoteDialog incident={incident} close={close} send={content => attempt('notes', incident, { content })} />;
    default:
      return null;
  }
}

type DialogName = 'reassign' | 'responders' | 'merge' | 'note';

/** The service by its name; where its entity is known, a link there. */
function ServiceName({ service }: { service: NonNullable<Incident['service']> }) {
  if (!service.entity_ref) return <>{service.name}</>;
  return <EntityRefLink entityRef={service.entity_ref} title={service.name} className="cbp-link" hideIcon />;
}

function Row(props: RowProps) {
  const { incident, others, mayRespond, account, changed } = props;
  const now = useBackendNow(5000);
  const { busy, attempt, change } = useChange(account, changed);
  const [dialog, setDialog] = useState<DialogName | undefined>();
  const triggered = incident.status === 'triggered';
  const main = triggered ? 'acknowledge' : 'resolve';
  return (
    <li data-incident={incident.id}>
      <ToneMark tone={triggered ? 'triggered' : 'acknowledged'}>{triggered ? 'Triggered' : 'Acknowledged'}</ToneMark>
      <div className="cbp-grow">
        <Outside href={incident.html_url}>{incident.title}</Outside>
        {incident.priority && <span className="cbp-tag">{incident.priority.name}</span>}
        <span className="cbp-meta">
          {incident.service && (
            <>
              <ServiceName service={incident.service} />
              {' · '}
            </>
          )}
          <Detail incident={incident} now={now} />
        </span>
      </div>
      {mayRespond && (
        <div className="cbp-acts">
          <Button
            size="small"
            variant="secondary"
            className={triggered ? 'cbp-ack' : 'cbp-res'}
            isPending={busy === main}
            isDisabled={busy !== undefined}
            aria-label={`${triggered ? 'Acknowledge' : 'Resolve'} ${incident.title}`}
            onPress={() => void change(main, incident, {})}
          >
            {triggered ? 'Acknowledge' : 'Resolve'}
          </Button>
          <MenuTrigger>
            <ButtonIcon
              size="small"
              variant="tertiary"
              icon={<Icon shape="more" />}
              isDisabled={busy !== undefined}
              aria-label={`More for ${incident.title}`}
            />
            <Menu>
              {triggered && <MenuItem onAction={() => void change('resolve', incident, {})}>Resolve</MenuItem>}
              <MenuItem onAction={() => setDialog('reassign')}>Reassign…</MenuItem>
              {/* Low urgency stays with whom it was assigned to. */}
              {incident.urgency !== 'low' && <MenuItem onAction={() => void change('escalate', incident, {})}>Escalate to the next level</MenuItem>}
              <MenuItem onAction={() => setDialog('responders')}>Add responders…</MenuItem>
              {others.length > 0 && <MenuItem onAction={() => setDialog('merge')}>Merge into another…</MenuItem>}
              <MenuItem onAction={() => setDialog('note')}>Add a note…</MenuItem>
              {SNOOZES.map(([label, seconds]) => (
                <MenuItem key={seconds} onAction={() => void change('snooze', incident, { seconds })}>
                  {label}
                </MenuItem>
              ))}
            </Menu>
          </MenuTrigger>
        </div>
      )}
      <Dialogs {...props} which={dialog} close={() => setDialog(undefined)} attempt={attempt} />
    </li>
  );
}

export function IncidentRows(props: {
  incidents: Incident[];
  mayRespond: boolean;
  account?: string;
  changed: () => void;
}) {
  return (
    <ul className="cbp-rows">
      {props.incidents.map(incident => (
        <Row
          key={incident.id}
          incident={incident}
          others={props.incidents.filter(one => one.id !== incident.id && one.service?.id === incident.service?.id && one.account === incident.account)}
          mayRespond={props.mayRespond}
          account={incident.account ?? props.account}
          changed={props.changed}
        />
      ))}
    </ul>
  );
}
