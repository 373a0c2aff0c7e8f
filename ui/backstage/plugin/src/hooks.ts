import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';

/** How long an answer is good for, in milliseconds. */
export const POLL_MS = 20_000;
/** Between two questions that changes are the reason for, or something that is still to come. */
const SOON_MS = 3_000;
const RETRY_MAX_MS = 5 * 60_000;

export interface Polled<Value> {
  value: Value | undefined;
  /** Of the last try; the value before it is kept. */
  error: Error | undefined;
  loading: boolean;
  /** When the value came, by the browser's clock. */
  at: number | undefined;
  refresh(): void;
}

/** The time until the next try: longer after each failure, and never before the server wants to be asked again. */
export function nextDelay(every: number, failures: number, retryAfterSeconds: number | undefined): number {
  const backedOff = Math.min(every * 2 ** Math.min(failures, 10), Math.max(every, RETRY_MAX_MS));
  return Math.max(failures ? backedOff : every, (retryAfterSeconds ?? 0) * 1000);
}

/** The time until the next question when something that the answer lacks is to come in so many seconds. */
export function delayUntil(every: number, comesInSeconds: number | undefined): number {
  return comesInSeconds === undefined ? every : Math.min(every, Math.max(SOON_MS, comesInSeconds * 1000));
}

/**
 * Asks at once, then every `every` milliseconds while the page is seen; a hidden page asks nothing, and again as soon as it is
 * shown. One question at a time; a question whose `key` has changed is dropped. With `onChange` it also asks soon after each change, and with
 * `comesIn` when something that the answer lacks is to come.
 */
export function usePolled<Value>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Value>,
  every: number = POLL_MS,
  onChange?: (listener: () => void) => () => void,
  comesIn?: (value: Value) => number | undefined,
): Polled<Value> {
  const [state, setState] = useState<Omit<Polled<Value>, 'refresh'> & { key: string }>({
    key,
    value: undefined,
    error: undefined,
    loading: true,
    at: undefined,
  });
  const asked = useRef(ask);
  asked.current = ask;
  const follow = useRef(onChange);
  follow.current = onChange;
  const awaited = useRef(comesIn);
  awaited.current = comesIn;
  const again = useRef<() => void>(() => {});

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let running: AbortController | undefined;
    let failures = 0;
    let missed = false;
    let ended = false;
    let began = 0;

    const schedule = (delay: number) => {
      clearTimeout(timer);
      if (!ended) timer = setTimeout(run, delay);
    };
    const run = async () => {
      clearTimeout(timer);
      if (document.hidden) {
        missed = true;
        return;
      }
      running?.abort();
      began = Date.now();
      const mine = new AbortController();
      running = mine;
      setState(before => ({ ...before, loading: true }));
      try {
        const value = await asked.current(mine.signal);
        if (mine.signal.aborted) return;
        failures = 0;
        setState({ key, value, error: undefined, loading: false, at: Date.now() });
        schedule(delayUntil(every, awaited.current?.(value)));
      } catch (error) {
        if (mine.signal.aborted) return;
        setState(before => ({ ...before, error: error as Error, loading: false }));
        const wait = (error as { retryAfterSeconds?: number }).retryAfterSeconds;
        schedule(nextDelay(every, ++failures, wait));
      }
    };
    const seen = () => {
      if (!document.hidden && missed) {
        missed = false;
        void run();
      }
    };
    // One that fails is not asked more often for it.
    const changed = () => failures === 0 && schedule(Math.max(0, began + SOON_MS - Date.now()));
    const unfollow = follow.current?.(changed);
    setState({ key, value: undefined, error: undefined, loading: true, at: undefined });
    again.current = () => void run();
    document.addEventListener('visibilitychange', seen);
    void run();
    return () => {
      ended = true;
      unfollow?.();
      clearTimeout(timer);
      running?.abort();
      document.removeEventListener('visibilitychange', seen);
    };
  }, [key, every]);

  const refresh = useCallback(() => again.current(), []);
  // For one render after a change of key the state is still that of the old one.
  if (state.key !== key) return { value: undefined, error: undefined, loading: true, at: undefined, refresh };
  return { ...state, refresh };
}

/** The time, kept current by the second where seconds are shown. */
export function useNow(every = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** By how much the browser's clock is ahead of the backend's, in milliseconds. */
export const ClockSkew = createContext(0);

/** The time by the backend's clock, for ages of what the backend has read. */
export function useBackendNow(every?: number): number {
  return useNow(every) - useContext(ClockSkew);
}

/** What is typed, a moment after the last key. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), 300);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
