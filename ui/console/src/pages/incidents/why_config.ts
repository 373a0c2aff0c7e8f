// On which settings a decision was based, in words.

import type { ConfigUse, Decision, NamedConfig } from '../../api/types';

export const kindWords: Record<ConfigUse['kind'], string> = {
  service: 'Service', escalation_policy: 'Escalation policy', schedule: 'Schedule', notification_rules: 'Notification rules', alert_grouping_setting: 'Alert grouping',
};

const keyOf = (use: ConfigUse): string => `${use.kind} ${use.object.id} ${use.version}`;

/** "Storefront first line, version 3" */
function words(use: ConfigUse, names: ReadonlyMap<string, string>): string {
  const name = use.object.summary || names.get(keyOf(use)) || kindWords[use.kind];
  return `${use.kind === 'notification_rules' ? `rules of ${name}` : name}, version ${use.version}`;
}

/** What each decision was based on, as far as it was not named at one before. */
export function basesOf(decisions: readonly Pick<Decision, 'config'>[], config: readonly NamedConfig[]): string[] {
  const names = new Map(config.map((one) => [keyOf(one), one.name]));
  const named = new Set<string>();
  return decisions.map((one) => {
    const fresh = one.config.filter((use) => !named.has(keyOf(use)));
    for (const use of fresh) named.add(keyOf(use));
    return fresh.map((use) => words(use, names)).join('; ');
  });
}

/** The versions that were followed by another while the incident was open: the same thing stands below with a higher one. */
export const isOutdated = (one: NamedConfig, all: readonly NamedConfig[]): boolean =>
  all.some((other) => other.kind === one.kind && other.object.id === one.object.id && other.version > one.version);

/** A sentence that others wrote ends, whatever follows it. */
export const ended = (sentence: string): string => (/[.!?…"”]$/.test(sentence) ? sentence : `${sentence}.`);
