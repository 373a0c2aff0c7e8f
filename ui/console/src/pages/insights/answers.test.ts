import { expect, test } from 'vitest';
import { answersByPerson, timesOf } from './answers';

test('means, medians and the 95th of a hundred, as counted by hand', () => {
  expect(timesOf([])).toEqual({ count: 0, mean: null, p50: null, p95: null });
  expect(timesOf([7])).toEqual({ count: 1, mean: 7, p50: 7, p95: 7 });
  // 10 + 20 + 31 + 600 = 661, a quarter of which is 165.25; the second of four, and the fourth.
  expect(timesOf([600, 10, 31, 20])).toEqual({ count: 4, mean: 165, p50: 20, p95: 600 });
  expect(timesOf([1, 2])).toMatchObject({ mean: 2 });
  // 1 to 20: the tenth and the nineteenth.
  expect(timesOf(Array.from({ length: 20 }, (_, i) => 20 - i))).toEqual({ count: 20, mean: 11, p50: 10, p95: 19 });
});

test('by person: what they were given, and what they resolved', () => {
  const answers = answersByPerson([
    { responses: [{ user_id: 'ana', seconds_to_acknowledge: 30 }, { user_id: 'ben', seconds_to_acknowledge: 90 }], resolved_by_user_id: 'ben', seconds_to_resolve: 600 },
    { responses: [{ user_id: 'ana', seconds_to_acknowledge: 60 }], resolved_by_user_id: null, seconds_to_resolve: 1200 },
    { responses: [], resolved_by_user_id: 'cid', seconds_to_resolve: null },
  ]);
  expect(answers.get('ana')).toEqual({ acknowledge: { count: 2, mean: 45, p50: 30, p95: 60 }, resolve: timesOf([]) });
  expect(answers.get('ben')).toMatchObject({ acknowledge: { count: 1, p95: 90 }, resolve: { count: 1, p50: 600 } });
  expect(answers.has('cid')).toBe(false);
});
