import { createApiRef } from '@backstage/core-plugin-api';
import type { DiscoveryApi, FetchApi } from '@backstage/core-plugin-api';
import type {
  Assignees,
  AutoMatchJob,
  BulkResult,
  Card,
  DependencyStrategy,
  FoundService,
  Incident,
  MadeIncident,
  MappedEntity,
  MappingQuery,
  MyIncidents,
  NewIncident,
  NewMapping,
  PartName,
  Preview,
  RollUp,
  Selector,
  Shift,
} from './types.js';

/** Longer than the backend takes for its slowest answer. */
const DEADLINE_MS = 20_000;

/** What the backend refuses, or why it could not be asked. `status` is 0 when no answer came. */
export class PagerDutyError extends Error {
  readonly status: number;
  /** One sentence each. */
  readonly messages: string[];
  /** What is wrong with a form, by field. */
  readonly fields: Record<string, string>;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, messages: string[], fields: Record<string, string> = {}, retryAfterSeconds?: number) {
    super(messages.join(' '));
    this.name = 'PagerDutyError';
    this.status = status;
    this.messages = messages;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The change that each verb makes, with what it needs to know. */
export interface IncidentChanges {
  acknowledge: Record<string, never>;
  resolve: Record<string, never>;
  escalate: { level?: number };
  reassign: { assignee_ids: string[] };
  snooze: { seconds: number };
  notes: { content: string };
}

/** The plugin's backend. Every method throws a {@link PagerDutyError}. */
export interface PagerDutyApi {
  /** Everything a card shows, by one request. */
  getCard(selector: Selector, parts?: PartName[], signal?: AbortSignal): Promise<Card>;
  /** Many services in one answer; 200 selectors at most. */
  rollUp(selectors: Selector[], signal?: AbortSignal): Promise<RollUp>;
  preview(selector: Selector, urgency: 'high' | 'low', signal?: AbortSignal): Promise<Preview>;
  /** Whom an incident can go to, and how important it can be; `query` is a part of a name. */
  getAssignees(query: string, account?: string, signal?: AbortSignal): Promise<Assignees>;
  trigger(incident: NewIncident): Promise<MadeIncident>;
  change<Verb extends keyof IncidentChanges>(
    verb: Verb,
    incidentId: string,
    what: IncidentChanges[Verb],
    account?: string,
  ): Promise<Incident>;
  getMyShifts(account?: string, signal?: AbortSignal): Promise<{ as_of: string; user_id: string; shifts: Shift[] }>;
  getMyIncidents(
    account?: string,
    signal?: AbortSignal,
  ): Promise<MyIncidents>;

  getAccounts(): Promise<{ id: string; isDefault: boolean }[]>;
  getMappedEntities(
    query: MappingQuery,
    signal?: AbortSignal,
  ): Promise<{ entities: MappedEntity[]; totalCount: number }>;
  findServices(query: string, signal?: AbortSignal): Promise<FoundService[]>;
  /** An empty `entityRef` takes the service away from its entity for good: its annotations do not bring it back. */
  putMapping(mapping: NewMapping): Promise<void>;
  putMappings(mappings: NewMapping[]): Promise<BulkResult>;
  startAutoMatch(threshold: number, team?: string, account?: string): Promise<string>;
  getAutoMatch(jobId: string, signal?: AbortSignal): Promise<AutoMatchJob>;
  /** Absent: never set. */
  getDependencyStrategy(): Promise<DependencyStrategy | undefined>;
  setDependencyStrategy(strategy: DependencyStrategy): Promise<void>;
}

export const pagerDutyApiRef = createApiRef<PagerDutyApi>({ id: 'plugin.callboard.pagerduty' });

const STRATEGY = 'settings::service-dependency-sync-strategy';

/** `{a: 'x', b: undefined}` as `?a=x`. */
export function queryOf(values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  const text = query.toString();
  return text && `?${text}`;
}

/** The refusals of all generations of routes: `{errors}`, `{error}`, `{error: {message}}`, a bare sentence. */
export function messagesOf(body: unknown): string[] {
  if (typeof body === 'string') return body ? [body] : [];
  if (!body || typeof body !== 'object') return [];
  const { errors, error } = body as { errors?: unknown; error?: unknown };
  if (Array.isArray(errors)) return errors.filter(text => typeof text === 'string');
  if (typeof error === 'string') return [error];
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? [message] : [];
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Asks the backend where discovery says the plugin `pagerduty` is, with the signed-in person's token. */
export class PagerDutyClient implements PagerDutyApi {
  readonly #discovery: DiscoveryApi;
  readonly #fetch: FetchApi;

  constructor(options: { discoveryApi: DiscoveryApi; fetchApi: FetchApi }) {
    this.#discovery = options.discoveryApi;
    this.#fetch = options.fetchApi;
  }

  getCard(selector: Selector, parts?: PartName[], signal?: AbortSignal) {
    return this.#get<Card>(`/card${queryOf({ ...selector, parts: parts?.join(',') })}`, signal);
  }

  rollUp(selectors: Selector[], signal?: AbortSignal) {
    return this.#send<RollUp>('POST', '/roll-up', { selectors }, signal);
  }

  preview(selector: Selector, urgency: 'high' | 'low', signal?: AbortSignal) {
    return this.#get<Preview>(`/preview${queryOf({ ...selector, urgency })}`, signal);
  }

  getAssignees(query: string, account?: string, signal?: AbortSignal) {
    return this.#get<Assignees>(`/assignees${queryOf({ query, account })}`, signal);
  }

  async trigger(incident: NewIncident) {
    return (await this.#send<{ incident: MadeIncident }>('POST', '/trigger', incident)).incident;
  }

  async change<Verb extends keyof IncidentChanges>(
    verb: Verb,
    incidentId: string,
    what: IncidentChanges[Verb],
    account?: string,
  ) {
    const path = `/incidents/${encodeURIComponent(incidentId)}/${verb}`;
    return (await this.#send<{ incident: Incident }>('POST', path, { ...what, account })).incident;
  }

  getMyShifts(account?: string, signal?: AbortSignal) {
    return this.#get<{ as_of: string; user_id: string; shifts: Shift[] }>(`/my/on-call${queryOf({ account })}`, signal);
  }

  getMyIncidents(account?: string, signal?: AbortSignal) {
    return this.#get<MyIncidents>(`/my/incidents${queryOf({ account })}`, signal);
  }

  async getAccounts() {
    return (await this.#get<{ accounts: { id: string; isDefault: boolean }[] }>('/accounts')).accounts;
  }

  getMappedEntities(query: MappingQuery, signal?: AbortSignal) {
    return this.#send<{ entities: MappedEntity[]; totalCount: number }>('POST', '/mapping/entities', query, signal);
  }

  findServices(query: string, signal?: AbortSignal) {
    return this.#get<FoundService[]>(`/services?query=${encodeURIComponent(query)}&limit=25`, signal);
  }

  async putMapping(mapping: NewMapping) {
    await this.#send('POST', '/mapping/entity', mapping);
  }

  putMappings(mappings: NewMapping[]) {
    return this.#send<BulkResult>('POST', '/mapping/entities/bulk', { mappings });
  }

  async startAutoMatch(threshold: number, team?: string, account?: string) {
    const body = { threshold, bestOnly: true, team: team || undefined, account: account || undefined };
    return (await this.#send<{ jobId: string }>('POST', '/mapping/entity/auto-match/start', body)).jobId;
  }

  getAutoMatch(jobId: string, signal?: AbortSignal) {
    return this.#get<AutoMatchJob>(`/mapping/entity/auto-match/${encodeURIComponent(jobId)}`, signal);
  }

  async getDependencyStrategy() {
    try {
      return (await this.#get<{ value: DependencyStrategy }>(`/settings/${STRATEGY}`)).value;
    } catch (error) {
      if (error instanceof PagerDutyError && error.status === 404) return undefined;
      throw error;
    }
  }

  async setDependencyStrategy(value: DependencyStrategy) {
    await this.#send('POST', '/settings', [{ id: STRATEGY, value }]);
  }

  #get<Body>(path: string, signal?: AbortSignal): Promise<Body> {
    return this.#ask<Body>(path, {}, signal);
  }

  #send<Body>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Body> {
    const headers = { 'Content-Type': 'application/json' };
    return this.#ask<Body>(path, { method, headers, body: JSON.stringify(body) }, signal);
  }

  async #ask<Body>(path: string, init: RequestInit, signal?: AbortSignal): Promise<Body> {
    const base = await this.#discovery.getBaseUrl('pagerduty');
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    let response: Response;
    let body: unknown;
    try {
      response = await this.#fetch.fetch(base + path, {
        ...init,
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
      body = await readBody(response);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new PagerDutyError(0, [
        deadline.aborted ? 'The plugin’s backend did not answer in time.' : 'The plugin’s backend could not be reached.',
      ]);
    }
    if (response.ok) return body as Body;
    const messages = messagesOf(body);
    const fields = (body as { fields?: Record<string, string> } | undefined)?.fields;
    const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
    throw new PagerDutyError(
      response.status,
      messages.length ? messages : [`The plugin’s backend answered with status ${response.status}.`],
      fields,
      retryAfter,
    );
  }
}
