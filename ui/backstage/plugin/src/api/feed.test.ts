import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeFeed } from './feed.js';

/** A page that can be hidden, as far as the feed looks at one. */
const page = Object.assign(new EventTarget(), { hidden: false });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
});
afterEach(() => {
  page.hidden = false;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What the backend is asked waits here for its answer. */
function backend() {
  const asked: { heard: number | undefined; signal: AbortSignal; answer: (changes: number) => void; fail: (error: Error) => void }[] = [];
  const feed = new ChangeFeed((heard, signal) => new Promise((answer, fail) => asked.push({ heard, signal, answer, fail })));
  return { asked, feed };
}

const settle = () => vi.advanceTimersByTimeAsync(1_000);

describe('the feed of changes', () => {
  it('holds one question for all who listen, and tells each of a change', async () => {
    const { asked, feed } = backend();
    const [one, other] = [vi.fn(), vi.fn()];
    feed.listen(one);
    feed.listen(other);
    asked[0]?.answer(7);
    await settle();
    expect(one).not.toHaveBeenCalled();
    expect(asked.map(({ heard }) => heard)).toEqual([undefined, 7]);
    asked[1]?.answer(9);
    await settle();
    expect(one).toHaveBeenCalledTimes(1);
    expect(other).toHaveBeenCalledTimes(1);
    asked[2]?.answer(9);
    await settle();
    expect(one).toHaveBeenCalledTimes(1);
    expect(asked[3]?.heard).toBe(9);
  });

  it('asks nothing while the page is hidden or nobody listens', async () => {
    const { asked, feed } = backend();
    const end = feed.listen(vi.fn());
    page.hidden = true;
    page.dispatchEvent(new Event('visibilitychange'));
    expect(asked[0]?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBe(1);
    page.hidden = false;
    page.dispatchEvent(new Event('visibilitychange'));
    expect(asked.length).toBe(2);
    end();
    expect(asked[1]?.signal.aborted).toBe(true);
  });

  it('comes back later and later to a backend that is away', async () => {
    const { asked, feed } = backend();
    feed.listen(vi.fn());
    asked[0]?.fail(new Error('away'));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked.length).toBe(2);
    asked[1]?.fail(new Error('away'));
    await vi.advanceTimersByTimeAsync(9_000);
    expect(asked.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.length).toBe(3);
  });
});
