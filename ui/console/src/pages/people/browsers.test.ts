import { expect, test } from 'vitest';
import { browserWords } from './browsers';

test('browsers that name each other are told apart', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  expect(browserWords(`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/143.0.0.0 Safari/537.36`)).toBe('Chrome on Linux');
  expect(browserWords(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0`)).toBe('Edge on Windows');
  expect(browserWords('Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1')).toBe('Safari on an iPhone');
  expect(browserWords('Mozilla/5.0 (Android 15; Mobile; rv:135.0) Gecko/135.0 Firefox/135.0')).toBe('Firefox on Android');
});

test('what is no browser keeps its own words', () => {
  expect(browserWords('curl/8.5.0')).toBe('curl/8.5.0');
  expect(browserWords('')).toBe('An unknown browser');
});
