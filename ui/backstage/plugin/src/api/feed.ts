/** Between a change that was told and the next question for one: many changes at once are one. */
const PAUSE_MS = 1_000;
const RETRY_MIN_MS = 5_000;
const RETRY_MAX_MS = 5 * 60_000;

/**
 * Tells of changes for as long as somebody listens and the page is seen. One question is held by the backend until there is something
 * to tell, whatever the number of cards; it goes the way of all others, with the same credentials, through the same proxies.
 */
export class ChangeFeed {
  readonly #wait: (heard: number | undefined, signal: AbortSignal) => Promise<number>;
  readonly #listeners = new Set<() => void>();
  #running: AbortController | undefined;

  /** `wait` answers with the number of changes: at once without one that was heard, else when there are more, or after a while. */
  constructor(wait: (heard: number | undefined, signal: AbortSignal) => Promise<number>) {
    this.#wait = wait;
  }

  /** @returns what ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) document.addEventListener('visibilitychange', this.#look);
    this.#look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) document.removeEventListener('visibilitychange', this.#look);
      this.#look();
    };
  }

  readonly #look = () => {
    const wanted = this.#listeners.size > 0 && !document.hidden;
    if (wanted === Boolean(this.#running)) return;
    if (!wanted) {
      this.#running?.abort();
      this.#running = undefined;
      return;
    }
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  };

  async #run(signal: AbortSignal) {
    let heard: number | undefined;
    let retry = RETRY_MIN_MS;
    while (!signal.aborted) {
      try {
        const changes = await this.#wait(heard, signal);
        if (signal.aborted) return;
        if (heard !== undefined && changes !== heard) for (const listener of [...this.#listeners]) listener();
        heard = changes;
        retry = RETRY_MIN_MS;
        await pause(PAUSE_MS, signal);
      } catch {
        // Whoever shows something asks for it now and then anyway.
        await pause(retry, signal);
        retry = Math.min(retry * 2, RETRY_MAX_MS);
      }
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
