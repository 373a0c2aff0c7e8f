import { expect, it, vi } from 'vitest';
import { componentsOf, isGatheringEntity, isPluginApplicableToEntity, selectorsOf, selectorsOrMapping } from './entity.js';
import type { Entity } from '@backstage/catalog-model';

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

const related = (ref: string, relations: [string, string][] = []): Entity => {
  const [kind, name] = ref.split(':default/') as [string, string];
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { name, namespace: 'default' },
    relations: relations.map(([type, targetRef]) => ({ type, targetRef })),
  };
};

function catalogOf(entities: Entity[]) {
  const refOf = (one: Entity) => `${one.kind}:default/${one.metadata.name}`;
  return {
    getEntitiesByRefs: vi.fn(async ({ entityRefs }: { entityRefs: string[] }) => ({
      items: entityRefs.map(ref => entities.find(one => refOf(one) === ref)),
    })),
  };
}

const namesOf = (found: Entity[]) => found.map(one => one.metadata.name).sort();

const team = related('group:default/team', [
  ['ownerOf', 'component:default/shop'],
  ['ownerOf', 'system:default/pay'],
  ['parentOf', 'group:default/child'],
  ['hasMember', 'user:default/guest'],
]);
const catalog = catalogOf([
  team,
  related('component:default/shop'),
  related('component:default/card'),
  related('component:default/own'),
  related('component:default/theirs'),
  related('system:default/pay', [['hasPart', 'component:default/card']]),
  related('group:default/child', [['ownerOf', 'component:default/theirs']]),
]);

it('a user stands for what their groups own, and not for what child groups own', async () => {
  const guest = related('user:default/guest', [
    ['memberOf', 'group:default/team'],
    ['ownerOf', 'component:default/own'],
  ]);
  expect(namesOf(await componentsOf(guest, catalog))).toEqual(['card', 'own', 'shop']);
});

it('a group stands for what its child groups own as well', async () => {
  expect(namesOf(await componentsOf(team, catalog))).toEqual(['card', 'shop', 'theirs']);
});
