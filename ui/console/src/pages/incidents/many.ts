// One request for each of many incidents: a few at a time, and what failed is named.

import { ApiError } from '../../api/client';

const atOnceMax = 4;

export interface Done<T, R> {
  made: R[];
  failed: { item: T; error: unknown }[];
}

/** All of them are tried, whatever becomes of the others; both lists are in the order of `items`. */
export async function each<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<Done<T, R>> {
  const outcomes: ({ made: R } | { error: unknown })[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < items.length; at = next++) {
      try {
        outcomes[at] = { made: await act(items[at] as T) };
      } catch (error) {
        outcomes[at] = { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, work));
  return {
    made: outcomes.flatMap((one) => ('made' in one ? [one.made] : [])),
    failed: outcomes.flatMap((one, at) => ('error' in one ? [{ item: items[at] as T, error: one.error }] : [])),
  };
}

const sentence = (error: unknown): string => (error instanceof ApiError ? [error.message, ...error.errors].join('. ') : 'Something in this page went wrong.');

/** "3 of 5 were snoozed", and why each of the others was not. One alone fails with its own words. */
export function refusalOf<T extends { incident_number: number }>(failed: Done<T, unknown>['failed'], all: number, word: string): unknown {
  const [first] = failed;
  if (all === 1 || !first) return first?.error;
  const { status = 0, retryAfterSeconds = null, requestId = null } = first.error instanceof ApiError ? first.error : {};
  const done = all - failed.length;
  const many = `${done === 0 ? 'None' : done} of ${all} ${done === 1 ? 'was' : 'were'} ${word}.`;
  return new ApiError(status, many, 0, failed.map(({ item, error }) => `#${item.incident_number}: ${sentence(error)}`), {}, retryAfterSeconds, requestId);
}
