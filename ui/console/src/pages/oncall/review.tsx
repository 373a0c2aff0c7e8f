// What a change of a schedule does to people before it is saved: hours of each, and holes. For schedules made of shifts
// the requests that would be sent are rehearsed by the server.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { question, type Asked } from '../../api/client';
import { serverNow } from '../../api/clock';
import { reads } from '../../api/reads';
import { moment } from '../../api/times';
import { refTo, type Shift } from '../../api/types';
import { Failure, Note, Sect } from '../../parts/base';
import { Check } from '../../parts/forms';
import { Nobody } from '../../parts/state';
import { shiftsOf, type FinalSchedule } from './shift_plan';
import { compare, holes, hoursIn, type Span } from './shifts';
import { addDays } from './zones';

const holesShown = 6;
const weeksReviewed = 4;

export const hours = (n: number): string => `${Math.round(n * 10) / 10} h`;

/** Four weeks from now. */
export function useReviewWindow(zone: string): Span {
  // The server draws whole seconds: a part of one would be a hole.
  const [begun] = useState(() => Math.floor(serverNow() / 1000) * 1000);
  return useMemo(() => ({ begin: begun, end: addDays(begun, weeksReviewed * 7, zone) }), [begun, zone]);
}

export function HoursTable({ before, after, window, zone }: { before: Shift[] | undefined; after: Shift[]; window: Span; zone: string }) {
  const rows = compare(before ?? [], after, window);
  const now = serverNow();
  const open = holes(after, window);
  return (
    <>
      <div className="tablewrap"><table>
        <thead><tr><th>Who</th><th className="num">Before</th><th className="num">After</th><th className="num">Change</th></tr></thead>
        <tbody>
          {rows.map((row) => {
            const change = row.after - row.before;
            return <tr key={row.user?.id ?? 'nobody'}><td>{row.user ? row.user.summary : <Nobody />}</td><td className="num">{before ? hours(row.before) : ''}</td><td className="num">{hours(row.after)}</td><td className="num"><b>{Math.abs(change) < 0.05 ? 'same' : `${change > 0 ? '+' : '−'}${hours(Math.abs(change))}`}</b></td></tr>;
          })}
        </tbody>
      </table></div>
      {open.length > 0 ? <ul className="list">{open.slice(0, holesShown).map((one) => <li key={one.begin}><span><span className="c-trig">Nobody</span> {moment(one.begin, now, false, zone)} to {moment(one.end, now, false, zone)}</span></li>)}{open.length > holesShown ? <li className="dim">and {open.length - holesShown} more</li> : null}</ul> : <p className="dim">No hole in these four weeks.</p>}
    </>
  );
}

/** How many hours more are without anybody; of a new schedule all that are. */
export const newHole = (before: Shift[] | undefined, after: Shift[], window: Span): number => {
  const more = hoursIn(holes(after, window)) - (before ? hoursIn(holes(before, window)) : 0);
  return more > 0.01 ? more : 0;
};

export function MeantHole({ hole, sure, setSure }: { hole: number; sure: boolean; setSure: (sure: boolean) => void }) {
  return <Note kind="bad" live><b>{hours(hole)} more without anybody.</b><Check label="I know; it is meant to be so" checked={sure} onChange={setSure} /></Note>;
}

/** What was typed, once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

interface Preview {
  before: FinalSchedule | null;
  after: FinalSchedule | null;
}

/** What `changes` would make of a schedule made of shifts (of none: the first of them makes one). Null: they cannot be sent yet. */
export function useChangeReview(schedule: string | null, changes: Asked[] | null, zone: string): { review: ReactNode; waits: boolean } {
  const window = useReviewWindow(zone);
  const users = useQuery(reads.users).data?.rows ?? [];
  const [sure, setSure] = useState(false);
  const typed = JSON.stringify(changes);
  const text = useSettled(typed);
  const query = useQuery({
    queryKey: ['schedule preview', schedule, text, window],
    queryFn: async ({ signal }) => (await question<{ schedule_preview: Preview }>('/console/schedule_previews', {
      schedule_preview: { ...(schedule ? { schedule: refTo('schedule', schedule) } : {}), since: new Date(window.begin).toISOString(), until: new Date(window.end).toISOString(), changes: JSON.parse(text) as Asked[] },
    }, signal)).schedule_preview,
    enabled: text !== 'null', placeholderData: keepPreviousData, retry: false, meta: { live: false },
  });
  const shifts = (final: FinalSchedule | null | undefined) => shiftsOf(final?.computed_shift_assignments ?? [], users);
  const before = query.data?.before ? shifts(query.data.before) : undefined;
  const after = shifts(query.data?.after);
  const hole = query.data?.after ? newHole(before, after, window) : 0;
  const fresh = text === typed && !query.isPlaceholderData && (query.data !== undefined || query.error !== null);
  const review = (
    <Sect title="What changes" aside="next four weeks">
      {changes === null ? <p className="dim">Compared as soon as it can be drawn.</p> : query.error ? <Failure error={query.error} what="It would be refused." /> : query.data ? <HoursTable before={before} after={after} window={window} zone={zone} /> : <p className="dim waiting" aria-busy="true">Comparing …</p>}
      {hole > 0 ? <MeantHole hole={hole} sure={sure} setSure={setSure} /> : null}
    </Sect>
  );
  return { review, waits: (changes !== null && !fresh) || (hole > 0 && !sure) };
}
