// What is arranged from a card for a while: that somebody else is on call, or that nobody is told.

import { alertApiRef, useApi } from '@backstage/core-plugin-api';
import { Radio, RadioGroup, TextField } from '@backstage/ui';
import { useState } from 'react';
import { pagerDutyApiRef } from '../api/client.js';
import type { Named, OnCallData, ServiceData } from '../api/types.js';
import { useBackendNow } from '../hooks.js';
import { clock } from '../text.js';
import { Asking } from './Asking.js';

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

export function TakeOverDialog(props: { onCall: OnCallData; account: string | undefined; close: () => void; made: () => void }) {
  const { onCall, account, made } = props;
  const api = useApi(pagerDutyApiRef);
  const alerts = useApi(alertApiRef);
  const now = useBackendNow(10_000);
  const { until, field } = useUntil(now);
  const schedules = schedulesOf(onCall);
  const [chosen, setChosen] = useState(schedules[0]?.id ?? '');
  const schedule = schedules.find(one => one.id === chosen);
  const send = async () => {
    if (!until || !schedule) return;
    await api.takeOver(schedule.id, until, account);
    alerts.post({ message: `You are on call in ${schedule.name} until ${clock(until, now)}.`, severity: 'success', display: 'transient' });
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
      <p className="cbp-dim">From now on you are called instead. After that the schedule goes on as before.</p>
      <RadioGroup label="Whose turn" value={chosen} onChange={setChosen}>
        {schedules.map(one => (
          <Radio key={one.id} value={one.id}>{`${one.people.join(', ')} in ${one.name}`}</Radio>
        ))}
      </RadioGroup>
      {field}
    </Asking>
  );
}
