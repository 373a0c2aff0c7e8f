// Every read that pages share, by name: one key, one address. `live: false` is left out when something changed
// (live.ts); all others are asked again.

import { keepPreviousData, queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { ApiError, every, get, type Query } from './client';
import type {
  Alert, BusinessService, ChangeEvent, CustomField, Delivery, Extension, ExtensionSchema, FieldValue, HandoffRule, Health, Impact, Incident, Integration, LogEntry, Maintenance, Note, OAuthClient, OnCall, OrchestratedEvent, Orchestration, OrchestrationIntegration, Outlier, PastIncident, PlacedAlert, Policy, Priority, Readiness, Ref, RelatedIncident, Relationship, Schedule,
  Service, Session, Standard, Team, User, UserSession, Vendor, WebhookSubscription, Why,
} from './types';
import type { OrchestrationPath } from '../pages/orchestration/paths';
import type { ShiftSchedule } from '../pages/oncall/shift_plan';
import { serverNow, setServerTime } from './clock';
import { may, sameStanding, type Standing } from './standing';

const one = <T>(path: string, member: string, query: Query = {}) =>
  queryOptions({
    queryKey: [path, query],
    queryFn: async ({ signal }) => (await get<Record<string, T>>(path, query, signal))[member] as T,
  });

const list = <T>(path: string, member: string, query: Query = {}, most?: number) =>
  queryOptions({
    queryKey: [path, 'all', query],
    queryFn: ({ signal }) => every<T>(path, member, query, signal, most),
  });

/** As many of an incident's rows as are read before somebody asks for all. */
const readAtOnceMax = 500;
/** Of what an account has: services, people, policies. A page that shows less than all says so. */
const listedMax = 2_000;
/** The API goes no further. */
export const readableMax = 10_000;

/** A list of which at first not all is read. */
const upTo = <T>(most: number, path: string, member: string, query: Query) =>
  queryOptions({
    queryKey: [path, 'all', query, most],
    queryFn: ({ signal }) => every<T>(path, member, query, signal, most),
    placeholderData: keepPreviousData,
  });

/** Whoever sees only what is their teams' is refused what is the whole account's: for them it is empty, and not asked for. */
let reader: Standing | undefined;
const seesAll = (): boolean => reader === undefined || may(reader, 'view');

const wholeOne = <T>(path: string, member: string, query: Query = {}) =>
  queryOptions({
    queryKey: [path, query],
    queryFn: async ({ signal }) => (seesAll() ? (await get<Record<string, T[]>>(path, query, signal))[member] as T[] : []),
  });

const wholeList = <T>(path: string, member: string, most = listedMax) =>
  queryOptions({
    queryKey: [path, 'all'],
    queryFn: async ({ signal }) => (seesAll() ? every<T>(path, member, { total: true }, signal, most) : { rows: [] as T[], complete: true }),
  });

export type FieldSubject = 'services' | 'incidents';

/** Things that seldom change: shown at once from memory, asked again in the background. */
const seldom = { staleTime: 300_000, meta: { live: false } };

export const reads = {
  session: queryOptions({
    queryKey: ['session'],
    queryFn: async ({ signal, client }) => {
      const sent = Date.now();
      const { session } = await get<{ session: Session }>('/console/session', {}, signal);
      setServerTime(session.now, sent, Date.now());
      const changed = reader !== undefined && !sameStanding(reader, session);
      reader = session;
      // What was empty for the old role need not be for the new one.
      if (changed) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      return session;
    },
    refetchInterval: 300_000,
    // Whoever comes back to the page may have another role by now, or be logged out.
    refetchOnWindowFocus: 'always',
    meta: { live: false },
  }),
  health: queryOptions({ ...one<Health>('/console/pager_health', 'health'), refetchInterval: 60_000 }),
  incidents: (query: Query) => list<Incident>('/incidents', 'incidents', { ...query, total: true }, 1000),
  /** How many there are, and the oldest of them. */
  firstIncident: (query: Query) => queryOptions({
    queryKey: ['/incidents', 'first', query],
    queryFn: async ({ signal }) => {
      const found = await get<{ incidents: Incident[]; total: number }>('/incidents', { ...query, sort_by: 'created_at:asc', limit: 1, total: true }, signal);
      return { total: found.total, first: found.incidents[0] };
    },
    placeholderData: keepPreviousData,
  }),
  /** What was resolved lately, for searching: a view of the past that may be a minute old. */
  lately: queryOptions({
    queryKey: ['/incidents', 'lately'],
    queryFn: ({ signal }) => every<Incident>('/incidents', 'incidents', { statuses: ['resolved'], since: new Date(serverNow() - 30 * 86_400_000).toISOString(), until: new Date(serverNow() + 60_000).toISOString(), sort_by: 'created_at:desc' }, signal, 500),
    staleTime: 60_000, meta: { live: false },
  }),
  /** Null when no incident has this number, or none that the reader may see. */
  incidentByNumber: (number: string) => queryOptions({
    queryKey: ['/incidents', 'number', number],
    queryFn: async ({ signal }) => get<{ incident: Incident }>(`/incidents/${number}`, {}, signal).then(({ incident }) => incident, (error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }),
    staleTime: 60_000, meta: { live: false },
  }),
  incident: (id: string) => one<Incident>(`/incidents/${id}`, 'incident', { include: ['acknowledgers'] }),
  alert: (id: string) => one<PlacedAlert>(`/alerts/${id}`, 'alert'),
  /** Newest first: what is cut off is the oldest. */
  alerts: (id: string, most = readAtOnceMax) => upTo<Alert>(most, `/incidents/${id}/alerts`, 'alerts', { sort_by: 'created_at:desc', total: true }),
  logEntries: (id: string, most = readAtOnceMax) => upTo<LogEntry>(most, `/incidents/${id}/log_entries`, 'log_entries', { include: ['channels'], total: true }),
  notes: (id: string) => one<Note[]>(`/incidents/${id}/notes`, 'notes'),
  why: (id: string, user?: string) => one<Why>(`/incidents/${id}/why`, 'why', { user }),
  pastIncidents: (id: string) => queryOptions({ queryKey: [`/incidents/${id}/past_incidents`], queryFn: ({ signal }) => get<{ past_incidents: PastIncident[]; total: number }>(`/incidents/${id}/past_incidents`, { limit: 5, total: true, additional_details: ['incident'] }, signal) }),
  relatedIncidents: (id: string) => one<RelatedIncident[]>(`/incidents/${id}/related_incidents`, 'related_incidents', { additional_details: ['incident'] }),
  outlier: (id: string) => one<Outlier>(`/incidents/${id}/outlier_incident`, 'outlier_incident'),
  relatedChanges: (id: string) => one<ChangeEvent[]>(`/incidents/${id}/related_change_events`, 'change_events'),
  services: list<Service>('/services', 'services', { total: true }, listedMax),
  /** By the server's search, for when not all could be read. */
  servicesWith: (query: string) => list<Service>('/services', 'services', { query, total: true }, listedMax),
  service: (id: string) => one<Service>(`/services/${id}`, 'service'),
  integration: (service: string, id: string) => one<Integration>(`/services/${service}/integrations/${id}`, 'integration'),
  vendors: queryOptions({ ...list<Vendor>('/vendors', 'vendors'), ...seldom }),
  extensions: (service?: string) => list<Extension>('/extensions', 'extensions', { extension_object_id: service }),
  extension: (id: string) => one<Extension>(`/extensions/${id}`, 'extension'),
  webhooks: list<WebhookSubscription>('/webhook_subscriptions', 'webhook_subscriptions'),
  webhook: (id: string) => one<WebhookSubscription>(`/webhook_subscriptions/${id}`, 'webhook_subscription'),
  oauthClients: one<OAuthClient[]>('/webhook_subscriptions/oauth_clients', 'oauth_clients'),
  /** Nobody announces what became of one: while any is on its way, they are asked for again. */
  deliveries: (path: string, most: number) => queryOptions({
    ...list<Delivery>(path, 'deliveries', {}, most),
    refetchInterval: (query) => (query.state.data?.rows.some((row) => row.ended_at === null) ? 5_000 : false),
  }),
  extensionSchemas: queryOptions({ ...wholeList<ExtensionSchema>('/extension_schemas', 'extension_schemas'), ...seldom }),
  serviceChanges: (id: string) => one<ChangeEvent[]>(`/services/${id}/change_events`, 'change_events', { limit: 25 }),
  maintenance: (service: string) =>
    list<Maintenance>('/maintenance_windows', 'maintenance_windows', { service_ids: [service] }),
  maintenanceWindows: (filter: string) => list<Maintenance>('/maintenance_windows', 'maintenance_windows', { filter }),
  maintenanceWindow: (id: string) => one<Maintenance>(`/maintenance_windows/${id}`, 'maintenance_window'),
  dependencies: (id: string, kind: 'technical_service' | 'business_service' = 'technical_service') => one<Relationship[]>(`/service_dependencies/${kind}s/${id}`, 'relationships'),
  businessServices: queryOptions({ ...list<BusinessService>('/business_services', 'business_services'), ...seldom }),
  impacts: (ids: string[]) => one<Impact[]>('/business_services/impacts', 'services', { ids }),
  impactors: (id: string) => one<{ id: string }[]>('/business_services/impactors', 'impactors', { ids: [id] }),
  impactOf: (incident: string) => one<Impact[]>(`/incidents/${incident}/business_services/impacts`, 'services'),
  businessService: (id: string) => one<BusinessService>(`/business_services/${id}`, 'business_service'),
  customFields: (of: FieldSubject) => queryOptions({ ...wholeOne<CustomField>(`/${of}/custom_fields`, 'fields', { include: ['field_options'] }), ...seldom }),
  fieldValues: (of: FieldSubject, id: string) => one<FieldValue[]>(`/${of}/${id}/custom_fields/values`, 'custom_fields'),
  standards: (id: string) => one<Standard[]>(`/standards/scores/technical_services/${id}`, 'standards'),
  priorities: queryOptions({ ...wholeOne<Priority>('/priorities', 'priorities'), ...seldom }),
  orchestrations: list<Orchestration>('/event_orchestrations', 'orchestrations'),
  orchestration: (id: string) => one<Orchestration>(`/event_orchestrations/${id}`, 'orchestration'),
  orchestrationIntegrations: (id: string) => one<OrchestrationIntegration[]>(`/event_orchestrations/${id}/integrations`, 'integrations'),
  orchestratedEvents: (id: string) => one<OrchestratedEvent[]>(`/event_orchestrations/${id}/orchestrated_events`, 'orchestrated_events', { limit: 50 }),
  orchestrationPath: (address: string) => one<OrchestrationPath>(address, 'orchestration_path'),
  orchestrationActive: (service: string) => one<boolean>(`/event_orchestrations/services/${service}/active`, 'active'),
  policies: list<Policy>('/escalation_policies', 'escalation_policies', { total: true }, listedMax),
  policy: (id: string) => one<Policy>(`/escalation_policies/${id}`, 'escalation_policy'),
  onCalls: (query: Query) => list<OnCall>('/oncalls', 'oncalls', query, readableMax),
  schedules: list<Schedule>('/schedules', 'schedules', { total: true }, listedMax),
  shiftSchedules: list<Ref>('/v3/schedules', 'schedules', {}, listedMax),
  shiftSchedule: (id: string, query: Query) => one<ShiftSchedule>(`/v3/schedules/${id}`, 'schedule', query),
  schedule: (id: string, query: Query) => one<Schedule>(`/schedules/${id}`, 'schedule', query),
  users: queryOptions({ ...wholeList<User>('/users', 'users', listedMax), ...seldom }),
  usersWith: (query: string) => list<User>('/users', 'users', { query, total: true }, listedMax),
  user: (id: string) => one<User>(`/users/${id}`, 'user', { include: ['contact_methods', 'notification_rules'] }),
  readiness: (id: string) => one<Readiness>(`/users/${id}/readiness`, 'readiness'),
  handoffRules: (id: string) => one<HandoffRule[]>(`/users/${id}/oncall_handoff_notification_rules`, 'oncall_handoff_notification_rules'),
  sessions: (id: string) => one<UserSession[]>(`/users/${id}/sessions`, 'user_sessions'),
  teams: queryOptions({ ...list<Team>('/teams', 'teams', { total: true }, listedMax), ...seldom }),
  team: (id: string) => one<Team>(`/teams/${id}`, 'team'),
  members: (id: string) => list<{ user: { id: string; type: string; summary: string }; role: string }>(`/teams/${id}/members`, 'members'),
};

export const useSession = (): Session => useSuspenseQuery(reads.session).data;

/** The six colours that people are told apart by, as the server's own pages number them. */
const colors = ['dark-slate-blue', 'teal', 'orange', 'red', 'green', 'purple'];

export function useColorOf(): (id: string) => number {
  const users = useQuery(reads.users).data?.rows;
  return (id) => {
    const place = colors.indexOf(users?.find((user) => user.id === id)?.color ?? '');
    return place < 0 ? ([...id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 6) + 1 : place + 1;
  };
}
