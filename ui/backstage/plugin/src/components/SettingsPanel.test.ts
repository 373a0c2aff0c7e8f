import { describe, expect, it } from 'vitest';
import { runSentence } from './SettingsPanel.js';

const run = { began_at: '', ended_at: '', entities: 2, dependencies_added: 0, dependencies_removed: 0, values_written: 0, failures: 0, problems: [] };

describe('what a run did', () => {
  it('is said in one sentence', () => {
    expect(runSentence({ ...run, dependencies_added: 1, values_written: 3 })).toBe('2 entities with a service: 1 dependency added, 3 values written.');
    expect(runSentence({ ...run, dependencies_removed: 2, entities: 1 })).toBe('1 entity with a service: 2 dependencies removed.');
    expect(runSentence(run)).toBe('2 entities with a service: nothing to change.');
    expect(runSentence({ ...run, entities: 0 })).toContain('nothing is chosen');
  });
});
