// What the plugin's backend answers, as JSON. Times are ISO 8601 in UTC; a member is null where there is nothing to say.

/**
 * How a part of a card came about. Everything but `ok` and `empty` has a message that says why. `stale` is what was known
 * before, while PagerDuty may not be asked.
 */
export type PartState =
  | 'ok'
  | 'empty'
  | 'stale'
  | 'no_permission'
  | 'not_in_plan'
  | 'throttled'
  | 'upstream_down'
  | 'not_configured'
  | 'not_found';

export interface Part<Data> {
  state: PartState;
  /** When `data` was read from PagerDuty. */
  as_of: string | null;
  message: string | null;
  /** The OAuth scope that is lacking, for `no_permission`. */
  scope: string | null;
  retry_after_seconds: number | null;
  /** Also set with `throttled` and `upstream_down`, if something was known from before. */
  data: Data | null;
}

export interface Named {
  id: string;
  name: string;
  html_url?: string | null;
}

export type ServiceStatus = 'active' | 'warning' | 'critical' | 'maintenance' | 'disabled';

export interface ServiceData {
  id: string;
  name: string;
  status: ServiceStatus;
  html_url: string | null;
  description: string | null;
  escalation_policy: Named | null;
  /** Of each level, in minutes: how long it is waited for before the next is asked. */
  escalation_delays: number[];
  team: Named | null;
  has_integration_key: boolean;
  maintenance_until: string | null;
  /** The windows that last. */
  maintenance: MaintenanceWindow[];
  /** When the newest incident began, open or not; null when there has been none. */
  last_incident_at: string | null;
}

export interface MaintenanceWindow {
  id: string;
  until: string;
  by: string | null;
  description: string | null;
  /** The names of the others that it is of: it ends for all of them. */
  other_services: string[];
}

export interface PersonOnCall extends Named {
  email: string | null;
  avatar_url: string | null;
  time_zone: string | null;
  /** Null for somebody who is on call always. */
  schedule: Named | null;
  until: string | null;
  next: Beginning | null;
}

/** Who will be on call, and from when. */
export interface Beginning {
  id: string;
  name: string;
  from: string;
}

export interface OnCallData {
  /** Those that have somebody now, the one that is asked first at the front. */
  levels: { level: number; people: PersonOnCall[] }[];
  /** Those that have nobody now, and somebody within a week. */
  empty_levels: { level: number; next: Beginning }[];
}

export interface Incident {
  id: string;
  number: number;
  title: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  urgency: 'high' | 'low';
  html_url: string | null;
  created_at: string;
  assignees: Named[];
  priority: { id: string; name: string; color: string | null } | null;
  acknowledged_by: string | null;
  escalates_at: string | null;
  /** Whom it goes to then. */
  next: string[];
  /** Only where incidents of several services are listed. */
  service?: Named & { entity_ref: string | null };
  /** Only where those of several accounts are. */
  account?: string;
}

export interface IncidentsData {
  open: Incident[];
  /** May be more than are listed. */
  total: number;
  older_open_url: string | null;
}

export interface ChangeEvent {
  id: string;
  summary: string;
  source: string | null;
  timestamp: string;
  html_url: string | null;
  links: { href: string; text: string }[];
}

export interface StandardsData {
  passing: number | null;
  total: number | null;
  list: { id: string; name: string; description: string; pass: boolean }[];
}

export interface MetricsData {
  interruptions: number | null;
  high_urgency: number | null;
  incidents: number | null;
  /** On average; null while none has been acknowledged, or resolved. */
  seconds_to_acknowledge: number | null;
  seconds_to_resolve: number | null;
  range_days: number;
}

export interface Parts {
  service: Part<ServiceData>;
  on_call: Part<OnCallData>;
  incidents: Part<IncidentsData>;
  change_events: Part<ChangeEvent[]>;
  standards: Part<StandardsData>;
  metrics: Part<MetricsData>;
}

export type PartName = keyof Parts;

export type Action = 'view' | 'trigger' | 'respond' | 'map' | 'configure';

export type Permissions = Record<Action, boolean>;

export interface Card {
  /** By the backend's clock, which need not be the browser's. */
  now: string;
  /** Of the oldest of its parts, apart from numbers and standards. */
  as_of: string;
  account: string;
  /** The entity of the service, as far as that is known. */
  entity_ref: string | null;
  permissions: Permissions;
  /** Those that were asked for. */
  parts: Partial<Parts>;
}

/** Which service is meant. The first that is given counts, in this order; `account` goes with any of them. */
export interface Selector {
  service_id?: string;
  integration_key?: string;
  entity_ref?: string;
  account?: string;
}

export interface RollUpRow {
  entity_ref: string;
  /** `not_configured`: the entity is connected with no service. */
  state: PartState;
  service: { id: string; name: string; status: ServiceStatus; html_url: string; last_incident_at?: string | null } | null;
  /** `triggered_low`: how many of the triggered are of low urgency, so that nobody has to come at once. */
  open: { triggered: number; triggered_low: number; acknowledged: number };
  /** null: could not be asked. */
  on_call: string[] | null;
  /** The open incident that needs somebody most. */
  worst?: Incident | null;
  /** Until when nobody is told, and who has arranged that. */
  maintenance?: { until: string; by: string | null } | null;
}

export interface RollUp {
  now: string;
  /** Of incidents and who is on call. */
  as_of: string;
  /** Of the list of services, and with it of their names and states. */
  services_as_of: string;
  /** Accounts that could not be asked. */
  missing_accounts: string[];
  /** The worst first. */
  rows: RollUpRow[];
}

export interface PreviewStep {
  at_seconds: number;
  person: { id: string; name: string; time_zone: string };
  channel: 'push' | 'sms' | 'phone' | 'email' | null;
  reason: string;
}

export interface Preview {
  steps: PreviewStep[];
  sentence: string;
}

export interface Assignees {
  users: Named[];
  escalation_policies: Named[];
  priorities: { id: string; name: string; color: string | null }[];
  /** Why a list is missing, by its name. */
  problems: Partial<Record<'users' | 'escalation_policies' | 'priorities', string>>;
}

export interface NewIncident extends Selector {
  title: string;
  /** Absent: as the service decides. */
  urgency?: 'high' | 'low';
  details?: string;
  priority_id?: string;
  assignee_ids?: string[];
  /** The page that the incident is made from. */
  source_url?: string;
}

export interface MadeIncident {
  id: string;
  number: number;
  html_url: string;
  status: string;
}

/** What is said of a person's own in all accounts. */
export interface Mine {
  now: string;
  as_of: string;
  user_id: string;
  /** Accounts that could not be asked. */
  missing_accounts: string[];
}

export interface MyShifts extends Mine {
  shifts: Shift[];
}

/** Open ones that are the signed-in person's. */
export interface MyIncidents extends Mine {
  permissions: Permissions;
  incidents: Incident[];
}

export interface Shift {
  account?: string;
  level: number;
  escalation_policy: Named;
  schedule: Named | null;
  from: string | null;
  until: string | null;
}

export type MappingStatus = 'InSync' | 'OutOfSync' | 'NotMapped' | 'ErrorWhenFetchingService';

export interface MappedEntity {
  name: string;
  id: string;
  namespace: string;
  type: string;
  /** JSON in a string, quotes included; empty when the entity does not say. So are `system` and `lifecycle`. */
  owner: string;
  system: string;
  lifecycle: string;
  status: MappingStatus;
  serviceId: string;
  serviceName: string;
  serviceUrl: string;
  team: string;
  escalationPolicy: string;
  account: string;
}

export interface CustomField {
  id: number;
  pagerdutyCustomFieldId: string;
  pagerdutyCustomFieldDisplayName: string;
  pagerdutyCustomFieldEnabled: boolean;
  backstageEntityMappingPath: string;
  description: string;
}

export interface NewCustomField {
  name: string;
  /** "spec.owner", "metadata.labels['a.b']" */
  entityPath: string;
  description?: string;
}

export type LogSeverity = 'error' | 'warning' | 'info';

export interface SyncLogQuery {
  account?: string;
  severity?: LogSeverity;
  search?: string;
  customFieldName?: string;
  entityPath?: string;
  serviceName?: string;
  limit?: number;
  offset?: number;
}

export interface SyncLogPage {
  logs: {
    id: number;
    timestamp: string;
    errorCode: string;
    customFieldName: string;
    entityPath: string;
    serviceId: string;
    serviceName: string;
    errorMessage: string;
  }[];
  total: number;
  /** Of all entries, to filter by. */
  customFieldNames: string[];
  entityPaths: string[];
  serviceNames: string[];
}

/** The synchronisation in the background. */
export interface SyncState {
  running_since: string | null;
  last: {
    began_at: string;
    ended_at: string;
    entities: number;
    dependencies_added: number;
    dependencies_removed: number;
    values_written: number;
    failures: number;
    /** The first of them. */
    problems: string[];
  } | null;
}

export interface Team {
  id: string;
  name: string;
  account?: string;
}

export interface MappedEntities {
  entities: MappedEntity[];
  totalCount: number;
  /** When the older of the two lists behind it was read. */
  as_of: string;
  /** Accounts that could not be asked; absent when there is none. */
  missing_accounts?: string[];
}

export type MappingColumn = 'name' | 'team' | 'serviceName' | 'status';

export interface MappingQuery {
  offset: number;
  limit: number;
  /** `teamName` is of the entity's owner, `serviceTeamName` of the service's team. */
  filters: { name?: string; serviceName?: string; status?: MappingStatus | ''; teamName?: string; serviceTeamName?: string };
  sort?: { column: MappingColumn; direction: 'ascending' | 'descending' };
  account?: string;
}

export interface FoundServices {
  services: FoundService[];
  /** Accounts that could not be asked. */
  missing_accounts: string[];
}

export interface FoundService {
  id: string;
  name: string;
  html_url: string;
  account?: string;
  teams?: { id: string; summary?: string; name?: string }[];
}

export interface Match {
  pagerDutyService: { serviceId: string; name: string; team: string; account: string };
  backstageComponent: { entityRef: string; name: string; owner: string };
  score: number;
  confidence: 'exact' | 'high' | 'medium' | 'low';
}

export interface AutoMatchJob {
  jobId: string;
  status: 'pending' | 'running' | 'completed' | 'failed';
  error?: string;
  result?: { matches: Match[]; statistics: { totalPagerDutyServices: number; totalBackstageComponents: number }; missing_accounts?: string[] };
}

export interface NewMapping {
  entityRef: string;
  serviceId: string;
  account?: string;
}

export interface BulkResult {
  successCount: number;
  skippedCount: number;
  errorCount: number;
  skipped: { entityRef: string; serviceId: string; reason: string }[];
  errors: { entityRef: string; serviceId?: string; error: string }[];
}

/** What became of a file of mappings. */
export interface ImportResult {
  total: number;
  importedCount: number;
  /** Lines of services that have no entity. */
  notMappedCount: number;
  skippedCount: number;
  errorCount: number;
  skipped: { entityRef: string; serviceId: string; reason: string }[];
  errors: { entityRef: string | null; serviceId: string | null; error: string }[];
}

/** A mapping as it is stored, and as files of mappings have it. */
export interface StoredMapping {
  entityRef: string;
  serviceId: string;
  integrationKey?: string;
  account?: string;
  status?: string;
}

export type DependencyStrategy = 'backstage' | 'pagerduty' | 'both' | 'disabled';
