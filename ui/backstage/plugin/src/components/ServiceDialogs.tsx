// What is arranged from a card for a while: that somebody else is on call, or that nobody is told.

import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { Radio, RadioGroup, SearchField, TextField } from '@backstage/ui';
import { useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Named, OnCallData, ServiceData } from '../api/types.js';
import { useBackendNow } from '../hooks.js';
import { clock, listed, maintenanceSaid } from '../text.js';
import { Asking } from './Asking.js';
import { useAssignees } from './PeoplePicker.js';

const MINUTE = 60_000;
const LENGTHS: [string, number][] = [
  ['30 minutes', 30],
  ['1 hour', 60],
  ['2 hours', 120],
];
const OTHER = 'other';

/** A length or a time of one's own. `until` is undefined while none is chosen that lies ahead. */
function useUntil(now: number) {
  const [choice, setChoice] = useState('60');
  const [typed, setTyped] = useState('');
  const at = choice === OTHER ? Date.parse(typed) : now + Number(choice) * MINUTE;
  const until = at > now ? new Date(at).toISOString().replace(/\.\d+Z$/, 'Z') : undefined;
  const field = (
    <div className="cbp-choices">
      <RadioGroup label="For how long" value={choice} onChange={setChoice}>
        {LENGTHS.map(([label, minutes]) => (
          <Radio key={minutes} value={String(minutes)}>{`${label}, until ${clock(new Date(now + minutes * MINUTE).toISOString(), now)}`}</Radio>
        ))}
        <Radio value={OTHER}>Until a time of your own</Radio>
      </RadioGroup>
      {choice === OTHER && (
        <label>
          Until <input className="cbp-until" type="datetime-local" value={typed} onChange={event => setTyped(event.target.value)} />
          {typed && !until && <span className="cbp-meta">This is over already.</span>}
        </label>
      )}
    </div>
  );
  return { until, field };
}

export function MaintenanceDialog(props: { service: ServiceData; account: string | undefined; close: () => void; made: () => void }) {
  const { service, account, made } = props;
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const now = useBackendNow(10_000);
  const { until, field } = useUntil(now);
  const [description, setDescription] = useState('');
  const send = async () => {
    if (!until) return;
    await api.startMaintenance(service.id, until, description.trim(), account);
    alerts.post({ message: `${service.name} is in maintenance until ${clock(until, now)}.`, severity: 'success', display: 'transient' });
    made();
  };
  return (
    <Asking
      title={`Maintenance of ${service.name}`}
      action={until ? `Tell nobody until ${clock(until, now)}` : 'Tell nobody'}
      ready={until !== undefined}
      close={props.close}
      send={send}
    >
      <p className="cbp-dim">Nobody is told of what begins meanwhile. Incidents that are open already go on.</p>
      {field}
      <TextField label="What for" secondaryLabel="Optional" value={description} onChange={setDescription} maxLength={250} />
    </Asking>
  );
}

/** Ends the windows that last, each of them by itself: what is over stays over when the next one is refused. */
export function EndMaintenanceDialog(props: { service: ServiceData; account: string | undefined; close: () => void; made: () => void }) {
  const { service, account, made } = props;
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const now = useBackendNow(10_000);
  const others = [...new Set(service.maintenance.flatMap(window => window.other_services))];
  const send = async () => {
    try {
      for (const window of service.maintenance) await api.endMaintenance(window.id, account);
    } finally {
      made();
    }
    alerts.post({ message: `The maintenance of ${service.name} is over.`, severity: 'success', display: 'transient' });
  };
  return (
    <Asking title={`End the maintenance of ${service.name}`} action="End it now" ready={service.maintenance.length > 0} close={props.close} send={send}>
      <p className="cbp-dim">From now on people are told again of what begins.</p>
      <ul className="cbp-rows">
        {service.maintenance.map(window => (
          <li key={window.id}>{maintenanceSaid(window, now)}</li>
        ))}
      </ul>
      {others.length > 0 && <p>{`It ends for ${listed(others)} too.`}</p>}
    </Asking>
  );
}

/** The schedules by which somebody is on call now, the first level's first. */
export function schedulesOf(onCall: OnCallData | null | undefined): (Named & { people: string[] })[] {
  const found = new Map<string, Named & { people: string[] }>();
  for (const { people } of onCall?.levels ?? [])
    for (const person of people) {
      if (!person.schedule) continue;
      const known = found.get(person.schedule.id) ?? { ...person.schedule, people: [] };
      if (!known.people.includes(person.name)) known.people.push(person.name);
      found.set(person.schedule.id, known);
    }
  return [...found.values()];
}

/** Whoever is signed in, or somebody else who is looked for. */
function OnePerson(props: { account: string | undefined; chosen: Named | undefined; onChange: (person: Named | undefined) => void }) {
  const { account, chosen, onChange } = props;
  const [query, setQuery] = useState('');
  const { assignees, error } = useAssignees(query, account);
  const problem = error?.message ?? (assignees?.problems.users && `People cannot be listed: ${assignees.problems.users}`);
  const people = assignees?.users ?? [];
  const shown = chosen && !people.some(one => one.id === chosen.id) ? [chosen, ...people] : people;
  return (
    <details>
      <summary>{`Who takes over: ${chosen?.name ?? 'you'}`}</summary>
      <SearchField label="Somebody else" placeholder="Part of a name or address" size="small" value={query} onChange={setQuery} />
      {problem && <p className="cbp-dim">{problem}</p>}
      <RadioGroup label="Who takes over" value={chosen?.id ?? ''} onChange={id => onChange(shown.find(one => one.id === id))}>
        <Radio value="">You</Radio>
        {shown.map(one => (
          <Radio key={one.id} value={one.id}>
            {one.name}
          </Radio>
        ))}
      </RadioGroup>
    </details>
  );
}

export function TakeOverDialog(props: { onCall: OnCallData; account: string | undefined; close: () => void; made: () => void }) {
  const { onCall, account, made } = props;
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const now = useBackendNow(10_000);
  const { until, field } = useUntil(now);
  const schedules = schedulesOf(onCall);
  const [chosen, setChosen] = useState(schedules[0]?.id ?? '');
  const schedule = schedules.find(one => one.id === chosen);
  const [person, setPerson] = useState<Named | undefined>();
  const send = async () => {
    if (!until || !schedule) return;
    await api.takeOver(schedule.id, until, person?.id, account);
    alerts.post({ message: `${person ? `${person.name} is` : 'You are'} on call in ${schedule.name} until ${clock(until, now)}.`, severity: 'success', display: 'transient' });
    made();
  };
  return (
    <Asking
      title="Take over on call"
      action={until ? `Take over until ${clock(until, now)}` : 'Take over'}
      ready={until !== undefined && schedule !== undefined}
      close={props.close}
      send={send}
    >
      <p className="cbp-dim">{`From now on ${person ? `${person.name} is` : 'you are'} called instead. After that the schedule goes on as before.`}</p>
      <RadioGroup label="Whose turn" value={chosen} onChange={setChosen}>
        {schedules.map(one => (
          <Radio key={one.id} value={one.id}>{`${one.people.join(', ')} in ${one.name}`}</Radio>
        ))}
      </RadioGroup>
      {field}
      <OnePerson account={account} chosen={person} onChange={setPerson} />
    </Asking>
  );
}
