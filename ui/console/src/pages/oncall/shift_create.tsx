// A new shift-based schedule: a name, a pattern, its people.

import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { Asked } from '../../api/client';
import { serverNow } from '../../api/clock';
import { useSession } from '../../api/reads';
import { Button, Failure } from '../../parts/base';
import { ActForm, Choice, TextField, useAct } from '../../parts/forms';
import { tell } from '../../parts/toasts';
import { useChangeReview } from './review';
import { carryOut, draftFrom, EventFields, eventBody, isComplete, rotationChanges } from './shift_forms';
import { templates, type Template } from './shift_plan';

export function CreateShiftSchedule() {
  const router = useRouter();
  const { time_zone: ownZone } = useSession();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [zone, setZone] = useState(ownZone);
  const [which, setWhich] = useState('0');
  const [draft, setDraft] = useState(() => draftFrom(templates[0] as Template, ownZone, serverNow()));
  const choose = (value: string) => {
    setWhich(value);
    const template = templates[Number(value)];
    if (template) setDraft({ ...draftFrom(template, zone, serverNow()), members: draft.members });
  };
  const [opened] = useState(serverNow);
  const changes: Asked[] = [{ method: 'POST', path: '/v3/schedules', body: { schedule: { name: name.trim(), description, time_zone: zone } } }, ...rotationChanges('{0}', eventBody(draft, zone, opened), 1)];
  const { review, waits } = useChangeReview(null, name.trim() && isComplete(draft) ? changes : null, zone);
  const act = useAct(() => carryOut(changes), ([schedule]) => { tell('Saved. It counts from now on.'); router.history.push(`/console/schedules/${schedule}`); });
  return (
    <ActForm className="form stack-4" error={act.error} onAct={() => act.mutate(undefined)}>
      <TextField label="Name" value={name} onChange={setName} required member="schedule.name" />
      <TextField label="Description" value={description} onChange={setDescription} member="description" />
      <Choice member="time_zone" label="Time zone" value={zone} onChange={setZone} options={[...new Set([zone, 'Etc/UTC', ...Intl.supportedValuesOf('timeZone')])].map((one) => [one, one] as const)} />
      <Choice label="Begin with" value={which} onChange={choose} options={templates.map((one, i) => [String(i), one.name] as const)} hint={templates[Number(which)]?.hint} />
      <EventFields draft={draft} change={setDraft} zone={zone} />
      {review}
      {act.error ? <Failure error={act.error} what="Not saved." /> : null}
      <div className="row"><Button look="ink" type="submit" busy={act.isPending} disabled={draft.members.length === 0 || waits}>Save</Button><a className="btn" href="/console/on-call">Cancel</a>{draft.members.length === 0 ? <span className="dim small">Save waits for a member.</span> : null}</div>
    </ActForm>
  );
}
