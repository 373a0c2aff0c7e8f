// The one way to the server: REST by the session's cookie. Knows the header that makes the cookie count, the error
// envelope, paging, and how far the server's clock is from ours.

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** A refusal in the server's own words. `status` 0: no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** PagerDuty's number for it; 0 when there is none */
    readonly code: number,
    /** One sentence for each field that was refused. */
    readonly errors: string[],
    /** Those of them whose place in the body the server names: "event.recurrence". */
    readonly places: Record<string, string[]>,
    /** When to ask again, with 429 and 503. */
    readonly retryAfterSeconds: number | null,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** Where one act or read can be repeated from outside: what the API drawer shows. */
export interface Asked {
  method: string;
  path: string;
  body?: unknown;
}

let lastAct: Asked | null = null;
export const lastActOf = (): Asked | null => lastAct;

export function pathWith(path: string, query: Query = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    if (Array.isArray(value)) for (const one of value as readonly string[]) parts.append(`${name}[]`, one);
    else parts.append(name, String(value));
  }
  const text = parts.toString().replaceAll('%5B%5D', '[]');
  return text ? `${path}?${text}` : path;
}

let leaving = false;

/** Once, whatever number of reads were refused; nobody waits for an answer any more. */
function logIn(): Promise<never> {
  if (!leaving) location.assign(`/console/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  leaving = true;
  return new Promise(() => undefined);
}

async function refusal(answer: Response): Promise<ApiError> {
  const retry = Number(answer.headers.get('Retry-After'));
  const body: unknown = await answer.json().catch(() => null);
  const error = (body as { error?: { message?: string; code?: number; errors?: string[] | Record<string, string[]> } } | null)?.error;
  // Version 3 says where each sentence belongs.
  const places = error?.errors && !Array.isArray(error.errors) ? error.errors : {};
  return new ApiError(
    answer.status,
    error?.message ?? `The server answered ${answer.status}.`,
    error?.code ?? 0,
    Array.isArray(error?.errors) ? error.errors : Object.values(places).flat(),
    places,
    retry > 0 ? retry : null,
    answer.headers.get('X-Request-Id'),
  );
}

/** What a gateway says for a server that does not answer it. */
const gone = (answer: Response): boolean => [502, 503, 504].includes(answer.status) && !answer.headers.has('X-Request-Id');

const silent = new Set<() => void>();
/** `listener` is called when a request has got no answer of the server. */
export function onSilence(listener: () => void): () => void {
  silent.add(listener);
  return () => silent.delete(listener);
}

/** One request. Resolves with the JSON of a 2xx, `undefined` for an empty one; rejects with ApiError. */
async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        'X-Callboard-Console': '1',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    for (const one of silent) one();
    throw new ApiError(0, 'The server cannot be reached.', 0, [], {}, null, null);
  }
  if (answer.status === 401) return logIn();
  if (gone(answer)) for (const one of silent) one();
  if (!answer.ok) throw await refusal(answer);
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** An act: it is remembered as the last one. */
export function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  lastAct = { method, path, body };
  return send(method, path, body);
}

export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> => send('GET', pathWith(path, query), undefined, signal);

/** A question that is too long for an address: a POST that changes nothing. */
export const question = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> => send('POST', path, body, signal);

/** Pages that are asked for at once, after the first ones said that there are more. */
const pagesAtOnceMax = 8;

export interface Rows<T> {
  rows: T[];
  complete: boolean;
  total?: number;
}

/** Every row of a list, page after page, but never more than `most`. `complete` is false when that cut something off.
    A row that moves to the next page meanwhile is taken once. `total`, when the query asks for it, is how many there are. */
export async function every<T>(
  path: string,
  member: string,
  query: Query = {},
  signal?: AbortSignal,
  most = 1000,
): Promise<Rows<T>> {
  const limit = Number(query.limit ?? 100);
  const rows: T[] = [];
  const seen = new Set<string>();
  let total: number | undefined;
  const found = (complete: boolean): Rows<T> => ({ rows, complete, ...(total === undefined ? {} : { total }) });
  const take = (row: T) => {
    const { id } = row as { id?: string };
    if (id === undefined || !seen.has(id)) rows.push(row);
    if (id !== undefined) seen.add(id);
  };
  for (let offset = 0, width = 1; offset < most; width = Math.min(width * 2, pagesAtOnceMax)) {
    const offsets = Array.from({ length: width }, (_, i) => offset + i * limit).filter((one) => one < most);
    const pages = await Promise.all(offsets.map((one) => get<Record<string, unknown>>(path, { ...query, total: one === 0 ? query.total : undefined, limit, offset: one }, signal)));
    for (const page of pages) {
      const some = page[member] as T[];
      some.forEach(take);
      if (query.total && typeof page.total === 'number') total = page.total;
      if (!page.more || some.length === 0) return found(true);
    }
    offset += offsets.length * limit;
  }
  return found(false);
}
