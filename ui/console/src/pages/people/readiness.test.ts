import { expect, test } from 'vitest';
import type { NotificationRule } from '../../api/types';
import { readiness } from './readiness';

const rule = (type: string, minutes: number, urgency = 'high', more = {}) =>
  ({ urgency, start_delay_in_minutes: minutes, contact_method: { id: type, type: `${type}_contact_method`, summary: '', enabled: true, ...more } }) as unknown as NotificationRule;

test('e-mail alone wakes nobody', () => {
  expect(readiness('Priya', [rule('email', 0)])).toMatchObject({ verdict: 'unreachable' });
  expect(readiness('Priya', [rule('phone', 0, 'low')])).toMatchObject({ verdict: 'unreachable' });
  expect(readiness('Priya', [])).toMatchObject({ verdict: 'unreachable' });
});

test('one late or one single way is weak', () => {
  expect(readiness('Ben', [rule('email', 0), rule('phone', 10)]).sentence).toBe('Ben is rung only after 10 minutes.');
  expect(readiness('Ben', [rule('sms', 0)]).verdict).toBe('weak');
});

test('a method that is off or refused does not count', () => {
  expect(readiness('Ben', [rule('sms', 0, 'high', { blacklisted: true }), rule('email', 0)]).verdict).toBe('unreachable');
  expect(readiness('Ben', [rule('phone', 0, 'high', { enabled: false }), rule('email', 0)]).verdict).toBe('unreachable');
});

test('a soon call and a second channel are ready, and every check says so', () => {
  const ready = readiness('Ana', [rule('push_notification', 0), rule('phone', 2)]);
  expect(ready.verdict).toBe('ready');
  expect(ready.checks.every((one) => one.met)).toBe(true);
});
