// By the server's clock. A screen reader hears it at five minutes, one minute and nought only.

import { useSecond } from '../api/clock';
import { countdown, span } from '../api/times';

export function spoken(left: number): string {
  if (left <= 0) return 'now';
  if (left <= 60) return 'less than one minute';
  if (left <= 300) return 'less than five minutes';
  return '';
}

export function useSecondsUntil(at: string): number {
  return Math.max(0, Math.ceil((Date.parse(at) - useSecond()) / 1000));
}

export function Countdown({ at, big }: { at: string; big?: boolean }) {
  const left = useSecondsUntil(at);
  return (
    <>
      <span role="timer" aria-live="off" aria-label={span(left)} className={big ? `big ${left <= 30 ? 'late' : ''}` : ''}>{countdown(left)}</span>
      {big ? <span className="vh" aria-live="polite">{spoken(left)}</span> : null}
    </>
  );
}

/** How much of the way from `from` to `to` is behind us, as a share of the width. */
export function useRun(from: string, to: string): number {
  const now = useSecond();
  const begin = Date.parse(from);
  return Math.min(1, Math.max(0, (now - begin) / Math.max(1, Date.parse(to) - begin)));
}
