import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { reads, useSession } from '../../api/reads';
import { refTo, type Override } from '../../api/types';
import { ActDialog, Choice, Field, useAct } from '../../parts/forms';
import { tell } from '../../parts/toasts';
import type { Span } from './shifts';
import { momentOf, wallOf } from './zones';

/** Somebody else for a while. By dragging over the drawing, or by typing here. `giving`: it is the reader's own shift. */
export function OverrideDialog({ schedule, zone, range, giving, onClose }: { schedule: string; zone: string; range: Span; giving?: boolean; onClose: () => void }) {
  const users = useQuery(reads.users);
  const { user } = useSession();
  const client = useQueryClient();
  const [who, setWho] = useState(giving ? '' : user.id);
  const [from, setFrom] = useState(wallOf(range.begin, zone));
  const [to, setTo] = useState(wallOf(range.end, zone));
  const others = (users.data?.rows ?? []).filter((one) => !giving || one.id !== user.id);
  const taker = others.find((one) => one.id === who)?.name;
  const act = useAct(
    () => ask<{ override: Override }>('POST', `/schedules/${schedule}/overrides`, { override: { start: momentOf(from, zone), end: momentOf(to, zone), user: refTo('user', who) } }),
    ({ override: made }) => {
      tell(`${taker ?? 'Somebody'} is on call then.`, async () => { await ask('DELETE', `/schedules/${schedule}/overrides/${made.id}`); await client.invalidateQueries(); });
      onClose();
    },
  );
  return (
    <ActDialog title={giving ? 'Give this shift away' : 'New override'} act={!giving ? 'Save override' : taker ? `Give it to ${taker}` : 'Give it away'} busy={act.isPending} error={act.error} failed="Not made." onAct={() => act.mutate(undefined)} onClose={onClose}>
      <Choice member="user" label={giving ? 'Who takes it' : 'Who is on call instead'} value={who} onChange={setWho} required options={[...(giving ? [['', 'Choose'] as const] : []), ...others.map((one) => [one.id, one.name] as const)]} />
      <div className="cols">
        <Field member="start" label="From" hint={zone}>{(ids) => <input className="in" type="datetime-local" required {...ids} value={from} onChange={(event) => setFrom(event.target.value)} />}</Field>
        <Field member={['end', 'override must end']} label="To" hint={zone}>{(ids) => <input className="in" type="datetime-local" required {...ids} value={to} onChange={(event) => setTo(event.target.value)} />}</Field>
      </div>
    </ActDialog>
  );
}
