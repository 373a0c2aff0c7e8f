// The cards of an entity's page.

import { getCompoundEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/core-plugin-api';
import { EntityRefLink, catalogApiRef, getEntityRelations, useEntity } from '@backstage/plugin-catalog-react';
import type { Entity } from '@backstage/catalog-model';
import { Badge } from '@backstage/ui';
import { pagerDutyApiRef } from '../api/client.js';
import type { RollUp, Selector } from '../api/types.js';
import { selectorsOrMapping } from '../entity.js';
import { usePolled } from '../hooks.js';
import { useMappingPath } from '../routes.js';
import { rollUpHeadline, rowState } from '../text.js';
import { Failure, Foot, Frame, Head, Inside, Outside, ToneMark, Waiting } from './basic.js';
import { PagerDutyCard } from './PagerDutyCard.js';
import type { PagerDutyCardProps } from './PagerDutyCard.js';

export type EntityCardProps = Pick<PagerDutyCardProps, 'readOnly' | 'disableChangeEvents' | 'disableOnCall' | 'disableInsights'>;

const nameOf = (entity: Entity) => entity.metadata.title ?? entity.metadata.name;

/** Everything about the service of an entity. */
export function EntityPagerDutyCard(props: EntityCardProps) {
  const { entity } = useEntity();
  const mapping = useMappingPath();
  return (
    <PagerDutyCard
      key={stringifyEntityRef(entity)}
      {...props}
      selectors={selectorsOrMapping(entity)}
      name={nameOf(entity)}
      offer={mapping && <Inside href={mapping}>Map it to a service</Inside>}
    />
  );
}

/** The state of the service of an entity, with the rest in panels that open. */
export function EntityPagerDutySmallCard(props: Omit<EntityCardProps, 'disableChangeEvents'>) {
  const { entity } = useEntity();
  return (
    <PagerDutyCard
      key={stringifyEntityRef(entity)}
      {...props}
      compact
      selectors={selectorsOrMapping(entity)}
      name={nameOf(entity)}
    />
  );
}

/** What the backend allows in one question, and more than anybody reads. */
const ROWS_MAX = 200;
const MEMBER_KINDS = ['component', 'api', 'resource', 'system', 'domain', 'group'];

/**
 * The components that an entity stands for: what a system or domain has as parts, what a group or user owns, and what the systems
 * and child groups among these have in turn.
 */
export async function componentsOf(entity: Entity, catalog: { getEntitiesByRefs: (request: { entityRefs: string[]; fields: string[] }) => Promise<{ items: (Entity | undefined)[] }> }): Promise<Entity[]> {
  const fields = ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title', 'metadata.annotations', 'relations', 'spec.type'];
  const seen = new Set([stringifyEntityRef(entity)]);
  const found = new Map<string, Entity>();
  let level = [entity];
  for (let depth = 0; level.length > 0 && depth < 5 && found.size < ROWS_MAX; ++depth) {
    const refs = level
      .flatMap(one => ['hasPart', 'ownerOf', 'parentOf'].flatMap(type => getEntityRelations(one, type)))
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

/** An entity with several services has several rows. */
function selectorsOfAll(entities: Entity[]): Selector[] {
  return entities.flatMap(selectorsOrMapping).slice(0, ROWS_MAX);
}

function Rows({ rollUp }: { rollUp: RollUp }) {
  const mapping = useMappingPath();
  if (rollUp.rows.length === 0) {
    return <div className="cbp-part cbp-dim">No components belong to it.</div>;
  }
  return (
    <ul className="cbp-rows wide" style={{ borderTop: '1px solid var(--cbp-line)' }}>
      {rollUp.rows.map((row, i) => {
        const { tone, word, detail } = rowState(row);
        return (
          <li key={`${row.entity_ref} ${row.service?.id ?? i}`} data-entity={row.entity_ref}>
            <ToneMark tone={tone}>{word}</ToneMark>
            <div className="cbp-grow">
              <EntityRefLink entityRef={row.entity_ref} className="cbp-link" hideIcon />
              <span className="cbp-meta">
                {row.service && row.service.html_url && (
                  <>
                    <Outside href={row.service.html_url}>{row.service.name}</Outside>
                    {' · '}
                  </>
                )}
                {detail}
                {!row.service && row.state === 'not_configured' && mapping && (
                  <>
                    {' '}
                    <Inside href={`${mapping}?name=${encodeURIComponent(row.entity_ref.split('/').pop() ?? '')}`}>Map it</Inside>
                  </>
                )}
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** All services of a system, a domain, a group or a user: the worst first. */
export function EntityPagerDutyRollUpCard() {
  const { entity } = useEntity();
  const catalog = useApi(catalogApiRef);
  const api = useApi(pagerDutyApiRef);
  const ref = stringifyEntityRef(entity);
  const polled = usePolled(`roll-up ${ref}`, async signal => {
    const entities = await componentsOf(entity, catalog);
    return { rollUp: await api.rollUp(selectorsOfAll(entities), signal), cut: entities.length >= ROWS_MAX };
  });
  const kind = getCompoundEntityRef(entity).kind;
  const name = nameOf(entity);
  return (
    <Frame label={`Incidents and on-call: all of ${name}`}>
      {polled.value ? (
        <>
          <Head
            headline={rollUpHeadline(polled.value.rollUp.rows)}
            below={`${kind} ${name} · worst first`}
            actions={polled.value.cut && <Badge>the first {ROWS_MAX}</Badge>}
          />
          <Rows rollUp={polled.value.rollUp} />
          <Foot polled={polled} />
        </>
      ) : polled.error ? (
        <Failure error={polled.error} />
      ) : (
        <Waiting label={name} />
      )}
    </Frame>
  );
}
