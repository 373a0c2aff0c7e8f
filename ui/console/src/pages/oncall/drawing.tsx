// A schedule drawn to the hour: the final result on top, overrides and layers under it. Its text twin is ShiftList.

import { useRef, useState, type PointerEvent } from 'react';
import { useMinute } from '../../api/clock';
import { clock, moment, span, weekday } from '../../api/times';
import type { Shift } from '../../api/types';
import { useColorOf } from '../../api/reads';
import { initials, Nobody, RefLink } from '../../parts/state';
import { clipped, holes, isNew, tracked, type Span } from './shifts';
import { daysOf } from './zones';

export interface Row {
  name: string;
  second: string;
  shifts: Shift[];
  /** Holes are shown, and parts of it can be dragged over. */
  final?: boolean;
}

const percent = (at: number, window: Span) => `${((at - window.begin) / (window.end - window.begin)) * 100}%`;
const width = (one: Span, window: Span) => `${((one.end - one.begin) / (window.end - window.begin)) * 100}%`;
const quarter = 15 * 60_000;

function Lane({ row, window, zone, before, onRange }: { row: Row; window: Span; zone: string; before?: Shift[] | undefined; onRange?: ((range: Span, over: Shift | null) => void) | undefined }) {
  const colorOf = useColorOf();
  const now = useMinute();
  const lane = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState<Span | null>(null);
  const from = useRef<number | null>(null);
  const timeAt = (event: PointerEvent): number => {
    const box = lane.current?.getBoundingClientRect();
    if (!box) return window.begin;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return Math.round((window.begin + share * (window.end - window.begin)) / quarter) * quarter;
  };
  const begin = (event: PointerEvent) => {
    if (!onRange || event.button !== 0) return;
    from.current = timeAt(event);
    lane.current?.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (from.current === null) return;
    const at = timeAt(event);
    setDraft({ begin: Math.min(from.current, at), end: Math.max(from.current, at) });
  };
  const end = () => {
    const range = draft;
    from.current = null;
    setDraft(null);
    if (range && range.end - range.begin >= quarter) onRange?.(range, null);
  };
  const { bars, tracks } = tracked(clipped(row.shifts, window));
  // Several at once share the height.
  const place = (track: number) => (tracks === 1 ? {} : { top: `calc(7px + ${track} * (100% - 14px) / ${tracks})`, bottom: 'auto', height: `calc((100% - 14px) / ${tracks} - 1px)` });
  const wide = (one: Span) => (one.end - one.begin) / (window.end - window.begin) > 0.06;
  return (
    <div ref={lane} className={`lane ${row.final ? 'final' : ''}`} style={tracks > 1 ? { minHeight: 14 + tracks * 30 } : undefined} onPointerDown={begin} onPointerMove={move} onPointerUp={end} onPointerCancel={() => { from.current = null; setDraft(null); }}>
      {daysOf(window.begin, window.end, zone).map((day) => <span key={day.begin} className="dayline" style={{ left: percent(day.begin, window) }} />)}
      {bars.map((one) => (
        <span key={`${one.begin}-${one.user.id}`} className={`bar p${colorOf(one.user.id)} ${before && isNew(one, before) ? 'moved' : ''}`} style={{ left: percent(one.begin, window), width: `calc(${width(one, window)} - 2px)`, ...place(one.track) }}
          title={`${one.user.summary}, ${moment(one.begin, now, false, zone)} to ${moment(one.end, now, false, zone)}`}>
          {wide(one) ? one.user.summary : initials(one.user.summary)}
        </span>
      ))}
      {row.final ? holes(row.shifts, window).map((one) => <span key={one.begin} className="bar gap" style={{ left: percent(one.begin, window), width: width(one, window) }} title={`Nobody, ${moment(one.begin, now, false, zone)} to ${moment(one.end, now, false, zone)}`}>{wide(one) ? `Nobody, ${span((one.end - one.begin) / 1000)}` : '!'}</span>) : null}
      {draft ? <span className="bar draft" style={{ left: percent(draft.begin, window), width: width(draft, window) }}>{clock(draft.begin, zone)} to {clock(draft.end, zone)}</span> : null}
      {window.begin < now && now < window.end ? <span className="nowline" style={{ left: percent(now, window) }} /> : null}
    </div>
  );
}

export function ScheduleDrawing({ rows, window, zone, before, onRange }: { rows: Row[]; window: Span; zone: string; before?: Shift[] | undefined; onRange?: ((range: Span, over: Shift | null) => void) | undefined }) {
  return (
    <div className="sched hide-s" role="img" aria-label="The schedule as bars. The same shifts are in the list under it.">
      <div className="sched-in">
        <div className="srow">
          <div className="name" />
          <div className="days">
            {daysOf(window.begin, window.end, zone).map((day) => (
              <span key={day.begin} className={day.hours === 24 ? '' : 'odd'} style={{ left: percent(day.begin, window), width: `calc((100% * ${day.hours * 3_600_000}) / ${window.end - window.begin})` }}>
                <b>{weekday(day.begin, zone).split(' ').slice(0, 2).join(' ')}</b>{day.hours === 24 ? weekday(day.begin, zone).split(' ')[2] : `${day.hours} hours`}
              </span>
            ))}
          </div>
        </div>
        {rows.map((row, i) => (
          <div key={i} className="srow">
            <div className="name"><b>{row.name}</b>{row.second}</div>
            <Lane row={row} window={window} zone={zone} before={row.final ? before : undefined} onRange={row.final ? onRange : undefined} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** The same, as a list; the only form on a phone. */
export function ShiftList({ shifts, window, zone }: { shifts: Shift[]; window: Span; zone: string }) {
  const now = useMinute();
  const rows = [...clipped(shifts, window), ...holes(shifts, window).map((one) => ({ ...one, user: null }))].sort((a, b) => a.begin - b.begin);
  return (
    <table className="cards">
      <thead><tr><th>From</th><th>To</th><th>Who</th><th>How long</th></tr></thead>
      <tbody>
        {rows.map((one) => (
          <tr key={`${one.begin}-${one.user?.id ?? ''}`} aria-current={one.begin <= now && now < one.end ? 'time' : undefined}>
            <td>{moment(one.begin, now, false, zone)}</td><td data-l="to">{moment(one.end, now, false, zone)}</td>
            <td>{one.user ? <b><RefLink to={one.user} /></b> : <Nobody />}{one.begin <= now && now < one.end ? ', now' : ''}</td><td>{span((one.end - one.begin) / 1000)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
