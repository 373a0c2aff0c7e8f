// Two shifts change hands: an override for each, both or none.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, ask, type Query } from '../../api/client';
import { serverNow } from '../../api/clock';
import { reads, useSession } from '../../api/reads';
import { moment } from '../../api/times';
import { refTo, type Override, type Ref, type Shift } from '../../api/types';
import { Part } from '../../parts/base';
import { ActDialog, Choice, useAct } from '../../parts/forms';
import { tell } from '../../parts/toasts';

const key = (shift: Shift): string => `${shift.start}/${shift.user.id}`;

/** What is still to come of each shift, in order. */
export const toCome = (shifts: Shift[], now: number): Shift[] =>
  shifts.filter((one) => Date.parse(one.end) > now).map((one) => (Date.parse(one.start) < now ? { ...one, start: new Date(Math.ceil(now / 60_000) * 60_000).toISOString() } : one));

async function swap(schedule: string, mine: Shift, theirs: Shift): Promise<Override[]> {
  const override = (shift: Shift, user: Ref) => ({ start: shift.start, end: shift.end, user: refTo('user', user.id) });
  const results = await ask<{ status: number; override: Override; errors?: string[] }[]>('POST', `/schedules/${schedule}/overrides`, { overrides: [override(mine, theirs.user), override(theirs, mine.user)] });
  const made = results.filter((one) => one.status === 201).map((one) => one.override);
  if (made.length === results.length) return made;
  await undo(schedule, made);
  throw new ApiError(400, 'The shifts were not swapped.', 0, results.flatMap((one) => one.errors ?? []), {}, null, null);
}
const undo = (schedule: string, made: Override[]) => Promise.all(made.map((one) => ask('DELETE', `/schedules/${schedule}/overrides/${one.id}`)));

export function SwapDialog({ schedule, zone, mine, onClose }: { schedule: string; zone: string; mine?: string | undefined; onClose: () => void }) {
  const { user } = useSession();
  const [now] = useState(serverNow);
  const window: Query = { since: new Date(now).toISOString(), until: new Date(now + 56 * 86_400_000).toISOString(), overflow: true };
  const query = useQuery(reads.schedule(schedule, window));
  const shifts = toCome(query.data?.final_schedule?.rendered_schedule_entries ?? [], now);
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const own = (shift: Shift) => shift.user.id === user.id;
  const give = shifts.find((one) => key(one) === first) ?? shifts.find((one) => own(one) && (!mine || one.start === mine)) ?? shifts.find(own) ?? shifts[0];
  const others = shifts.filter((one) => one.user.id !== give?.user.id);
  const take = others.find((one) => key(one) === second);
  const words = (one: Shift) => `${one.user.summary}, ${moment(one.start, now, false, zone)} to ${moment(one.end, now, false, zone)}`;
  const act = useAct(() => (give && take ? swap(schedule, give, take) : Promise.resolve([])), (made) => {
    tell(`Swapped: ${take?.user.summary} has ${give ? moment(give.start, now, false, zone) : ''}, ${give?.user.summary} has ${take ? moment(take.start, now, false, zone) : ''}.`, () => undo(schedule, made));
    onClose();
  });
  return (
    <ActDialog title="Swap shifts" act="Swap" busy={act.isPending} error={act.error} failed="Not swapped." onAct={() => take && act.mutate(undefined)} onClose={onClose}>
      <Part query={query} what="The shifts">
        {() => others.length === 0 ? <p className="dim">Nobody else has a shift in the next eight weeks.</p> : (
          <>
            <Choice label="This shift" value={give ? key(give) : ''} onChange={setFirst} options={shifts.map((one) => [key(one), words(one)] as const)} />
            <Choice member={['start', 'end', 'user']} label="for this one" value={second} onChange={setSecond} required options={[['', 'Choose a shift'], ...others.map((one) => [key(one), words(one)] as const)]} hint="Both persons keep as many shifts as they had." />
          </>
        )}
      </Part>
    </ActDialog>
  );
}
