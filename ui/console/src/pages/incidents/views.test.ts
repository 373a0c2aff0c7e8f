import { beforeEach, expect, test, vi } from 'vitest';
import { readViews, withView, writeViews } from './views';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
});

test('views are kept for each person, and a name stands once', () => {
  writeViews('ana', withView(withView([], { name: 'Nights', search: '?urgency=high' }), { name: 'Nights', search: '?urgency=low' }));
  expect(readViews('ana')).toEqual([{ name: 'Nights', search: '?urgency=low' }]);
  expect(readViews('ben')).toEqual([]);
});

test('at most twenty, and what is no view is left out', () => {
  let views = readViews('ana');
  for (let i = 0; i < 25; ++i) views = withView(views, { name: `v${i}`, search: '?' });
  expect(views.map((one) => one.name)).toEqual(Array.from({ length: 20 }, (_, i) => `v${i + 5}`));
  kept.set('callboard.views.ana', '[{"name":"x","search":"javascript:alert(1)"},7,null]');
  expect(readViews('ana')).toEqual([]);
  kept.set('callboard.views.ana', 'not json');
  expect(readViews('ana')).toEqual([]);
});
