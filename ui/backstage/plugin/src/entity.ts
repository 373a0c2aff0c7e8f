// Which services an entity is connected with, by its annotations, and which components it stands for.

import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { Entity } from '@backstage/catalog-model';
import type { Selector } from './api/types.js';

export const PAGERDUTY_SERVICE_ID = 'pagerduty.com/service-id';
export const PAGERDUTY_INTEGRATION_KEY = 'pagerduty.com/integration-key';
export const PAGERDUTY_ACCOUNT = 'pagerduty.com/account';

/** What the annotations of an entity say of its service, under the names that the plugin of PagerDuty gives them. */
export interface PagerDutyEntity {
  name: string;
  integrationKey?: string;
  serviceId?: string;
  account?: string;
}

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

/** What the backend allows in one question, and more than anybody reads. */
export const ROWS_MAX = 200;
const MEMBER_KINDS = ['component', 'api', 'resource', 'system', 'domain', 'group'];

/**
 * The components that an entity stands for: what a system or domain has as parts, what a group or user owns, what the groups that a
 * user is a member of own, and what the systems and child groups among these have in turn.
 */
export async function componentsOf(
  entity: Entity,
  catalog: { getEntitiesByRefs: (request: { entityRefs: string[]; fields: string[] }) => Promise<{ items: (Entity | undefined)[] }> },
): Promise<Entity[]> {
  const fields = ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title', 'metadata.annotations', 'relations', 'spec.type'];
  // What the child groups of a user's group own is not the user's.
  const relations = ['hasPart', 'ownerOf', entity.kind.toLowerCase() === 'user' ? 'memberOf' : 'parentOf'];
  const seen = new Set([stringifyEntityRef(entity)]);
  const found = new Map<string, Entity>();
  let level = [entity];
  for (let depth = 0; level.length > 0 && depth < 5 && found.size < ROWS_MAX; ++depth) {
    const refs = level
      .flatMap(one => (one.relations ?? []).filter(({ type }) => relations.includes(type)))
      .map(({ targetRef }) => parseEntityRef(targetRef))
      .filter(ref => MEMBER_KINDS.includes(ref.kind.toLowerCase()))
      .map(ref => stringifyEntityRef(ref))
      .filter(ref => !seen.has(ref) && seen.add(ref));
    if (refs.length === 0) break;
    const { items } = await catalog.getEntitiesByRefs({ entityRefs: refs, fields });
    const next = items.filter((one): one is Entity => Boolean(one));
    for (const one of next) if (one.kind.toLowerCase() === 'component') found.set(stringifyEntityRef(one), one);
    level = next.filter(one => one.kind.toLowerCase() !== 'component');
  }
  return [...found.values()].slice(0, ROWS_MAX);
}
