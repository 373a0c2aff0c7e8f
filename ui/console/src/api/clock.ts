// The server's clock, which is the one that pages people. Ours may be wrong by hours; countdowns must not be.

import { useSyncExternalStore } from 'react';

let offset = 0;

/** `now` has whole seconds: on average it is half a second old when it is written. */
export function setServerTime(now: string, sentAt: number, receivedAt: number): void {
  const theirs = Date.parse(now) + 500;
  const ours = (sentAt + receivedAt) / 2;
  const seen = theirs - ours;
  // Smaller differences are the rounding's.
  if (Math.abs(seen - offset) > 1000) offset = seen;
}

export const serverNow = (): number => Date.now() + offset;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const one of [...listeners]) one();
  }, 500);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const second = () => Math.floor(serverNow() / 1000) * 1000;
const minute = () => Math.floor(serverNow() / 60_000) * 60_000;

/** The server's time; the component is drawn again when it changes. */
export const useSecond = (): number => useSyncExternalStore(subscribe, second);
export const useMinute = (): number => useSyncExternalStore(subscribe, minute);
