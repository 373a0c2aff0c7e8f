import { expect, test } from 'vitest';
import type { Service } from '../../api/types';
import { daysWords, newUrgency, urgencyBody, urgencyDraftOf, urgencyWords } from './urgency';

const hours = { ...newUrgency('Europe/Madrid'), urgency: 'support_hours', during: 'high', outside: 'low', raise: true };

test('support hours are written as the API takes them, and read back', () => {
  const body = urgencyBody(hours);
  expect(body).toEqual({
    incident_urgency_rule: { type: 'use_support_hours', during_support_hours: { type: 'constant', urgency: 'high' }, outside_support_hours: { type: 'constant', urgency: 'low' } },
    support_hours: { type: 'fixed_time_per_day', time_zone: 'Europe/Madrid', days_of_week: [1, 2, 3, 4, 5], start_time: '09:00:00', end_time: '17:00:00' },
    scheduled_actions: [{ type: 'urgency_change', at: { type: 'named_time', name: 'support_hours_start' }, to_urgency: 'high' }],
  });
  expect(urgencyDraftOf(body as Service, 'Etc/UTC')).toEqual(hours);
});

test('a constant rule takes the hours away that there were', () => {
  expect(urgencyBody({ ...hours, urgency: 'low' }, true)).toEqual({ incident_urgency_rule: { type: 'constant', urgency: 'low' }, support_hours: null, scheduled_actions: [] });
  expect(urgencyBody({ ...hours, urgency: 'low' })).toEqual({ incident_urgency_rule: { type: 'constant', urgency: 'low' } });
});

test('what holds is said in sentences', () => {
  expect(urgencyWords(urgencyBody(hours) as Service)).toEqual([
    'In support hours, Mon to Fri 09:00 to 17:00 (Europe/Madrid): always ring', 'Outside: never wake anybody', 'When they begin, what is open at low urgency rings']);
  expect([daysWords([7, 6]), daysWords([1, 3, 5]), daysWords([1, 2, 3, 4, 5, 6, 7])]).toEqual(['Sat, Sun', 'Mon, Wed, Fri', 'every day']);
});
