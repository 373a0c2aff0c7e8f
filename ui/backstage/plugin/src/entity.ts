// Which services an entity is connected with, by its annotations.

import { stringifyEntityRef } from '@backstage/catalog-model';
import type { Entity } from '@backstage/catalog-model';
import type { Selector } from './api/types.js';

export const PAGERDUTY_SERVICE_ID = 'pagerduty.com/service-id';
export const PAGERDUTY_INTEGRATION_KEY = 'pagerduty.com/integration-key';
export const PAGERDUTY_ACCOUNT = 'pagerduty.com/account';

const annotation = (entity: Entity, name: string) => entity.metadata.annotations?.[name]?.trim() ?? '';

/** Whether an entity names a service: by its id, or by the key of one of its integrations. */
export function isPluginApplicableToEntity(entity: Entity): boolean {
  return selectorsOf(entity).length > 0;
}

/** The kinds that stand for many components. */
export function isGatheringEntity(entity: Entity): boolean {
  return ['system', 'domain', 'group', 'user'].includes(entity.kind.toLowerCase());
}

/**
 * One selector for each service of the entity. `pagerduty.com/service-id` may name several, separated by commas (one for each
 * environment, say). The id is preferred to the key, which is a secret and need not be in the catalog at all.
 */
export function selectorsOf(entity: Entity): Selector[] {
  const account = annotation(entity, PAGERDUTY_ACCOUNT) || undefined;
  const entity_ref = stringifyEntityRef(entity);
  const ids = annotation(entity, PAGERDUTY_SERVICE_ID)
    .split(',')
    .map(id => id.trim())
    .filter(Boolean);
  if (ids.length) return [...new Set(ids)].map(service_id => ({ service_id, account, entity_ref }));
  const integration_key = annotation(entity, PAGERDUTY_INTEGRATION_KEY);
  return integration_key ? [{ integration_key, account, entity_ref }] : [];
}

/** As {@link selectorsOf}; an entity without annotations is asked for by its reference, under which it may be mapped. */
export function selectorsOrMapping(entity: Entity): Selector[] {
  const selectors = selectorsOf(entity);
  return selectors.length ? selectors : [{ entity_ref: stringifyEntityRef(entity) }];
}
