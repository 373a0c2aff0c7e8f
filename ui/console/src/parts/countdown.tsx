// By the server's clock. A screen reader hears it at five minutes, one minute and nought only.

import { useSecond } from '../api/clock';
import { useLostSince } from '../api/connection';
import { clockWithSeconds, countdown, span, utc } from '../api/times';
import { When } from './base';

export function spoken(left: number): string {
  if (left <= 0) return 'now';
  if (left <= 60) return 'less than one minute';
  if (left <= 300) return 'less than five minutes';
  return '';
}

/** The server's time, which stands still while the server is not heard. */
function useKnownSecond(): number {
  const now = useSecond();
  return useLostSince() ?? now;
}

export function useSecondsUntil(at: string): number {
  return Math.max(0, Math.ceil((Date.parse(at) - useKnownSecond()) / 1000));
}

/** While the server is not heard there is nothing to count down to: the time that was planned, and no more. */
export function Countdown({ at, big }: { at: string; big?: boolean }) {
  const left = useSecondsUntil(at);
  const lost = useLostSince() !== null;
  // The hour alone, where the day is clear.
  if (lost) return <span className={big ? 'big' : ''}>{left < 43_200 ? <time dateTime={at} title={utc(at)}>{clockWithSeconds(at)}</time> : <When at={at} exact />}</span>;
  return (
    <>
      <span role="timer" aria-live="off" aria-label={span(left)} className={big ? `big ${left <= 30 ? 'late' : ''}` : ''}>{countdown(left)}</span>
      {big ? <span className="vh" aria-live="polite">{spoken(left)}</span> : null}
    </>
  );
}

/** How much of the way from `from` to `to` is behind us, as a share of the width. */
export function useRun(from: string, to: string): number {
  const now = useKnownSecond();
  const begin = Date.parse(from);
  return Math.min(1, Math.max(0, (now - begin) / Math.max(1, Date.parse(to) - begin)));
}
