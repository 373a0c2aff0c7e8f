// Whether what is on the screen is what the server has now. The stream of changes is the witness: it is always asked, and
// answered within half a minute. Where it is not, the page says since when, and nothing on it speaks in the present tense.

import { useSyncExternalStore } from 'react';
import { serverNow } from './clock';

/** Longer than the server lets a page wait for a change (waiting_room.cpp), and the way. */
const silentMs = 40_000;
/** A server that is started anew is back before anybody needs to know. */
const graceMs = 3_000;

/** Calls `changed` when the connection is lost and when it is there again. Time is passed in. */
export class Connection {
  /** When the server was last heard, by its own clock; null while it is. */
  lostSince: number | null = null;
  private failing: number | null = null;

  constructor(private heardAt: number, private readonly changed: () => void) {}

  /** The server answered. True: for the first time after it was lost. */
  heard(now: number): boolean {
    this.heardAt = now;
    this.failing = null;
    if (this.lostSince === null) return false;
    this.lostSince = null;
    this.changed();
    return true;
  }

  /** A question was not answered. */
  failed(now: number): void {
    this.failing ??= now;
    this.look(now);
  }

  /** The page was hidden, and asked nothing meanwhile: its silence means nothing. */
  resumed(now: number): void {
    if (this.lostSince === null && this.failing === null) this.heardAt = now;
  }

  /** Time has passed. True: nothing was heard for so long that it is to be asked anew. */
  look(now: number): boolean {
    const silent = now - this.heardAt > silentMs;
    if (this.lostSince === null && (silent || (this.failing !== null && now - this.failing >= graceMs))) {
      this.lostSince = this.heardAt;
      this.changed();
    }
    return silent;
  }
}

const listeners = new Set<() => void>();
export const connection = new Connection(serverNow(), () => {
  for (const one of [...listeners]) one();
});

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Since when the server has not been heard; null while all is well. */
export const useLostSince = (): number | null => useSyncExternalStore(subscribe, () => connection.lostSince);
