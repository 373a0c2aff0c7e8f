import { expect, it } from 'vitest';
import { isGatheringEntity, isPluginApplicableToEntity, selectorsOf, selectorsOrMapping } from './entity.js';

const entity = (annotations?: Record<string, string>, kind = 'Component') => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name: 'shop', annotations },
});

const ref = { entity_ref: 'component:default/shop', account: undefined };

it('an entity names its service by id or by key, and the id is preferred', () => {
  expect(selectorsOf(entity({ 'pagerduty.com/service-id': ' P1 ' }))).toEqual([{ service_id: 'P1', ...ref }]);
  expect(selectorsOf(entity({ 'pagerduty.com/integration-key': 'K' }))).toEqual([{ integration_key: 'K', ...ref }]);
  const both = entity({ 'pagerduty.com/service-id': 'P1', 'pagerduty.com/integration-key': 'K', 'pagerduty.com/account': 'eu' });
  expect(selectorsOf(both)).toEqual([{ service_id: 'P1', entity_ref: ref.entity_ref, account: 'eu' }]);
});

it('several ids are several services, each once', () => {
  expect(selectorsOf(entity({ 'pagerduty.com/service-id': 'P1, P2,,P1' })).map(one => one.service_id)).toEqual(['P1', 'P2']);
});

it('an entity without either is not for the card, and is asked for by its reference elsewhere', () => {
  for (const one of [entity(), entity({}), entity({ 'pagerduty.com/service-id': ' ' })]) {
    expect(isPluginApplicableToEntity(one)).toBe(false);
    expect(selectorsOrMapping(one)).toEqual([{ entity_ref: 'component:default/shop' }]);
  }
});

it('systems, domains, groups and users stand for many', () => {
  expect(['System', 'domain', 'Group', 'User', 'Component', 'API'].map(kind => isGatheringEntity(entity({}, kind)))).toEqual([true, true, true, true, false, false]);
});
