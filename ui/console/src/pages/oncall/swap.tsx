// Two shifts change hands: an override for each, both or none. Schedules of layers and of shifts differ in what is sent.

import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, ask, type Query } from '../../api/client';
import { serverNow } from '../../api/clock';
import { reads, useSession } from '../../api/reads';
import { moment } from '../../api/times';
import { refTo, type Override, type Ref, type Schedule, type Shift } from '../../api/types';
import { Part } from '../../parts/base';
import { ActDialog, Choice, useAct } from '../../parts/forms';
import { tell } from '../../parts/toasts';
import { finalOf, overridesFor, type ShiftSchedule } from './shift_plan';

const key = (shift: Shift): string => `${shift.start}/${shift.user.id}`;

/** What is still to come of each shift, in order. */
export const toCome = (shifts: Shift[], now: number): Shift[] =>
  shifts.filter((one) => Date.parse(one.end) > now).map((one) => (Date.parse(one.start) < now ? { ...one, start: new Date(Math.ceil(now / 60_000) * 60_000).toISOString() } : one));

/** What is sent for both kinds of schedules, and how it is taken back. */
interface Swapping {
  shifts: Shift[];
  swap: (mine: Shift, theirs: Shift) => Promise<{ id: string }[]>;
  undo: (made: { id: string }[]) => Promise<unknown>;
}

const begins = (shift: Shift): number => Date.parse(shift.start);
const ends = (shift: Shift): number => Date.parse(shift.end);

const removed = (path: string) => (made: { id: string }[]) => Promise.all(made.map((one) => ask('DELETE', `${path}/${one.id}`)));

function ofLayers(schedule: string, found: Schedule, now: number): Swapping {
  const path = `/schedules/${schedule}/overrides`;
  const undo = removed(path);
  const override = (shift: Shift, user: Ref) => ({ start: shift.start, end: shift.end, user: refTo('user', user.id) });
  return {
    shifts: toCome(found.final_schedule?.rendered_schedule_entries ?? [], now), undo,
    swap: async (mine, theirs) => {
      const results = await ask<{ status: number; override: Override; errors?: string[] }[]>('POST', path, { overrides: [override(mine, theirs.user), override(theirs, mine.user)] });
      const made = results.filter((one) => one.status === 201).map((one) => one.override);
      if (made.length === results.length) return made;
      await undo(made);
      throw new ApiError(400, 'The shifts were not swapped.', 0, results.flatMap((one) => one.errors ?? []), {}, null, null);
    },
  };
}

/** All or nothing on the server. */
function ofShifts(schedule: string, found: ShiftSchedule, users: Ref[], now: number): Swapping {
  const path = `/v3/schedules/${schedule}/overrides`;
  const computed = found.final_schedule?.computed_shift_assignments ?? [];
  const over = (shift: Shift, user: Ref) => overridesFor(computed, shift.user.id, user.id, begins(shift), ends(shift));
  return {
    shifts: toCome(finalOf(found, [...(found.users ?? []), ...users]), now), undo: removed(path),
    swap: async (mine, theirs) => (await ask<{ overrides: { id: string }[] }>('POST', path, { overrides: [...over(mine, theirs.user), ...over(theirs, mine.user)] })).overrides,
  };
}

interface SwapProps {
  schedule: string;
  zone: string;
  /** The beginning of the reader's shift. */
  mine?: string | undefined;
  onClose: () => void;
}

const eightWeeks = (now: number): Query => ({ since: new Date(now).toISOString(), until: new Date(now + 56 * 86_400_000).toISOString(), overflow: true });

function LayersSwap(props: SwapProps) {
  const [now] = useState(serverNow);
  const query = useQuery(reads.schedule(props.schedule, eightWeeks(now)));
  return <Swap {...props} now={now} query={query} found={query.data ? ofLayers(props.schedule, query.data, now) : null} />;
}

function ShiftsSwap(props: SwapProps) {
  const [now] = useState(serverNow);
  const users = useQuery(reads.users).data?.rows ?? [];
  const query = useQuery(reads.shiftSchedule(props.schedule, { ...eightWeeks(now), include: ['final_schedule', 'users'] }));
  return <Swap {...props} now={now} query={query} found={query.data ? ofShifts(props.schedule, query.data, users, now) : null} />;
}

export const SwapDialog = ({ kind, ...props }: SwapProps & { kind: 'layers' | 'shifts' }) => (kind === 'layers' ? <LayersSwap {...props} /> : <ShiftsSwap {...props} />);

function Swap({ zone, mine, onClose, now, query, found }: SwapProps & { now: number; query: UseQueryResult<unknown>; found: Swapping | null }) {
  const { user } = useSession();
  const shifts = found?.shifts ?? [];
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const own = (shift: Shift) => shift.user.id === user.id;
  const give = shifts.find((one) => key(one) === first) ?? shifts.find((one) => own(one) && (!mine || one.start === mine)) ?? shifts.find(own) ?? shifts[0];
  const others = shifts.filter((one) => one.user.id !== give?.user.id);
  const take = others.find((one) => key(one) === second);
  const words = (one: Shift) => `${one.user.summary}, ${moment(one.start, now, false, zone)} to ${moment(one.end, now, false, zone)}`;
  const act = useAct(() => (found && give && take ? found.swap(give, take) : Promise.resolve([])), (made) => {
    tell(`Swapped: ${take?.user.summary} has ${give ? moment(give.start, now, false, zone) : ''}, ${give?.user.summary} has ${take ? moment(take.start, now, false, zone) : ''}.`, () => found?.undo(made) ?? Promise.resolve());
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
