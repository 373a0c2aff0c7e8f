import { expect, test } from 'vitest';
import { byHour, byPerson, interruptionsOf, isNight } from './interruptions';

const raw = (at: string, user_id = 'ana') => ({ at, user_id });
const utc = (id: string) => ({ name: id, zone: 'Etc/UTC' });

test('a person within a minute is interrupted once, whatever came in between', () => {
  const found = interruptionsOf([raw('2026-10-20T03:00:30Z'), raw('2026-10-20T03:00:00Z'), raw('2026-10-20T03:00:10Z', 'ben'), raw('2026-10-20T03:01:00Z')], utc);
  expect(found.map((one) => [one.user.id, one.at % 3_600_000])).toEqual([['ana', 0], ['ben', 10_000], ['ana', 60_000]]);
});

test('the hour is that of the person’s own clock, also when clocks change', () => {
  const at = (zone: string, time: string) => interruptionsOf([raw(time)], () => ({ name: 'Ana', zone }))[0];
  expect(at('Asia/Tokyo', '2026-10-18T20:00:00Z')).toMatchObject({ weekday: 0, hour: 5 });
  expect(at('Europe/Madrid', '2026-10-25T00:30:00Z')).toMatchObject({ weekday: 6, hour: 2 });
  expect(at('Europe/Madrid', '2026-10-25T23:30:00Z')).toMatchObject({ weekday: 0, hour: 0 });
});

test('nights and weekends are counted for each person', () => {
  const found = interruptionsOf([raw('2026-10-24T23:00:00Z'), raw('2026-10-20T07:59:00Z'), raw('2026-10-20T08:00:00Z'), raw('2026-10-20T12:00:00Z', 'ben')], utc);
  expect(byPerson(found)).toEqual([{ user: { id: 'ana', summary: 'ana' }, total: 3, night: 2, weekend: 1 }, { user: { id: 'ben', summary: 'ben' }, total: 1, night: 0, weekend: 0 }]);
  expect(byHour(found)[5]?.[23]).toBe(1);
  expect([21, 22, 7, 8].map((hour) => isNight({ hour }))).toEqual([false, true, true, false]);
});
