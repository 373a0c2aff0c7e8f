// Every read that pages share, by name: one key, one address. `live: false` is left out when something changed
// (live.ts); all others are asked again.

import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { every, get, type Query } from './client';
import type {
  Alert, ChangeEvent, Health, Incident, Integration, LogEntry, Maintenance, Note, OnCall, Policy, Relationship, Schedule,
  Service, Session, Standard, Team, User, Vendor, Why,
} from './types';
import { setServerTime } from './clock';

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

/** Things that seldom change: shown at once from memory, asked again in the background. */
const seldom = { staleTime: 300_000, meta: { live: false } };

export const reads = {
  session: queryOptions({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      const sent = Date.now();
      const { session } = await get<{ session: Session }>('/console/session', {}, signal);
      setServerTime(session.now, sent, Date.now());
      return session;
    },
    refetchInterval: 300_000,
    meta: { live: false },
  }),
  health: queryOptions({ ...one<Health>('/console/pager_health', 'health'), refetchInterval: 60_000 }),
  incidents: (query: Query) => list<Incident>('/incidents', 'incidents', query, 500),
  incident: (id: string) => one<Incident>(`/incidents/${id}`, 'incident', { include: ['acknowledgers'] }),
  alerts: (id: string) => list<Alert>(`/incidents/${id}/alerts`, 'alerts', {}, 500),
  logEntries: (id: string) => list<LogEntry>(`/incidents/${id}/log_entries`, 'log_entries', { include: ['channels'] }, 500),
  notes: (id: string) => one<Note[]>(`/incidents/${id}/notes`, 'notes'),
  why: (id: string, user?: string) => one<Why>(`/incidents/${id}/why`, 'why', { user }),
  relatedChanges: (id: string) => one<ChangeEvent[]>(`/incidents/${id}/related_change_events`, 'change_events'),
  services: list<Service>('/services', 'services', {}, 2000),
  service: (id: string) => one<Service>(`/services/${id}`, 'service'),
  integration: (service: string, id: string) => one<Integration>(`/services/${service}/integrations/${id}`, 'integration'),
  vendors: queryOptions({ ...list<Vendor>('/vendors', 'vendors'), ...seldom }),
  serviceChanges: (id: string) => one<ChangeEvent[]>(`/services/${id}/change_events`, 'change_events', { limit: 25 }),
  maintenance: (service: string) =>
    list<Maintenance>('/maintenance_windows', 'maintenance_windows', { service_ids: [service] }),
  dependencies: (id: string) => one<Relationship[]>(`/service_dependencies/technical_services/${id}`, 'relationships'),
  businessServices: queryOptions({ ...list<{ id: string; name: string }>('/business_services', 'business_services'), ...seldom }),
  standards: (id: string) => one<Standard[]>(`/standards/scores/technical_services/${id}`, 'standards'),
  policies: list<Policy>('/escalation_policies', 'escalation_policies'),
  policy: (id: string) => one<Policy>(`/escalation_policies/${id}`, 'escalation_policy'),
  onCalls: (query: Query) => list<OnCall>('/oncalls', 'oncalls', query),
  schedules: list<Schedule>('/schedules', 'schedules'),
  schedule: (id: string, query: Query) => one<Schedule>(`/schedules/${id}`, 'schedule', query),
  users: queryOptions({ ...list<User>('/users', 'users', {}, 2000), ...seldom }),
  user: (id: string) => one<User>(`/users/${id}`, 'user', { include: ['contact_methods', 'notification_rules'] }),
  teams: queryOptions({ ...list<Team>('/teams', 'teams'), ...seldom }),
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
