import { expect, test } from 'vitest';
import { resource } from '../../parts/terraform';
import { overridesFor, readRule, ruleText, ruleWords, shiftBlock, shiftRows, wallTime, type ComputedShift, type ShiftEvent, type ShiftSchedule } from './shift_plan';

const user = (id: string) => ({ id, type: 'user_reference', summary: id });
const shift = (from: string, to: string, who: string | null, source: Partial<ComputedShift['source']> = { rotation_id: 'R1' }): ComputedShift => ({
  start_time: `2026-10-20T${from}:00Z`, end_time: `2026-10-20T${to}:00Z`, member: who ? { type: 'user_member', user_id: who } : { type: 'empty_member' }, source: { type: 'schedule_rotation', ...source },
});

test('rules are read and written alike, and told in words', () => {
  const text = 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR';
  const rule = readRule([text]);
  expect(rule && ruleText(rule)).toBe(text);
  expect(ruleWords([text])).toBe('every 2 weeks on Mon, Fri');
  expect(ruleWords(['RRULE:FREQ=DAILY'])).toBe('every day');
});

test('a rule that says more than the form can is left as it is', () => {
  for (const rule of ['RRULE:FREQ=MONTHLY', 'RRULE:FREQ=WEEKLY;COUNT=3', 'RRULE:FREQ=DAILY;BYDAY=MO', 'RRULE:FREQ=WEEKLY;BYDAY=1MO']) expect(readRule([rule])).toBeNull();
  expect(readRule(['RRULE:FREQ=DAILY', 'EXDATE:20300101T000000'])).toBeNull();
  expect(ruleWords(['RRULE:FREQ=MONTHLY'])).toBe('RRULE:FREQ=MONTHLY');
});

test('what is left to nobody is a hole, and each rotation has its row', () => {
  const schedule = { rotations: [{ id: 'R1', events: [] }], final_schedule: { computed_shift_assignments: [shift('00:00', '08:00', 'ana'), shift('08:00', '16:00', null), shift('10:00', '12:00', 'ben', { shift_id: 'C1' })] } } as unknown as ShiftSchedule;
  const rows = shiftRows(schedule, [user('ana'), user('ben')]);
  expect(rows.map((row) => [row.name, row.shifts.map((one) => one.user.id)])).toEqual([['Final', ['ana', 'ben']], ['Rotation 1', ['ana']], ['Custom shifts', ['ben']]]);
});

test('an override is one for each shift that it touches, clipped to the time asked for', () => {
  const computed = [shift('00:00', '08:00', 'ana'), shift('08:00', '16:00', 'ben'), shift('16:00', '20:00', 'ana', { shift_id: 'C1' })];
  const made = overridesFor(computed, 'ana', 'cleo', Date.parse('2026-10-20T06:00:00Z'), Date.parse('2026-10-20T18:00:00Z'));
  expect(made.map((one) => [one.rotation_id, one.custom_shift_id, one.start_time.slice(11, 16), one.end_time.slice(11, 16), one.overriding_member.user_id])).toEqual([
    ['R1', undefined, '06:00', '08:00', 'cleo'], [undefined, 'C1', '16:00', '18:00', 'cleo']]);
});

test('a schedule of shifts as Terraform has it: rotations, events, members; what has ended is left out', () => {
  const event = (name: string, until: string | null): ShiftEvent => ({
    id: name, name, start_time: { date_time: '2026-01-05T09:00:00Z', time_zone: 'Europe/Madrid' }, end_time: { date_time: '2026-01-06T09:00:00Z', time_zone: 'Europe/Madrid' },
    effective_since: '2026-01-05T08:00:00Z', effective_until: until, recurrence: ['RRULE:FREQ=DAILY'],
    assignment_strategy: { type: 'rotating_member_assignment_strategy', shifts_per_member: 1, members: [{ type: 'user_member', user_id: 'PANA' }, { type: 'empty_member' }] },
  });
  const schedule: ShiftSchedule = {
    id: 'PSCHED', type: 'schedule_v3', summary: 'Days', name: 'Days', description: null, time_zone: 'Europe/Madrid', teams: [], escalation_policies: [],
    rotations: [{ id: 'R1', events: [event('Old', '2026-02-01T00:00:00Z'), event('Days', null)] }, { id: 'R2', events: [] }],
  };
  const text = resource('pagerduty_schedulev2', schedule.name, shiftBlock(schedule, Date.parse('2026-03-01T00:00:00Z')), schedule.id);
  expect(text).toBe(`resource "pagerduty_schedulev2" "days" {
  name      = "Days"
  time_zone = "Europe/Madrid"
  rotation {
    event {
      name            = "Days"
      start_time      = "2026-01-05T09:00:00Z"
      end_time        = "2026-01-06T09:00:00Z"
      effective_since = "2026-01-05T08:00:00Z"
      recurrence      = ["RRULE:FREQ=DAILY"]
      assignment_strategy {
        type              = "rotating_member_assignment_strategy"
        shifts_per_member = 1
        member {
          type    = "user_member"
          user_id = "PANA"
        }
        member {
          type = "empty_member"
        }
      }
    }
  }
}

# terraform import pagerduty_schedulev2.days PSCHED`);
});

test('when a rotation begins is told as other times are, by the clock of its own zone', () => {
  expect(wallTime({ date_time: '2026-01-05T09:00:00Z', time_zone: 'Europe/Madrid' })).toBe('Mon 5 Jan 09:00');
});
