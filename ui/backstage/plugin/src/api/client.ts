import { createApiRef } from '@backstage/core-plugin-api';
import type { DiscoveryApi, FetchApi } from '@backstage/core-plugin-api';
import type {
  Assignees,
  AutoMatchJob,
  BulkResult,
  Card,
  CustomField,
  DependencyStrategy,
  FoundService,
  FoundServices,
  ImportResult,
  Incident,
  MadeIncident,
  MappedEntities,
  MappingQuery,
  MyIncidents,
  MyShifts,
  NewCustomField,
  NewIncident,
  NewMapping,
  PartName,
  Permissions,
  Preview,
  RollUp,
  Selector,
  StoredMapping,
  SyncLogPage,
  SyncLogQuery,
  SyncState,
  Team,
} from './types.js';
import { ChangeFeed } from './feed.js';

/** Longer than the backend takes for its slowest answer. */
const DEADLINE_MS = 20_000;
/** Longer than the backend holds a question for changes. */
const CHANGES_DEADLINE_MS = 40_000;

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

/** 401: who asks is not known, or the account's credentials are not. The name is that of PagerDuty's own plugin. */
export class UnauthorizedError extends PagerDutyError {
  constructor(messages: string[] = ['Unauthorized']) {
    super(401, messages);
    this.name = 'UnauthorizedError';
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
  /** People who are asked to help; the incident stays whose it is. */
  responders: { user_ids: string[]; message?: string };
  /** The incident becomes a part of another, which is what is answered. */
  merge: { into: string };
}

/** The plugin's backend. Every method throws a {@link PagerDutyError}. */
export interface PagerDutyApi {
  /** Everything a card shows, by one request. */
  getCard(selector: Selector, parts?: PartName[], signal?: AbortSignal): Promise<Card>;
  /** Many services in one answer; 200 selectors at most. */
  rollUp(selectors: Selector[], signal?: AbortSignal): Promise<RollUp>;
  /** What the signed-in person may do; undefined while that cannot be found out, as the backend decides anyway. */
  getPermissions(signal?: AbortSignal): Promise<Permissions | undefined>;
  preview(selector: Selector, urgency: 'high' | 'low' | undefined, signal?: AbortSignal): Promise<Preview>;
  /** Whom an incident can go to, and how important it can be; `query` is a part of a name. */
  getAssignees(query: string, account?: string, signal?: AbortSignal): Promise<Assignees>;
  trigger(incident: NewIncident): Promise<MadeIncident>;
  change<Verb extends keyof IncidentChanges>(
    verb: Verb,
    incidentId: string,
    what: IncidentChanges[Verb],
    account?: string,
  ): Promise<Incident>;
  /** The signed-in person is on call in place of whoever the schedule says, from now until then. */
  /** For the person with this id; without one for the signed-in person. */
  takeOver(scheduleId: string, until: string, userId?: string, account?: string): Promise<void>;
  /** From now until then nobody is told of the service's new incidents. */
  startMaintenance(serviceId: string, until: string, description: string, account?: string): Promise<void>;
  /** Now, and for all services that it is of. */
  endMaintenance(windowId: string, account?: string): Promise<void>;
  /** Of all accounts, unless one is named; so are the incidents. */
  getMyShifts(account?: string, signal?: AbortSignal): Promise<MyShifts>;
  getMyIncidents(
    account?: string,
    signal?: AbortSignal,
  ): Promise<MyIncidents>;

  /** Calls `listener` when something may have changed, sooner than asking now and then would show it. Returns what ends it. */
  onChange(listener: () => void): () => void;

  getAccounts(): Promise<{ id: string; isDefault: boolean }[]>;
  getMappedEntities(query: MappingQuery, signal?: AbortSignal): Promise<MappedEntities>;
  /** Of all accounts. */
  getTeams(signal?: AbortSignal): Promise<Team[]>;
  /** By a part of the name, or the whole id. */
  findServices(query: string, teamId?: string, signal?: AbortSignal): Promise<FoundServices>;
  /** An empty `entityRef` takes the service away from its entity for good: its annotations do not bring it back. */
  putMapping(mapping: NewMapping): Promise<void>;
  putMappings(mappings: NewMapping[]): Promise<BulkResult>;
  /** Takes over mappings that were stored elsewhere: of this backend, or as PagerDuty's own lists them. */
  importMappings(mappings: StoredMapping[], replace: boolean): Promise<ImportResult>;
  exportMappings(): Promise<{ mappings: StoredMapping[] }>;
  startAutoMatch(threshold: number, team?: string, account?: string): Promise<string>;
  getAutoMatch(jobId: string, signal?: AbortSignal): Promise<AutoMatchJob>;
  /** Absent: never set. */
  getDependencyStrategy(): Promise<DependencyStrategy | undefined>;
  setDependencyStrategy(strategy: DependencyStrategy): Promise<void>;
  /** Whether custom fields are filled at all. */
  getDataSync(signal?: AbortSignal): Promise<boolean>;
  setDataSync(on: boolean): Promise<void>;
  getCustomFields(account?: string, signal?: AbortSignal): Promise<CustomField[]>;
  createCustomField(field: NewCustomField, account?: string): Promise<void>;
  updateCustomField(id: number, field: NewCustomField, account?: string): Promise<void>;
  enableCustomField(id: number, enabled: boolean, account?: string): Promise<void>;
  /** On both sides. */
  deleteCustomField(id: number, account?: string): Promise<void>;
  getSyncLogs(query: SyncLogQuery, signal?: AbortSignal): Promise<SyncLogPage>;
  /** As CSV, 10,000 rows at most. */
  getSyncLogFile(query: SyncLogQuery): Promise<string>;
  getSync(signal?: AbortSignal): Promise<SyncState>;
  /** Begins a run; `again` also writes what is known to be there. */
  startSync(again: boolean): Promise<SyncState>;
}

export const pagerDutyApiRef = createApiRef<PagerDutyApi>({ id: 'plugin.callboard.pagerduty' });

const IMPORTED_AT_ONCE = 2_000;
const DATA_SYNC = 'settings::data-sync';
const STRATEGY = 'settings::service-dependency-sync-strategy';

/** What ids of services look like. */
const SERVICE_ID = /^P[A-Z0-9]{5,}$/;

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

/** "us,eu%20west" as two names. */
export function namesOf(header: string | null): string[] {
  return (header ?? '').split(',').filter(Boolean).map(decodeURIComponent);
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.ok && response.headers.get('Content-Type')?.startsWith('text/csv')) return text;
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
  readonly #changes = new ChangeFeed(async (heard, signal) => {
    const query = queryOf({ heard: heard?.toString() });
    return (await this.#ask<{ changes: number }>(`/changes${query}`, {}, signal, CHANGES_DEADLINE_MS)).changes;
  });

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

  async getPermissions(signal?: AbortSignal) {
    const known = await this.#get<{ permissions: Permissions; groups_known: boolean }>('/permissions', signal);
    return known.groups_known ? known.permissions : undefined;
  }

  preview(selector: Selector, urgency: 'high' | 'low' | undefined, signal?: AbortSignal) {
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

  async takeOver(scheduleId: string, until: string, userId?: string, account?: string) {
    await this.#send('POST', `/schedules/${encodeURIComponent(scheduleId)}/take-over`, { until, user_id: userId, account });
  }

  async startMaintenance(serviceId: string, until: string, description: string, account?: string) {
    await this.#send('POST', `/services/${encodeURIComponent(serviceId)}/maintenance`, { until, description, account });
  }

  async endMaintenance(windowId: string, account?: string) {
    await this.#send('DELETE', `/maintenance-windows/${encodeURIComponent(windowId)}`, { account });
  }

  getMyShifts(account?: string, signal?: AbortSignal) {
    return this.#get<MyShifts>(`/my/on-call${queryOf({ account })}`, signal);
  }

  getMyIncidents(account?: string, signal?: AbortSignal) {
    return this.#get<MyIncidents>(`/my/incidents${queryOf({ account })}`, signal);
  }

  onChange(listener: () => void) {
    return this.#changes.listen(listener);
  }

  async getAccounts() {
    return (await this.#get<{ accounts: { id: string; isDefault: boolean }[] }>('/accounts')).accounts;
  }

  /** Of one that is not mapped the backend also says what its annotation names: somebody has taken that away, or given it to another. */
  async getMappedEntities(query: MappingQuery, signal?: AbortSignal) {
    const found = await this.#send<MappedEntities>('POST', '/mapping/entities', { ...query, as_of: true }, signal);
    const none = { serviceId: '', serviceName: '', serviceUrl: '', team: '', escalationPolicy: '', account: '' };
    return { ...found, entities: found.entities.map(one => (one.status === 'NotMapped' ? { ...one, ...none } : one)) };
  }

  getTeams(signal?: AbortSignal) {
    return this.#get<Team[]>('/teams', signal);
  }

  async findServices(query: string, teamId?: string, signal?: AbortSignal) {
    let missing_accounts: string[] = [];
    const named = this.#ask<FoundService[]>(`/services${queryOf({ query, team_id: teamId, limit: '25' })}`, {}, signal, DEADLINE_MS, headers => {
      missing_accounts = namesOf(headers.get('X-Callboard-Missing-Accounts'));
    });
    const [byName, byId] = await Promise.all([named, SERVICE_ID.test(query) ? this.#findService(query, signal) : undefined]);
    const services = byId ? [byId, ...byName.filter(({ id }) => id !== byId.id)] : byName;
    return { services, missing_accounts };
  }

  async #findService(id: string, signal?: AbortSignal) {
    try {
      return (await this.#get<{ service: FoundService }>(`/services/${id}`, signal)).service;
    } catch (error) {
      if (error instanceof PagerDutyError && error.status === 404) return undefined;
      throw error;
    }
  }

  async putMapping(mapping: NewMapping) {
    await this.#send('POST', '/mapping/entity', mapping);
  }

  putMappings(mappings: NewMapping[]) {
    return this.#send<BulkResult>('POST', '/mapping/entities/bulk', { mappings });
  }

  /** By pieces, as a whole account's can be more than one request may have. */
  async importMappings(mappings: StoredMapping[], replace: boolean) {
    const sum: ImportResult = { total: 0, importedCount: 0, notMappedCount: 0, skippedCount: 0, errorCount: 0, skipped: [], errors: [] };
    for (let begin = 0; begin < mappings.length; begin += IMPORTED_AT_ONCE) {
      const piece = mappings
        .slice(begin, begin + IMPORTED_AT_ONCE)
        .map(({ entityRef, serviceId, integrationKey, account, status }) => ({ entityRef, serviceId, integrationKey, account, status }));
      const done = await this.#send<ImportResult>('POST', `/mapping/import${queryOf({ replace: replace ? 'true' : undefined })}`, piece);
      for (const count of ['total', 'importedCount', 'notMappedCount', 'skippedCount', 'errorCount'] as const) sum[count] += done[count];
      sum.skipped.push(...done.skipped);
      sum.errors.push(...done.errors);
    }
    return sum;
  }

  exportMappings() {
    return this.#get<{ mappings: StoredMapping[] }>('/mapping/export');
  }

  async startAutoMatch(threshold: number, team?: string, account?: string) {
    const body = { threshold, bestOnly: true, team: team || undefined, account: account || undefined };
    return (await this.#send<{ jobId: string }>('POST', '/mapping/entity/auto-match/start', body)).jobId;
  }

  getAutoMatch(jobId: string, signal?: AbortSignal) {
    return this.#get<AutoMatchJob>(`/mapping/entity/auto-match/${encodeURIComponent(jobId)}`, signal);
  }

  getDependencyStrategy() {
    return this.#setting<DependencyStrategy>(STRATEGY);
  }

  async getDataSync(signal?: AbortSignal) {
    return (await this.#setting(DATA_SYNC, signal)) === 'enabled';
  }

  async setDataSync(on: boolean) {
    await this.#send('POST', '/settings', [{ id: DATA_SYNC, value: on ? 'enabled' : 'disabled' }]);
  }

  async getCustomFields(account?: string, signal?: AbortSignal) {
    return (await this.#get<{ customFields: CustomField[] }>(`/custom-fields${queryOf({ account })}`, signal)).customFields;
  }

  async createCustomField(field: NewCustomField, account?: string) {
    await this.#send('POST', `/custom-fields${queryOf({ account })}`, field);
  }

  async updateCustomField(id: number, field: NewCustomField, account?: string) {
    await this.#send('PUT', `/custom-fields/${id}${queryOf({ account })}`, field);
  }

  async enableCustomField(id: number, enabled: boolean, account?: string) {
    await this.#send('PATCH', `/custom-fields/${id}/enabled${queryOf({ account })}`, { enabled });
  }

  async deleteCustomField(id: number, account?: string) {
    await this.#send('DELETE', `/custom-fields/${id}${queryOf({ account })}`, undefined);
  }

  getSyncLogs({ limit, offset, ...query }: SyncLogQuery, signal?: AbortSignal) {
    const page = { limit: limit?.toString(), offset: offset?.toString() };
    return this.#get<SyncLogPage>(`/custom-fields/sync-logs${queryOf({ ...query, ...page })}`, signal);
  }

  getSyncLogFile({ limit: _limit, offset: _offset, ...query }: SyncLogQuery) {
    return this.#get<string>(`/custom-fields/sync-logs${queryOf({ ...query, format: 'csv', limit: '10000' })}`);
  }

  getSync(signal?: AbortSignal) {
    return this.#get<SyncState>('/sync', signal);
  }

  startSync(again: boolean) {
    return this.#send<SyncState>('POST', '/sync', { again });
  }

  /** Absent: never set. */
  async #setting<Value extends string>(id: string, signal?: AbortSignal): Promise<Value | undefined> {
    try {
      return (await this.#get<{ value: Value }>(`/settings/${id}`, signal)).value;
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

  async #ask<Body>(
    path: string,
    init: RequestInit,
    signal?: AbortSignal,
    deadlineMs = DEADLINE_MS,
    look?: (headers: Headers) => void,
  ): Promise<Body> {
    const base = await this.#discovery.getBaseUrl('pagerduty');
    const deadline = AbortSignal.timeout(deadlineMs);
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
    if (response.ok) {
      look?.(response.headers);
      return body as Body;
    }
    const messages = messagesOf(body);
    const fields = (body as { fields?: Record<string, string> } | undefined)?.fields;
    if (response.status === 401) throw new UnauthorizedError(messages.length ? messages : undefined);
    const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
    throw new PagerDutyError(
      response.status,
      messages.length ? messages : [`The plugin’s backend answered with status ${response.status}.`],
      fields,
      retryAfter,
    );
  }
}
