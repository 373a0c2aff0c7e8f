// How fast people answer: how long what was given to somebody took them to acknowledge, and how long what they resolved had lasted.

export interface RawAnswers {
  responses: { user_id: string; seconds_to_acknowledge: number }[];
  resolved_by_user_id: string | null;
  seconds_to_resolve: number | null;
}

export interface Times {
  count: number;
  mean: number | null;
  p50: number | null;
  p95: number | null;
}

/** As the server counts: means to whole seconds, percentiles by nearest rank. */
export function timesOf(values: number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  if (count === 0) return { count, mean: null, p50: null, p95: null };
  const rank = (percent: number) => sorted[Math.ceil((count * percent) / 100) - 1] ?? null;
  return { count, mean: Math.floor((sorted.reduce((a, b) => a + b) + Math.floor(count / 2)) / count), p50: rank(50), p95: rank(95) };
}

export interface Answers {
  acknowledge: Times;
  resolve: Times;
}

export function answersByPerson(incidents: RawAnswers[]): Map<string, Answers> {
  const times = new Map<string, { acknowledge: number[]; resolve: number[] }>();
  const of = (id: string) => {
    const found = times.get(id) ?? { acknowledge: [], resolve: [] };
    times.set(id, found);
    return found;
  };
  for (const one of incidents) {
    for (const { user_id: id, seconds_to_acknowledge: seconds } of one.responses) of(id).acknowledge.push(seconds);
    if (one.resolved_by_user_id && one.seconds_to_resolve !== null) of(one.resolved_by_user_id).resolve.push(one.seconds_to_resolve);
  }
  return new Map([...times].map(([id, { acknowledge, resolve }]) => [id, { acknowledge: timesOf(acknowledge), resolve: timesOf(resolve) }]));
}
