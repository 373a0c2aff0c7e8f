import { RELATION_DEPENDENCY_OF, RELATION_DEPENDS_ON, parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { Entity } from '@backstage/catalog-model';
import type { AuthService, DiscoveryService, LoggerService } from '@backstage/backend-plugin-api';
import { processingResult } from '@backstage/plugin-catalog-node';
import type { CatalogProcessor, CatalogProcessorCache, CatalogProcessorEmit } from '@backstage/plugin-catalog-node';

export const SERVICE_ID = 'pagerduty.com/service-id';
export const ACCOUNT = 'pagerduty.com/account';
export const INTEGRATION_KEY = 'pagerduty.com/integration-key';
/** Where what the entity's own file says is kept when a mapping says otherwise. */
export const SERVICE_ID_OF_FILE = 'callboard.io/service-id-of-file';
export const ACCOUNT_OF_FILE = 'callboard.io/account-of-file';
export const INTEGRATION_KEY_OF_FILE = 'callboard.io/integration-key-of-file';
/** Is there when `spec.dependsOn` is not what the entity's own file says; the backend then does not take it for that. */
export const DEPENDS_ON_FROM = 'callboard.io/depends-on';

/** What the backend keeps of a mapping; `serviceId` and `account` may be empty. */
export interface Mapping {
  serviceId?: string | null;
  account?: string | null;
}

/** What the backend says of an entity, from its own store. */
export interface Told {
  mapping: Mapping | null;
  /** The service that the entity's file names by the key of an integration alone. */
  annotated: Mapping | null;
  /** Somebody took the service of the annotation away from its entity. */
  unmapped: boolean;
  /** What the annotation of the key shall be; null: none, absent: as it is. */
  integrationKey?: string | null;
  dependsOn: {
    /** References that take the place of the entity's own. */
    instead: string[] | null;
    /** References to show beside them. */
    also: string[];
  };
}

export interface ProcessorOptions {
  auth: Pick<AuthService, 'getOwnServiceCredentials' | 'getPluginRequestToken'>;
  discovery: Pick<DiscoveryService, 'getBaseUrl'>;
  logger: Pick<LoggerService, 'warn'>;
  /** How long one entity may wait for its mapping, in milliseconds; 1000 unless given. */
  deadlineMs?: number;
  fetch?: typeof fetch;
}

const DEADLINE_MS = 1000;
/** After a failure nobody waits again for so long. */
const PAUSE_MS = 15_000;

/**
 * The entity with the service that it is mapped to. A mapping wins over the file; what the file said is kept beside it. Pure.
 */
export function withMapping(entity: Entity, mapping: Mapping | undefined): Entity {
  const serviceId = mapping?.serviceId;
  if (!serviceId) return entity;
  const annotations: Record<string, string> = { ...entity.metadata.annotations };
  const put = (name: string, keptAs: string, value: string) => {
    const own = annotations[name];
    if (own === value) return;
    if (own !== undefined) annotations[keptAs] = own;
    annotations[name] = value;
  };
  // A list of services in the file that has this one says more than the mapping does.
  const listed = (annotations[SERVICE_ID] ?? '').split(',').map(id => id.trim());
  if (!listed.includes(serviceId)) put(SERVICE_ID, SERVICE_ID_OF_FILE, serviceId);
  if (mapping.account) put(ACCOUNT, ACCOUNT_OF_FILE, mapping.account);
  return { ...entity, metadata: { ...entity.metadata, annotations } };
}

/** The entity without the service that it was unmapped from on the page. What its file says, or means, is kept beside. Pure. */
export function withoutService(entity: Entity, meant?: string | null): Entity {
  const { [SERVICE_ID]: own = meant, ...annotations } = entity.metadata.annotations ?? {};
  if (!own) return entity;
  return { ...entity, metadata: { ...entity.metadata, annotations: { ...annotations, [SERVICE_ID_OF_FILE]: own } } };
}

/** The entity with the service whose key its file has. What the file says stays. Pure. */
export function withAnnotated(entity: Entity, annotated: Mapping | null): Entity {
  if (!annotated?.serviceId) return entity;
  const annotations = { [SERVICE_ID]: annotated.serviceId, ...(annotated.account && { [ACCOUNT]: annotated.account }), ...entity.metadata.annotations };
  return { ...entity, metadata: { ...entity.metadata, annotations } };
}

/** The entity with this key, with none, or as it is. One of the file that gives way is kept beside. Pure. */
export function withKey(entity: Entity, key: string | null | undefined): Entity {
  const { [INTEGRATION_KEY]: own, ...annotations }: Record<string, string> = entity.metadata.annotations ?? {};
  if (key === undefined || (key ?? undefined) === own) return entity;
  if (own !== undefined) annotations[INTEGRATION_KEY_OF_FILE] = own;
  if (key !== null) annotations[INTEGRATION_KEY] = key;
  return { ...entity, metadata: { ...entity.metadata, annotations } };
}

/** The entity with the dependencies that PagerDuty has between the services of entities. Pure. */
export function withDependencies(entity: Entity, instead: string[] | null): Entity {
  if (!instead) return entity;
  const annotations = { ...entity.metadata.annotations, [DEPENDS_ON_FROM]: 'pagerduty' };
  return {
    ...entity,
    metadata: { ...entity.metadata, annotations },
    spec: { ...entity.spec, dependsOn: instead },
  };
}

/** References that the entity depends on by its own file; what is no reference is left out. */
export function dependenciesOf(entity: Entity): string[] {
  const own = entity.spec?.dependsOn;
  if (!Array.isArray(own)) return [];
  return own.flatMap(ref => {
    try {
      return [stringifyEntityRef(parseEntityRef(String(ref), { defaultNamespace: entity.metadata.namespace ?? 'default' }))];
    } catch {
      return [];
    }
  });
}

/** What the file of an entity says of its service; what was told of that holds no longer when the file says otherwise. */
function ofFile(entity: Entity) {
  return {
    serviceId: (entity.metadata.annotations?.[SERVICE_ID] ?? '').split(',')[0]?.trim() ?? '',
    integrationKey: entity.metadata.annotations?.[INTEGRATION_KEY]?.trim() ?? '',
  };
}

/** What stands in an answer, or a thrown error: what cannot be read must not take the place of what was known. */
function checked(answer: unknown): Told {
  const told = answer as Told | null;
  if (!Array.isArray(told?.dependsOn?.also)) throw new Error('the answer cannot be read');
  told.dependsOn.also.forEach(ref => parseEntityRef(ref));
  return told;
}

/** Where the catalog keeps, beside each entity, what the backend last said of it. */
const LAST_TOLD = 'told';

interface Kept {
  asked: ReturnType<typeof ofFile>;
  told: Told;
}

/** What was last said of an entity, as far as it holds for what the file says now. Pure. */
export function stillTrue({ asked, told }: Kept, entity: Entity): Told {
  const now = ofFile(entity);
  if (asked.serviceId === now.serviceId && asked.integrationKey === now.integrationKey) return told;
  const { integrationKey: _, ...rest } = told;
  return { ...rest, annotated: null, unmapped: false };
}

/**
 * Puts on each component the service that it is mapped to on the plugin's page, takes away one that it was unmapped from, and shows the
 * dependencies that the page's configuration wants shown. It asks the plugin's backend once for an entity, which answers from its own
 * store. For a backend that is slow or away stands what it last said of the entity, which the catalog keeps beside it; of which it never
 * said anything stays as its file has it. Nothing is thrown, nobody waits longer than the deadline, and an annotation of the file is never lost.
 */
export class PagerDutyProcessor implements CatalogProcessor {
  readonly #options: ProcessorOptions;
  #pausedUntil = 0;

  constructor(options: ProcessorOptions) {
    this.#options = options;
  }

  getProcessorName(): string {
    return 'CallboardPagerDutyProcessor';
  }

  async preProcessEntity(
    entity: Entity,
    _location: unknown,
    emit: CatalogProcessorEmit,
    _originLocation?: unknown,
    cache?: CatalogProcessorCache,
  ): Promise<Entity> {
    if (entity.kind.toLowerCase() !== 'component') return entity;
    const told = await this.#told(entity, cache);
    return told ? this.#apply(entity, told, emit) : entity;
  }

  /** What the backend says, or what it said last. */
  async #told(entity: Entity, cache: CatalogProcessorCache | undefined): Promise<Told | undefined> {
    if (Date.now() >= this.#pausedUntil) {
      try {
        const told = await this.#ask(entity);
        await cache?.set(LAST_TOLD, { asked: ofFile(entity), told } satisfies Kept as unknown as Parameters<CatalogProcessorCache['set']>[1]);
        return told;
      } catch (error) {
        this.#rest(error);
      }
    }
    const kept = (await cache?.get(LAST_TOLD)) as unknown as Kept | undefined;
    return kept && stillTrue(kept, entity);
  }

  /** Many entities are processed side by side, and fail together. */
  #rest(error: unknown) {
    const said = Date.now() < this.#pausedUntil;
    this.#pausedUntil = Date.now() + PAUSE_MS;
    const why = error instanceof Error ? error.message : String(error);
    if (!said) this.#options.logger.warn(`Mappings of the plugin pagerduty cannot be read; entities stay as they are: ${why}`);
  }

  #apply(entity: Entity, { mapping, annotated, unmapped, integrationKey, dependsOn }: Told, emit: CatalogProcessorEmit): Entity {
    const source = parseEntityRef(stringifyEntityRef(entity));
    for (const target of dependsOn.also.map(ref => parseEntityRef(ref))) {
      emit(processingResult.relation({ type: RELATION_DEPENDS_ON, source, target }));
      emit(processingResult.relation({ type: RELATION_DEPENDENCY_OF, source: target, target: source }));
    }
    const placed = unmapped
      ? withoutService(entity, annotated?.serviceId)
      : withMapping(withAnnotated(entity, annotated), mapping ?? undefined);
    return withDependencies(withKey(placed, integrationKey), dependsOn.instead);
  }

  async #ask(entity: Entity): Promise<Told> {
    const { auth, discovery, deadlineMs = DEADLINE_MS } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const controller = new AbortController();
    // Getting a token may take as long as asking, so both are within the deadline.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        controller.abort();
        reject(new Error(`no answer within ${deadlineMs} ms`));
      }, deadlineMs);
    });
    const ask = async () => {
      const base = await discovery.getBaseUrl('pagerduty');
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: await auth.getOwnServiceCredentials(),
        targetPluginId: 'pagerduty',
      });
      const answer = await (this.#options.fetch ?? fetch)(`${base}/catalog/process`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ entityRef: stringifyEntityRef(entity), ...ofFile(entity), dependsOn: dependenciesOf(entity) }),
        signal: controller.signal,
      });
      if (!answer.ok) throw new Error(`status ${answer.status} for ${stringifyEntityRef(entity)}`);
      return checked(await answer.json());
    };
    try {
      return await Promise.race([ask(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
