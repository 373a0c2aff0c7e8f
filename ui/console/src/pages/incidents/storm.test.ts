import { expect, test } from 'vitest';
import { stormShape, stormWords } from './storm';

const begin = Date.parse('2026-10-20T01:00:00Z');
const alert = (second: number, host = 'a') => ({
  created_at: new Date(begin + second * 1000).toISOString(),
  body: { cef_details: { source_origin: host, source_component: null, service_group: null, event_class: null, client: null, client_url: null } },
});

test('bars cover the life of the storm and hold every alert', () => {
  const shape = stormShape([0, 1, 11, 12, 13, 35].map((second) => alert(second)), begin + 40_000);
  expect(shape.secondsPerBar).toBe(10);
  expect(shape.bars).toEqual([2, 3, 0, 1, 0]);
});

test('a long storm gets wider bars instead of more', () => {
  const shape = stormShape([alert(0), alert(7200)], begin + 7_200_000);
  expect(shape.bars.length).toBeLessThanOrEqual(43);
  expect(shape.bars.reduce((a, b) => a + b)).toBe(2);
});

test('it says whether it grows, and how many hosts take part', () => {
  const many = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => alert(from + i, `h${i % 3}`));
  expect(stormShape([alert(0), ...many(70, 80)], begin + 80_000)).toMatchObject({ trend: 'growing', hosts: 4 });
  expect(stormShape([...many(0, 30), alert(79)], begin + 80_000).trend).toBe('slowing');
});

test('hosts of a part are not called the hosts of all', () => {
  const shape = stormShape([alert(0, 'a'), alert(1, 'b')], begin + 2_000);
  expect(stormWords(shape, 2, 2)).toBe('from 2 hosts, steady');
  expect(stormWords(shape, 500, 734)).toBe('the newest 500 of 734 are from 2 hosts, steady');
});
