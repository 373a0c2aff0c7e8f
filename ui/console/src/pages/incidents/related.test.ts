import { expect, test } from 'vitest';
import { outlierWords, reasonOf } from './related';

test('an incident is related by what stands on what, or by what it says', () => {
  const edge = (supporting: string) => ({ type: 'service_dependency' as const, metadata: { supporting_services: [{ id: supporting }] } });
  const same = { type: 'machine_learning_inferred' as const, metadata: {} };
  expect(reasonOf({ relationships: [edge('shop')] }, 'shop')).toBe('it stands on this');
  expect(reasonOf({ relationships: [edge('db'), same] }, 'shop')).toBe('this stands on it, it says the same');
});

test('how unusual it is, in words', () => {
  const seen = (category: 'anomaly' | 'rare' | 'frequent', count: number, frequency: number) => outlierWords({ occurrence: { category, count, frequency, since: '', until: '' } });
  expect(seen('anomaly', 1, 1)).toBe('It is the first incident of this service in half a year.');
  expect(seen('anomaly', 1, 0.02)).toBe('Nothing like it in half a year, among 50 incidents of this service.');
  expect(seen('rare', 2, 0.04)).toBe('Rare: 2 of 50 incidents of this service in half a year were like this.');
});
