import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { Button, ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import { Fragment, useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { IncidentChanges } from '../api/client.js';
import type { Incident, Named } from '../api/types.js';
import { useBackendNow } from '../hooks.js';
import { clock, listed, span } from '../text.js';
import { Icon, Outside, ToneMark } from './basic.js';
import { NoteDialog, ReassignDialog } from './IncidentDialogs.js';

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
  const change = async <Verb extends keyof IncidentChanges>(
    verb: Verb,
    incident: Incident,
    what: IncidentChanges[Verb],
  ): Promise<boolean> => {
    setBusy(verb);
    try {
      await api.change(verb, incident.id, what, account);
      alerts.post({ message: `“${incident.title}” ${DONE[verb]}.`, severity: 'success', display: 'transient' });
      return true;
    } catch (error) {
      alerts.post({ message: `“${incident.title}” was not changed. ${(error as Error).message}`, severity: 'error' });
      return false;
    } finally {
      setBusy(undefined);
      changed();
    }
  };
  return { busy, change };
}

function Row(props: { incident: Incident; mayRespond: boolean; account: string | undefined; changed: () => void }) {
  const { incident, mayRespond, account, changed } = props;
  const now = useBackendNow(5000);
  const { busy, change } = useChange(account, changed);
  const [dialog, setDialog] = useState<'reassign' | 'note' | undefined>();
  const close = () => setDialog(undefined);
  const triggered = incident.status === 'triggered';
  const main = triggered ? 'acknowledge' : 'resolve';
  return (
    <li data-incident={incident.id}>
      <ToneMark tone={triggered ? 'triggered' : 'acknowledged'}>{triggered ? 'Triggered' : 'Acknowledged'}</ToneMark>
      <div className="cbp-grow">
        <Outside href={incident.html_url}>{incident.title}</Outside>
        {incident.priority && <span className="cbp-tag">{incident.priority.name}</span>}
        <span className="cbp-meta">
          {incident.service && `${incident.service.name} · `}
          <Detail incident={incident} now={now} />
        </span>
      </div>
      {mayRespond && (
        <div className="cbp-acts">
          <Button
            size="small"
            variant="secondary"
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
      {dialog === 'reassign' && (
        <ReassignDialog
          incident={incident}
          account={account}
          close={close}
          send={assignee_ids => change('reassign', incident, { assignee_ids })}
        />
      )}
      {dialog === 'note' && (
        <NoteDialog incident={incident} close={close} send={content => change('notes', incident, { content })} />
      )}
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
          mayRespond={props.mayRespond}
          account={incident.account ?? props.account}
          changed={props.changed}
        />
      ))}
    </ul>
  );
}
