// The cards of an entity's page.

import { getCompoundEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/core-plugin-api';
import { EntityRefLink, catalogApiRef, useEntity } from '@backstage/plugin-catalog-react';
import type { Entity } from '@backstage/catalog-model';
import { Avatar, Badge } from '@backstage/ui';
import { pagerDutyApiRef } from '../api/client.js';
import type { RollUp, RollUpRow, Selector } from '../api/types.js';
import { ROWS_MAX, componentsOf, selectorsOrMapping } from '../entity.js';
import { POLL_MS, useBackendNow, usePolled } from '../hooks.js';
import { useMappingPath } from '../routes.js';
import { listed, maintenanceOf, onCallAcross, plural, rollUpHeadline, rowDetail, rowState } from '../text.js';
import { Failure, Foot, Frame, Head, Inside, Missing, Outside, ToneMark, Waiting } from './basic.js';
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

/** An entity with several services has several rows. */
function selectorsOfAll(entities: Entity[]): Selector[] {
  return entities.flatMap(selectorsOrMapping).slice(0, ROWS_MAX);
}

/** The service by its name; one that is called like its entity, whose name stands above, is not called so twice. */
function ServiceLink({ service, entityName }: { service: NonNullable<RollUpRow['service']>; entityName: string | undefined }) {
  const same = service.name === entityName;
  return (
    <Outside href={service.html_url} label={same ? `service ${service.name}` : undefined}>
      {same ? 'service' : service.name}
    </Outside>
  );
}

function Rows({ rollUp, names }: { rollUp: RollUp; names: Map<string, string> }) {
  const mapping = useMappingPath();
  const now = useBackendNow(30_000);
  if (rollUp.rows.length === 0) {
    return <div className="cbp-part cbp-dim">No components belong to it.</div>;
  }
  return (
    <ul className="cbp-rows wide" style={{ borderTop: '1px solid var(--cbp-line)' }}>
      {rollUp.rows.map((row, i) => {
        const { tone, word } = rowState(row);
        return (
          <li key={`${row.entity_ref} ${row.service?.id ?? i}`} data-entity={row.entity_ref}>
            <ToneMark tone={tone}>{word}</ToneMark>
            <div className="cbp-grow">
              <EntityRefLink entityRef={row.entity_ref} className="cbp-link" hideIcon />
              <span className="cbp-meta">
                {row.service && row.service.html_url && (
                  <>
                    <ServiceLink service={row.service} entityName={names.get(row.entity_ref)} />
                    {' · '}
                  </>
                )}
                {row.worst && (
                  <>
                    <Outside href={row.worst.html_url}>{row.worst.title}</Outside>
                    {' · '}
                  </>
                )}
                {rowDetail(row, now)}
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

/** More are on a page that lists people. */
const PEOPLE_MAX = 8;
const SERVICES_NAMED_MAX = 4;

/** Who is on call for any of the services, with what. */
function OnCallAcross({ rollUp, kind }: { rollUp: RollUp; kind: string }) {
  const people = onCallAcross(rollUp.rows);
  if (people.length === 0) return null;
  return (
    <div className="cbp-part" data-part="On call across">
      <h3>{`On call across the ${kind}`}</h3>
      <ul className="cbp-people">
        {people.slice(0, PEOPLE_MAX).map(({ name, services }) => (
          <li key={name}>
            <Avatar src="" name={name} size="small" purpose="decoration" />
            <div className="cbp-grow">
              <b>{name}</b>
              <span className="cbp-meta">{services.length > SERVICES_NAMED_MAX ? `${plural(services.length, 'service')}: ${listed(services)}` : services.join(', ')}</span>
            </div>
          </li>
        ))}
      </ul>
      {people.length > PEOPLE_MAX && <p className="cbp-dim" style={{ marginTop: 8 }}>{`${people.length - PEOPLE_MAX} more`}</p>}
    </div>
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
    const names = new Map(entities.map(one => [stringifyEntityRef(one), nameOf(one)]));
    return { rollUp: await api.rollUp(selectorsOfAll(entities), signal), names, cut: entities.length >= ROWS_MAX };
  }, POLL_MS, listener => api.onChange(listener));
  const kind = getCompoundEntityRef(entity).kind;
  const name = nameOf(entity);
  return (
    <Frame label={`Incidents and on-call: all of ${name}`}>
      {polled.value ? (
        <>
          <Head
            headline={rollUpHeadline(polled.value.rollUp.rows)}
            below={[`${kind} ${name}`, maintenanceOf(polled.value.rollUp.rows, Date.parse(polled.value.rollUp.now)), 'worst first'].filter(Boolean).join(' · ')}
            actions={polled.value.cut && <Badge>the first {ROWS_MAX}</Badge>}
          />
          <Missing accounts={polled.value.rollUp.missing_accounts} />
          <Rows rollUp={polled.value.rollUp} names={polled.value.names} />
          <OnCallAcross rollUp={polled.value.rollUp} kind={kind.toLowerCase()} />
          <Foot polled={polled} said={polled.value.rollUp} />
        </>
      ) : polled.error ? (
        <Failure error={polled.error} />
      ) : (
        <Waiting label={name} />
      )}
    </Frame>
  );
}
