// The shapes of REST that the pages use, as PagerDuty documents them; only the members that are shown.

export interface Ref {
  id: string;
  type: string;
  summary: string;
  html_url?: string | null;
}
export const refTo = (type: string, id: string) => ({ id, type: `${type}_reference` });

export type Urgency = 'high' | 'low';
export type IncidentStatus = 'triggered' | 'acknowledged' | 'resolved';

export interface Incident extends Ref {
  incident_number: number;
  title: string;
  created_at: string;
  updated_at: string;
  status: IncidentStatus;
  urgency: Urgency;
  service: Ref;
  escalation_policy: Ref;
  teams: Ref[];
  assignments: { at: string; assignee: Ref }[];
  acknowledgements: { at: string; acknowledger: Ref }[];
  pending_actions: { type: 'escalate' | 'unacknowledge' | 'resolve' | 'urgency_change'; at: string }[];
  alert_counts: { all: number; triggered: number; resolved: number };
  is_mergeable: boolean;
  last_status_change_at: string;
  last_status_change_by: Ref | null;
  resolved_at: string | null;
  priority: (Ref & { name?: string }) | null;
  body?: { details?: string } | null;
  conference_bridge?: { conference_number: string | null; conference_url: string | null } | null;
  incidents_responders?: Responder[];
  responder_requests?: ResponderRequest[];
}

export interface Responder {
  state: 'pending' | 'joined' | 'declined' | 'user_cancelled';
  user: Ref;
  requester: Ref;
  message: string;
  requested_at: string;
  updated_at: string;
  /** Names of the policies by which they were found. */
  escalation_policy_requests: string[];
}
export interface ResponderRequest {
  id: string;
  responder_request_targets: { responder_request_target: Ref & { incidents_responders: Responder[] } }[];
}

export interface Alert extends Ref {
  created_at: string;
  updated_at: string;
  resolved_at: string | null;
  status: 'triggered' | 'resolved';
  alert_key: string;
  severity: string;
  suppressed: boolean;
  service: Ref;
  incident: Ref | null;
  integration: Ref | null;
  body?: { details?: unknown; contexts?: Context[]; cef_details?: CefDetails | null } | null;
}
export interface PlacedAlert extends Alert {
  placement: string;
  placement_note: string | null;
}
export interface Context {
  type: string;
  href?: string;
  text?: string;
  src?: string;
}
export interface CefDetails {
  source_origin: string | null;
  source_component: string | null;
  service_group: string | null;
  event_class: string | null;
  client: string | null;
  client_url: string | null;
}

export interface LogEntry extends Ref {
  created_at: string;
  agent: Ref | null;
  channel: { type: string; summary?: string; duration?: number };
  note: string | null;
  user?: Ref;
  assignees?: Ref[];
  incident?: Ref;
}

export interface Note {
  id: string;
  user: Ref;
  content: string;
  created_at: string;
}

export interface Decision {
  at: string;
  reason: string;
  sentence: string;
  user: Ref | null;
  level: number | null;
  schedule: Ref | null;
  config: ConfigUse[];
}
/** What a decision was based on, in the version of then; of notification rules the object is their person. */
export interface ConfigUse {
  kind: 'service' | 'escalation_policy' | 'schedule' | 'notification_rules' | 'alert_grouping_setting';
  object: Ref;
  version: number;
}
export interface NamedConfig extends ConfigUse {
  name: string;
  /** Since when this version counts. */
  since: string | null;
}
export interface PersonStory {
  user: Ref;
  told: boolean;
  reason: string;
  sentence: string;
  level: number | null;
}
export interface Why {
  escalation_policy: Ref | null;
  escalation_policy_version: number;
  decisions: Decision[];
  decisions_left_out: number;
  /** Everything that the decisions were based on, each version once. */
  config: NamedConfig[];
  people: PersonStory[];
}
export interface Simulation {
  at: string;
  ended_at: string;
  outcome: string;
  notifications: { at: string; after_seconds: number; user: Ref; channel: string; to: string; problem: string | null }[];
  remarks: string[];
  why: Why | null;
}

export interface Service extends Ref {
  name: string;
  description: string | null;
  status: 'active' | 'warning' | 'critical' | 'maintenance' | 'disabled';
  created_at: string;
  auto_resolve_timeout: number | null;
  acknowledgement_timeout: number | null;
  last_incident_timestamp: string | null;
  escalation_policy: Ref;
  teams: Ref[];
  integrations: Ref[];
  incident_urgency_rule: UrgencyRule;
  alert_grouping_parameters: { type: string | null; config?: { timeout?: number; fields?: string[]; aggregate?: string; time_window?: number } };
  auto_pause_notifications_parameters: { enabled: boolean; timeout: number | null };
  support_hours: SupportHours | null;
  scheduled_actions: ScheduledAction[];
}
export interface SupportHours {
  type: 'fixed_time_per_day';
  time_zone: string;
  /** 1 is Monday. */
  days_of_week: number[];
  start_time: string;
  end_time: string;
}
export interface ScheduledAction {
  type: 'urgency_change';
  at: { type: 'named_time'; name: 'support_hours_start' };
  to_urgency: 'high';
}
export interface UrgencyRule {
  type: 'constant' | 'use_support_hours';
  urgency?: 'high' | 'low' | 'severity_based';
  during_support_hours?: UrgencyRule;
  outside_support_hours?: UrgencyRule;
}
export interface Integration extends Ref {
  name: string;
  service: Ref;
  created_at: string;
  vendor: Ref | null;
  integration_key?: string | null;
  integration_email?: string | null;
}
export interface Vendor extends Ref {
  name: string;
  description: string;
  generic_service_type: string;
}
export interface ExtensionSchema extends Ref {
  key: string;
  label: string;
  description: string;
}
export interface ExtensionConfig {
  /** Of a chat that knows its channels by id. */
  channel?: string;
  notify_types?: { acknowledge?: boolean; resolve?: boolean; assignments?: boolean };
  headers?: { name: string; value: string }[];
}
/** What is told elsewhere of the incidents of services. */
export interface Extension extends Ref {
  name: string;
  endpoint_url: string | null;
  extension_objects: Ref[];
  extension_schema: Ref;
  /** Its receiver refused too often. */
  temporarily_disabled: boolean;
  config: ExtensionConfig;
}
/** An address that hears of events about the account, a service or a team. */
export interface WebhookSubscription {
  id: string;
  active: boolean;
  description: string;
  events: string[];
  filter: { type: 'account_reference' | 'service_reference' | 'team_reference'; id?: string; summary?: string };
  delivery_method: {
    url: string;
    /** Shown once, when it is made. */
    secret: string | null;
    temporarily_disabled: boolean;
    temporarily_disabled_reason: string | null;
  };
  /** Whose access token its deliveries carry. */
  oauth_client: Ref | null;
}
/** With what access tokens are asked for; its secret is in no answer. */
export interface OAuthClient {
  id: string;
  name: string;
  client_id: string;
  scope: string | null;
  token_url: string;
  status: 'active' | 'error';
  /** Why no token was given the last time. */
  error: string | null;
}
/** One event on its way to a webhook or an extension. */
export interface Delivery {
  id: string;
  /** The same for every time that it is sent. */
  event_id: string;
  event_type: string;
  subject: Ref | null;
  status: 'queued' | 'sending' | 'delivered' | 'dropped';
  attempts: number;
  /** The last answer, in one sentence. */
  detail: string | null;
  occurred_at: string;
  /** Null while it waits for nothing but its turn. */
  next_attempt_at: string | null;
  ended_at: string | null;
  can_be_sent_again: boolean;
}
export interface EventReceipt {
  id: string;
  integration: Ref | null;
  event_action: string;
  dedup_key: string;
  reason: string;
  created_at: string;
}
export interface ChangeEvent extends Ref {
  timestamp: string;
  source: string | null;
  links: { href: string; text?: string }[];
  services: Ref[];
  integration: Ref | null;
}
export interface Maintenance extends Ref {
  start_time: string;
  end_time: string;
  description: string;
  created_by: Ref | null;
  services: Ref[];
}
export interface BusinessService extends Ref {
  name: string;
  description: string | null;
  point_of_contact: string | null;
  team: { id: string; type: string } | null;
}
/** How a business service is. */
export interface Impact {
  id: string;
  name: string;
  status: 'impacted' | 'not_impacted';
}
/** A field that people added to services or to incidents. */
export interface CustomField {
  id: string;
  name: string;
  display_name: string;
  data_type: 'boolean' | 'integer' | 'float' | 'string' | 'datetime' | 'url';
  field_type: 'single_value' | 'single_value_fixed' | 'multi_value' | 'multi_value_fixed';
  description: string | null;
  /** Of incidents only. */
  default_value?: FieldValue['value'];
  enabled: boolean;
  field_options?: { id: string; data: { data_type: string; value: string } }[];
}
export interface FieldValue {
  id: string;
  name: string;
  display_name: string;
  data_type: CustomField['data_type'];
  field_type: CustomField['field_type'];
  description: string | null;
  value: string | number | boolean | string[] | null;
}
export interface Relationship {
  id: string;
  supporting_service: { id: string; type: string };
  dependent_service: { id: string; type: string };
}
export interface Standard {
  id: string;
  name: string;
  description: string;
  active: boolean;
  pass: boolean;
}

export interface PastIncident {
  incident: Incident;
  /** 0 to 100 */
  score: number;
}
export interface RelatedIncident {
  incident: Incident;
  relationships: { type: 'machine_learning_inferred' | 'service_dependency'; metadata: { supporting_services?: { id: string }[] } }[];
}
export interface Outlier {
  incident: { occurrence: { count: number; frequency: number; category: 'anomaly' | 'rare' | 'frequent'; since: string; until: string } };
  incident_template: { mined_text: string };
}

export interface Priority extends Ref {
  name: string;
  description: string;
}
export interface Orchestration {
  id: string;
  name: string;
  description: string | null;
  team: { id: string } | null;
  routes: number;
  updated_at: string;
}
export interface OrchestratedEvent {
  id: string;
  service: Ref | null;
  alert: Ref | null;
  event_action: string;
  summary: string;
  disposition: 'trigger' | 'suppress' | 'suspend' | 'drop' | 'unrouted';
  decisions: { path: string; version: string; rule_id: string | null; label: string | null; did: string[] }[];
  created_at: string;
}
export interface OrchestrationIntegration {
  id: string;
  label: string;
  parameters: { routing_key: string };
}

export interface EscalationRule {
  id?: string;
  escalation_delay_in_minutes: number;
  targets: Ref[];
}
export interface Policy extends Ref {
  name: string;
  description: string | null;
  num_loops: number;
  escalation_rules: EscalationRule[];
  services: Ref[];
  teams: Ref[];
}
export interface OnCall {
  escalation_policy: Ref;
  escalation_level: number;
  schedule: Ref | null;
  user: Ref;
  start: string | null;
  end: string | null;
}

export interface Shift {
  id?: string;
  start: string;
  end: string;
  user: Ref;
}
export interface Restriction {
  type: 'daily_restriction' | 'weekly_restriction';
  start_time_of_day: string;
  duration_seconds: number;
  start_day_of_week?: number;
}
export interface Layer {
  id?: string;
  name: string;
  start: string;
  end: string | null;
  rotation_virtual_start: string;
  rotation_turn_length_seconds: number;
  users: { user: Ref }[];
  restrictions: Restriction[];
  rendered_schedule_entries?: Shift[];
  rendered_coverage_percentage?: number;
}
export interface Schedule extends Ref {
  name: string;
  description: string | null;
  time_zone: string;
  escalation_policies: Ref[];
  users: Ref[];
  teams: Ref[];
  schedule_layers: Layer[];
  http_cal_url?: string;
  overrides_subschedule?: { rendered_schedule_entries: Shift[] };
  final_schedule?: { rendered_schedule_entries: Shift[]; rendered_coverage_percentage: number | null };
}
export interface Override {
  id: string;
  start: string;
  end: string;
  user: Ref;
}

export interface ContactMethod extends Ref {
  label?: string;
  address?: string;
  country_code?: number;
  blacklisted?: boolean;
  last_proven_at?: string | null;
}
export interface Readiness {
  verdict: string;
  ways: { contact_method: Ref; ready: boolean; proven_at: string | null; reason: string }[];
}
export interface SentMessage {
  id: string;
  status: string;
  detail: string | null;
}
export interface Verification {
  status: 'unverified' | 'pending' | 'verified';
  notification: SentMessage | null;
}
export interface HandoffRule extends Ref {
  handoff_type: 'oncall' | 'offcall' | 'both';
  notify_advance_in_minutes: number;
  contact_method: Ref;
}
export interface UserSession {
  id: string;
  type: 'browser' | 'oauth';
  created_at: string;
  summary: string;
}
export interface NotificationRule extends Ref {
  start_delay_in_minutes: number;
  urgency: Urgency;
  contact_method: ContactMethod;
}
export interface User extends Ref {
  name: string;
  email: string;
  time_zone: string | null;
  color: string;
  role: string;
  job_title: string | null;
  invitation_sent: boolean;
  teams: Ref[];
  contact_methods: ContactMethod[];
  notification_rules: NotificationRule[];
}
export interface Team extends Ref {
  name: string;
  description: string | null;
}

export interface Session {
  /** What the list of sessions has it as; null for a key. */
  id: string | null;
  user: User;
  role: string;
  /** On the objects of these teams these roles count. */
  team_roles: { team: string; role: 'observer' | 'responder' | 'manager' }[];
  demo: boolean;
  public_url: string;
  time_zone: string;
  now: string;
  version: string;
  capabilities: { create_services: boolean; manage_keys: boolean; manage_users: boolean; respond: boolean };
}
export interface ApiKey {
  id: string;
  description: string;
  read_only: boolean;
  disabled: boolean;
  truncated_token: string;
  user: Ref | null;
  created_at: string;
  created_by: Ref | null;
  last_used_at: string | null;
  key?: string;
}
export interface OAuthApp {
  id: string;
  name: string;
  description: string;
  scopes: string[];
  client_id: string;
  client_secret?: string;
  created_at: string;
  last_used_at: string | null;
}
export interface Provider {
  channel: string;
  configured: boolean;
  last_sent_at: string | null;
  last_failed_at: string | null;
  last_error: string | null;
}
export interface Health {
  now: string;
  version: string;
  store: Record<string, unknown>;
  last_event_at: string | null;
  oldest_due_seconds: number;
  messages_waiting: number;
  oldest_message_seconds: number;
  providers: Provider[];
  verdict: 'well' | 'weak' | 'down';
  reasons: string[];
}
