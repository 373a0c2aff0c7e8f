import { expect, test } from 'vitest';
import { ApiError } from '../../api/client';
import { each, refusalOf } from './many';

const refused = new ApiError(400, 'Invalid Input Provided', 2001, ['Incident is resolved'], {}, null, 'R1');

test('all are tried, four at a time, and kept in their order', async () => {
  let now = 0;
  let most = 0;
  const { made, failed } = await each([5, 4, 3, 2, 1, 0], async (n) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, n));
    now--;
    if (n === 3) throw refused;
    return n * 10;
  });
  expect(most).toBe(4);
  expect(made).toEqual([50, 40, 20, 10, 0]);
  expect(failed).toEqual([{ item: 3, error: refused }]);
});

test('what failed is named; one alone says what the server said', () => {
  const failed = [{ item: { incident_number: 12 }, error: refused }];
  const many = refusalOf(failed, 5, 'snoozed') as ApiError;
  expect(many.message).toBe('4 of 5 were snoozed.');
  expect(many.errors).toEqual(['#12: Invalid Input Provided. Incident is resolved']);
  expect((refusalOf(failed, 2, 'snoozed') as ApiError).message).toBe('1 of 2 was snoozed.');
  expect(refusalOf(failed, 1, 'snoozed')).toBe(refused);
});
