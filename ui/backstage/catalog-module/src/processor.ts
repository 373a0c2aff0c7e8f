import { stringifyEntityRef } from '@backstage/catalog-model';
import type { Entity } from '@backstage/catalog-model';
import type { AuthService, DiscoveryService, LoggerService } from '@backstage/backend-plugin-api';
import type { CatalogProcessor } from '@backstage/plugin-catalog-node';

export const SERVICE_ID = 'pagerduty.com/service-id';
export const ACCOUNT = 'pagerduty.com/account';
/** Where what the entity's own file says is kept when a mapping says otherwise. */
export const SERVICE_ID_OF_FILE = 'callboard.io/service-id-of-file';
export const ACCOUNT_OF_FILE = 'callboard.io/account-of-file';

/** What the backend keeps of a mapping; `serviceId` and `account` may be empty. */
export interface Mapping {
  serviceId?: string | null;
  account?: string | null;
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

/**
 * Puts on each component the service that it is mapped to on the plugin's page. It asks the plugin's backend once for an entity, which
 * answers from its own store. A backend that is slow or away leaves the entity as it is: nothing is thrown, nobody waits longer than
 * the deadline, and an annotation of the file is never lost.
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

  async preProcessEntity(entity: Entity): Promise<Entity> {
    if (entity.kind.toLowerCase() !== 'component' || Date.now() < this.#pausedUntil) return entity;
    try {
      return withMapping(entity, await this.#mappingOf(entity));
    } catch (error) {
      this.#pausedUntil = Date.now() + PAUSE_MS;
      const why = error instanceof Error ? error.message : String(error);
      this.#options.logger.warn(`Mappings of the plugin pagerduty cannot be read; entities stay as they are: ${why}`);
      return entity;
    }
  }

  async #mappingOf(entity: Entity): Promise<Mapping | undefined> {
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
      const { kind, metadata } = entity;
      const path = [kind, metadata.namespace ?? 'default', metadata.name].map(part => encodeURIComponent(part.toLowerCase()));
      const answer = await (this.#options.fetch ?? fetch)(`${base}/mapping/entity/${path.join('/')}`, {
        headers: { Authorization: `Bearer ${token}` },
        signal: controller.signal,
      });
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`status ${answer.status} for ${stringifyEntityRef(entity)}`);
      return ((await answer.json()) as { mapping?: Mapping }).mapping;
    };
    try {
      return await Promise.race([ask(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
