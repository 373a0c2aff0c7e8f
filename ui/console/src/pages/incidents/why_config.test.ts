import { expect, test } from 'vitest';
import type { ConfigUse, NamedConfig } from '../../api/types';
import { basesOf, ended, isOutdated } from './why_config';

const use = (kind: ConfigUse['kind'], summary: string, version: number): ConfigUse => ({ kind, version, object: { id: summary, type: '', summary } });
const named = (one: ConfigUse, name = one.object.summary): NamedConfig => ({ ...one, name, since: null });

test('each version stands where it first had a say', () => {
  const policy = use('escalation_policy', 'Shop', 1);
  const schedule = use('schedule', 'Days', 4);
  const bases = basesOf([{ config: [policy, schedule] }, { config: [schedule, policy] }, { config: [use('notification_rules', 'Ana Ruiz', 2)] }, { config: [] }, { config: [use('escalation_policy', 'Shop', 2)] }], []);
  expect(bases).toEqual(['Shop, version 1; Days, version 4', '', 'rules of Ana Ruiz, version 2', '', 'Shop, version 2']);
});

test('what has no name of its own has that of the list, or its kind', () => {
  const grouping = { ...use('alert_grouping_setting', '', 1), object: { id: 'G', type: '', summary: '' } };
  expect(basesOf([{ config: [grouping] }], [named(grouping, 'By host')])).toEqual(['By host, version 1']);
  expect(basesOf([{ config: [grouping] }], [])).toEqual(['Alert grouping, version 1']);
});

test('a sentence ends once', () => {
  expect([ended('Told.'), ended('Not told: nobody answers'), ended('"Please look"')]).toEqual(['Told.', 'Not told: nobody answers.', '"Please look"']);
});

test('a version is outdated when a later one is in use too', () => {
  const all = [named(use('service', 'Shop', 1)), named(use('service', 'Shop', 2)), named(use('schedule', 'Shop', 1))];
  expect(all.map((one) => isOutdated(one, all))).toEqual([true, false, false]);
});
