import { expect, it } from 'vitest';
import { delayUntil, nextDelay } from './hooks.js';

it('asks at its pace, later after each failure, and never before it is wanted', () => {
  expect(nextDelay(20_000, 0, undefined)).toBe(20_000);
  expect(nextDelay(20_000, 1, undefined)).toBe(40_000);
  expect(nextDelay(20_000, 2, undefined)).toBe(80_000);
  expect(nextDelay(20_000, 99, undefined)).toBe(300_000);
  expect(nextDelay(20_000, 1, 90)).toBe(90_000);
  expect(nextDelay(600_000, 3, undefined)).toBe(600_000);
});

it('asks sooner for what is to come, though not at once', () => {
  expect(delayUntil(20_000, undefined)).toBe(20_000);
  expect(delayUntil(20_000, 7)).toBe(7_000);
  expect(delayUntil(20_000, 1)).toBe(3_000);
  expect(delayUntil(20_000, 90)).toBe(20_000);
});
