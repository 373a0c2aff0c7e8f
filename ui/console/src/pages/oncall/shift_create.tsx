// A new shift-based schedule: a name, a pattern, its people.

import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { Asked } from '../../api/client';
import { serverNow } from '../../api/clock';
import { useSession } from '../../api/reads';
import { refTo } from '../../api/types';
import { Button, Failure } from '../../parts/base';
import { Cancel } from '../../parts/draft_guard';
import { ActForm, Choice, TextField, useAct } from '../../parts/forms';
import { resource } from '../../parts/terraform';
import { tell } from '../../parts/toasts';
import { useApi } from '../../parts/twin';
import { useChangeReview } from './review';
import { carryOut, draftFrom, EventFields, eventBody, isComplete, rotationChanges } from './shift_forms';
import { shiftBlock, templates, type Template } from './shift_plan';
import { TeamsField, useOwnTeams } from './teams_field';

export function CreateShiftSchedule() {
  const router = useRouter();
  const { time_zone: ownZone } = useSession();
  const ownTeams = useOwnTeams();
  const [teams, setTeams] = useState(ownTeams);
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
  const changes: Asked[] = [{ method: 'POST', path: '/v3/schedules', body: { schedule: { name: name.trim(), description, time_zone: zone, teams: teams.map((team) => refTo('team', team.id)) } } }, ...rotationChanges('{0}', eventBody(draft, zone, opened), 1)];
  const { review, waits } = useChangeReview(null, name.trim() && isComplete(draft) ? changes : null, zone);
  // What the first two requests have made is known when they have been answered.
  const named = (path: string) => path.replace('{0}', 'SCHEDULE_ID').replace('{1}', 'ROTATION_ID');
  useApi(changes.map((one) => ({ ...one, path: named(one.path) })),
    resource('pagerduty_schedulev2', name.trim(), shiftBlock({ name: name.trim(), description, time_zone: zone, teams, rotations: [{ events: [eventBody(draft, zone, opened).event] }] }, opened)));
  const act = useAct(() => carryOut(changes), ([schedule]) => { tell('Saved. It counts from now on.'); router.history.push(`/console/schedules/${schedule}`); });
  return (
    <ActForm className="form stack-4" error={act.error} onAct={() => act.mutate(undefined)}>
      <TextField label="Name" value={name} onChange={setName} required member="schedule.name" />
      <TextField label="Description" value={description} onChange={setDescription} member="description" />
      <Choice member="time_zone" label="Time zone" value={zone} onChange={setZone} options={[...new Set([zone, 'Etc/UTC', ...Intl.supportedValuesOf('timeZone')])].map((one) => [one, one] as const)} />
      <TeamsField chosen={teams} change={setTeams} />
      <Choice label="Begin with" value={which} onChange={choose} options={templates.map((one, i) => [String(i), one.name] as const)} hint={templates[Number(which)]?.hint} />
      <EventFields draft={draft} change={setDraft} zone={zone} />
      {review}
      {act.error ? <Failure error={act.error} what="Not saved." /> : null}
      <div className="row"><Button look="ink" type="submit" busy={act.isPending} disabled={draft.members.length === 0 || waits}>Save</Button><Cancel to="/console/on-call" />{draft.members.length === 0 ? <span className="dim small">Save waits for a member.</span> : null}</div>
    </ActForm>
  );
}
