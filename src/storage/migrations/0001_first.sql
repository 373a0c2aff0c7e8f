-- The first schema. One text for SQLite and PostgreSQL: {pk} is the only macro. Times are microseconds since 1970 UTC,
-- enums and flags are integers by the order of their description, lists and nested structs are JSON text.

CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE counters(name TEXT PRIMARY KEY, value BIGINT NOT NULL);

CREATE TABLE config_versions(
    kind BIGINT NOT NULL, object_id BIGINT NOT NULL, valid_from BIGINT NOT NULL,
    version BIGINT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY(kind, object_id, valid_from));

-- What falls due. The key is the time, so that taking what is due reads one end of the table.
CREATE TABLE due("at" BIGINT NOT NULL, kind BIGINT NOT NULL, subject BIGINT NOT NULL, PRIMARY KEY("at", kind, subject)){clustered};

CREATE TABLE users(
    id {pk}, name TEXT NOT NULL, email TEXT NOT NULL, role BIGINT NOT NULL, time_zone TEXT, color TEXT NOT NULL,
    job_title TEXT, description TEXT, invitation_sent BIGINT NOT NULL, created_at BIGINT NOT NULL, deleted_at BIGINT);
CREATE UNIQUE INDEX users_email ON users(lower(email)) WHERE deleted_at IS NULL;
CREATE TABLE contact_methods(
    id {pk}, "user" BIGINT NOT NULL, type BIGINT NOT NULL, label TEXT NOT NULL, address TEXT NOT NULL,
    country_code BIGINT NOT NULL, send_short_email BIGINT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX contact_methods_user ON contact_methods("user");
CREATE TABLE notification_rules(
    id {pk}, "user" BIGINT NOT NULL, contact_method BIGINT NOT NULL, urgency BIGINT NOT NULL,
    start_delay_in_minutes BIGINT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX notification_rules_user ON notification_rules("user");
CREATE TABLE handoff_notification_rules(
    id {pk}, "user" BIGINT NOT NULL, contact_method BIGINT NOT NULL, handoff_type BIGINT NOT NULL,
    notify_advance_in_minutes BIGINT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX handoff_notification_rules_user ON handoff_notification_rules("user");
CREATE TABLE contact_proofs(
    id {pk}, proven_at BIGINT, proven_by BIGINT, code BIGINT, code_sent_at BIGINT, attempts_left BIGINT NOT NULL);
CREATE TABLE credentials(id {pk}, password_hash TEXT NOT NULL, changed_at BIGINT NOT NULL);
CREATE TABLE sessions(
    id {pk}, token_hash TEXT NOT NULL, "user" BIGINT NOT NULL, summary TEXT NOT NULL, created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL);
CREATE UNIQUE INDEX sessions_token ON sessions(token_hash);
CREATE TABLE api_keys(
    id {pk}, key_hash TEXT NOT NULL, truncated_token TEXT NOT NULL, description TEXT NOT NULL, read_only BIGINT NOT NULL,
    "user" BIGINT, disabled BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT, last_used_at BIGINT);
CREATE UNIQUE INDEX api_keys_hash ON api_keys(key_hash);
CREATE TABLE oauth_apps(
    id {pk}, name TEXT NOT NULL, description TEXT NOT NULL, scopes TEXT NOT NULL, client_id TEXT NOT NULL,
    secret_hash TEXT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT, last_used_at BIGINT);
CREATE UNIQUE INDEX oauth_apps_client ON oauth_apps(client_id);
CREATE TABLE oauth_tokens(
    id {pk}, token_hash TEXT NOT NULL, app BIGINT NOT NULL, scopes TEXT NOT NULL, expires_at BIGINT NOT NULL);
CREATE UNIQUE INDEX oauth_tokens_hash ON oauth_tokens(token_hash);
CREATE INDEX oauth_tokens_app ON oauth_tokens(app);

CREATE TABLE teams(
    id {pk}, name TEXT NOT NULL, description TEXT, default_role BIGINT NOT NULL, parent BIGINT,
    created_at BIGINT NOT NULL, deleted_at BIGINT);
CREATE UNIQUE INDEX teams_name ON teams(lower(name)) WHERE deleted_at IS NULL;
CREATE TABLE team_members(id {pk}, team BIGINT NOT NULL, "user" BIGINT NOT NULL, role BIGINT NOT NULL);
CREATE UNIQUE INDEX team_members_pair ON team_members(team, "user");
CREATE INDEX team_members_user ON team_members("user");
CREATE TABLE priorities(
    id {pk}, name TEXT NOT NULL, description TEXT NOT NULL, color TEXT NOT NULL, rank BIGINT NOT NULL);

CREATE TABLE escalation_policies(
    id {pk}, name TEXT NOT NULL, description TEXT, num_loops BIGINT NOT NULL,
    on_call_handoff_notifications BIGINT NOT NULL, team BIGINT, escalation_rules TEXT NOT NULL, version BIGINT NOT NULL,
    created_at BIGINT NOT NULL, deleted_at BIGINT);
CREATE UNIQUE INDEX escalation_policies_name ON escalation_policies(lower(name)) WHERE deleted_at IS NULL;
CREATE TABLE schedules(
    id {pk}, name TEXT NOT NULL, description TEXT, time_zone TEXT NOT NULL, schedule_layers TEXT NOT NULL,
    kind BIGINT NOT NULL, rotations TEXT NOT NULL, teams TEXT NOT NULL, created_at BIGINT NOT NULL, deleted_at BIGINT);
CREATE UNIQUE INDEX schedules_name ON schedules(lower(name)) WHERE deleted_at IS NULL;
CREATE TABLE schedule_overrides(
    id {pk}, schedule BIGINT NOT NULL, "start" BIGINT NOT NULL, "end" BIGINT NOT NULL, "user" BIGINT NOT NULL,
    created_at BIGINT NOT NULL);
CREATE INDEX schedule_overrides_time ON schedule_overrides(schedule, "end");
CREATE TABLE custom_shifts(
    id {pk}, schedule BIGINT NOT NULL, start_time BIGINT NOT NULL, end_time BIGINT NOT NULL, member BIGINT NOT NULL,
    created_at BIGINT NOT NULL);
CREATE INDEX custom_shifts_time ON custom_shifts(schedule, end_time);
CREATE TABLE shift_overrides(
    id {pk}, schedule BIGINT NOT NULL, rotation BIGINT, custom_shift BIGINT, start_time BIGINT NOT NULL,
    end_time BIGINT NOT NULL, overridden_member BIGINT NOT NULL, overriding_member BIGINT NOT NULL,
    created_at BIGINT NOT NULL);
CREATE INDEX shift_overrides_time ON shift_overrides(schedule, end_time);
CREATE TABLE audit_records(
    id {pk}, schedule BIGINT NOT NULL, action BIGINT NOT NULL, method BIGINT NOT NULL, actor BIGINT, truncated_token TEXT,
    resource_type TEXT NOT NULL, resource_id TEXT NOT NULL, fields TEXT NOT NULL, execution_time BIGINT NOT NULL);
CREATE INDEX audit_records_schedule ON audit_records(schedule, id);

CREATE TABLE services(
    id {pk}, name TEXT NOT NULL, description TEXT, escalation_policy BIGINT NOT NULL, disabled BIGINT NOT NULL,
    auto_resolve_timeout BIGINT, acknowledgement_timeout BIGINT, alert_creation BIGINT NOT NULL,
    incident_urgency_rule TEXT NOT NULL, support_hours TEXT, scheduled_actions TEXT NOT NULL,
    alert_grouping_setting BIGINT, auto_pause_notifications_parameters TEXT NOT NULL,
    created_at BIGINT NOT NULL, deleted_at BIGINT);
CREATE UNIQUE INDEX services_name ON services(lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX services_policy ON services(escalation_policy);
CREATE INDEX services_grouping ON services(alert_grouping_setting) WHERE alert_grouping_setting IS NOT NULL;
CREATE TABLE alert_grouping_settings(
    id {pk}, name TEXT, description TEXT, type BIGINT NOT NULL, timeout BIGINT NOT NULL, time_window BIGINT NOT NULL,
    aggregate BIGINT NOT NULL, fields TEXT NOT NULL, iag_fields TEXT NOT NULL, criteria_changed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE integrations(
    id {pk}, service BIGINT NOT NULL, name TEXT NOT NULL, type BIGINT NOT NULL, vendor TEXT,
    integration_key TEXT NOT NULL, integration_email TEXT, created_at BIGINT NOT NULL, deleted_at BIGINT);
CREATE UNIQUE INDEX integrations_key ON integrations(integration_key);
CREATE INDEX integrations_service ON integrations(service);
CREATE TABLE maintenance_windows(
    id {pk}, sequence_number BIGINT NOT NULL, start_time BIGINT NOT NULL, end_time BIGINT NOT NULL,
    description TEXT NOT NULL, services TEXT NOT NULL, created_by BIGINT, deleted_at BIGINT);
CREATE INDEX maintenance_windows_end ON maintenance_windows(end_time);
CREATE TABLE custom_fields(
    id {pk}, subject BIGINT NOT NULL, name TEXT NOT NULL, display_name TEXT NOT NULL, data_type BIGINT NOT NULL, field_type BIGINT NOT NULL,
    description TEXT, default_value TEXT, enabled BIGINT NOT NULL, field_options TEXT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE UNIQUE INDEX custom_fields_name ON custom_fields(subject, name);
CREATE TABLE custom_field_values(
    id {pk}, subject_id BIGINT NOT NULL, field BIGINT NOT NULL, value TEXT NOT NULL);
CREATE UNIQUE INDEX custom_field_values_pair ON custom_field_values(subject_id, field);
CREATE INDEX custom_field_values_field ON custom_field_values(field);
CREATE TABLE business_services(
    id {pk}, name TEXT NOT NULL, description TEXT, point_of_contact TEXT, team BIGINT,
    created_at BIGINT NOT NULL, deleted_at BIGINT);
CREATE TABLE manual_impacts(
    id {pk}, incident BIGINT NOT NULL, business_service BIGINT NOT NULL, relation BIGINT NOT NULL);
CREATE UNIQUE INDEX manual_impacts_pair ON manual_impacts(incident, business_service);
CREATE TABLE service_dependencies(
    id {pk}, supporting_kind BIGINT NOT NULL, supporting_service BIGINT NOT NULL,
    dependent_kind BIGINT NOT NULL, dependent_service BIGINT NOT NULL);
CREATE UNIQUE INDEX service_dependencies_edge ON service_dependencies(supporting_service, dependent_service);
CREATE INDEX service_dependencies_dependent ON service_dependencies(dependent_service);
CREATE TABLE standards(
    id {pk}, type BIGINT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, active BIGINT NOT NULL,
    inclusions TEXT NOT NULL, exclusions TEXT NOT NULL);

-- The hot tables. Keys grow with time; no index here is in random order.
CREATE TABLE incidents(
    id {pk}, incident_number BIGINT NOT NULL, service BIGINT NOT NULL, title TEXT NOT NULL, status BIGINT NOT NULL,
    urgency BIGINT NOT NULL, priority BIGINT, incident_key TEXT, escalation_policy BIGINT NOT NULL,
    policy_version BIGINT NOT NULL, escalation_level BIGINT NOT NULL, escalation_loop BIGINT NOT NULL,
    assigned_via BIGINT NOT NULL, assignments TEXT NOT NULL, acknowledgements TEXT NOT NULL, teams TEXT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, last_status_change_at BIGINT NOT NULL,
    last_status_change_by TEXT NOT NULL, resolved_at BIGINT, merged_into BIGINT, alert_count BIGINT NOT NULL,
    resolved_alert_count BIGINT NOT NULL, first_trigger_log_entry BIGINT NOT NULL,
    manual BIGINT NOT NULL, body TEXT, incident_type TEXT NOT NULL, conference_number TEXT, conference_url TEXT,
    escalate_at BIGINT, unacknowledge_at BIGINT, snoozed BIGINT NOT NULL, resolve_at BIGINT, urgency_change_at BIGINT,
    notify_at BIGINT, notify_from BIGINT NOT NULL, help_asked BIGINT NOT NULL);
CREATE UNIQUE INDEX incidents_number ON incidents(incident_number);
CREATE INDEX incidents_service ON incidents(service, id);
CREATE INDEX incidents_open ON incidents(service, id) WHERE status < 2;
CREATE TABLE alerts(
    id {pk}, service BIGINT NOT NULL, integration BIGINT, orchestration BIGINT, incident BIGINT, alert_key TEXT NOT NULL,
    status BIGINT NOT NULL, severity BIGINT NOT NULL, summary TEXT NOT NULL, suppressed BIGINT NOT NULL,
    event TEXT NOT NULL, first_trigger_log_entry BIGINT NOT NULL, created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL, resolved_at BIGINT, placement BIGINT NOT NULL, placement_note TEXT,
    suspended_until BIGINT, suspended_by BIGINT, orders TEXT);
CREATE INDEX alerts_incident ON alerts(incident, id);
-- Dedup keys, and which alerts are open, in order of time: an index by key alone would be written in random order.
CREATE INDEX alerts_time ON alerts(created_at, status, alert_key, incident);
CREATE TABLE log_entries(
    id {pk}, incident BIGINT NOT NULL, service BIGINT NOT NULL, type BIGINT NOT NULL, agent TEXT NOT NULL,
    channel BIGINT NOT NULL, alert BIGINT, users TEXT NOT NULL, note TEXT, event TEXT, until BIGINT,
    notification BIGINT, config TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX log_entries_incident ON log_entries(incident, id);
CREATE TABLE incident_notes(
    id {pk}, incident BIGINT NOT NULL, content TEXT NOT NULL, "user" BIGINT, created_at BIGINT NOT NULL);
CREATE INDEX incident_notes_incident ON incident_notes(incident, id);
CREATE TABLE responder_requests(
    id {pk}, incident BIGINT NOT NULL, requester BIGINT NOT NULL, message TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX responder_requests_incident ON responder_requests(incident, id);
CREATE TABLE responder_targets(
    id {pk}, request BIGINT NOT NULL, incident BIGINT NOT NULL, type BIGINT NOT NULL, target BIGINT NOT NULL,
    policy_version BIGINT NOT NULL, level BIGINT NOT NULL, loop BIGINT NOT NULL, cancelled BIGINT NOT NULL,
    escalate_at BIGINT);
CREATE INDEX responder_targets_incident ON responder_targets(incident, id);
CREATE TABLE responders(
    id {pk}, incident BIGINT NOT NULL, "user" BIGINT NOT NULL, state BIGINT NOT NULL, targets TEXT NOT NULL,
    requester BIGINT NOT NULL, message TEXT NOT NULL, requested_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    notify_at BIGINT, notify_from BIGINT NOT NULL);
CREATE UNIQUE INDEX responders_pair ON responders(incident, "user");
CREATE TABLE change_events(
    id {pk}, service BIGINT NOT NULL, integration BIGINT NOT NULL, summary TEXT NOT NULL, source TEXT NOT NULL,
    timestamp BIGINT NOT NULL, custom_details TEXT NOT NULL, links TEXT NOT NULL, images TEXT NOT NULL,
    created_at BIGINT NOT NULL);
CREATE INDEX change_events_service ON change_events(service, timestamp);
CREATE INDEX change_events_time ON change_events(timestamp);
CREATE TABLE event_receipts(
    id {pk}, service BIGINT NOT NULL, integration BIGINT, action BIGINT NOT NULL, dedup_key TEXT NOT NULL,
    reason BIGINT NOT NULL, service_version BIGINT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX event_receipts_service ON event_receipts(service, id);
CREATE TABLE notifications(
    id {pk}, "user" BIGINT NOT NULL, contact_method BIGINT, type BIGINT NOT NULL, address TEXT NOT NULL,
    country_code BIGINT NOT NULL, urgency BIGINT NOT NULL, state BIGINT NOT NULL, at BIGINT NOT NULL,
    attempts BIGINT NOT NULL, purpose BIGINT NOT NULL, text TEXT, may_be_a_repeat BIGINT NOT NULL, provider TEXT,
    provider_id TEXT, providers_passed BIGINT NOT NULL, held_until BIGINT, reply_number BIGINT NOT NULL, receipt BIGINT,
    receipt_at BIGINT, detail TEXT, fate_from BIGINT, rules_version BIGINT NOT NULL, created_at BIGINT NOT NULL,
    ended_at BIGINT);
CREATE INDEX notifications_user ON notifications("user", id);
-- Those that have not ended.
CREATE INDEX notifications_open ON notifications(state, id) WHERE state < 2;
CREATE TABLE notified_incidents(
    id {pk}, notification BIGINT NOT NULL, incident BIGINT NOT NULL, left_out BIGINT NOT NULL);
CREATE INDEX notified_incidents_notification ON notified_incidents(notification, id);
CREATE INDEX notified_incidents_incident ON notified_incidents(incident, id);
CREATE TABLE handoff_notices(
    id {pk}, rule BIGINT NOT NULL, escalation_policy BIGINT NOT NULL, begins BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX handoff_notices_rule ON handoff_notices(rule, id);
CREATE TABLE seen_callbacks(id {pk}, token TEXT NOT NULL, seen_at BIGINT NOT NULL);
CREATE UNIQUE INDEX seen_callbacks_token ON seen_callbacks(token);
CREATE TABLE heartbeats(
    id {pk}, service BIGINT NOT NULL, integration BIGINT NOT NULL, name TEXT NOT NULL, interval_seconds BIGINT NOT NULL,
    grace_seconds BIGINT NOT NULL, status BIGINT NOT NULL, last_beat_at BIGINT, due_at BIGINT, created_at BIGINT NOT NULL);
CREATE INDEX heartbeats_integration ON heartbeats(integration);
CREATE INDEX heartbeats_service ON heartbeats(service, id);
CREATE TABLE oauth_clients(
    id {pk}, name TEXT NOT NULL, client_id TEXT NOT NULL, client_secret TEXT NOT NULL, scope TEXT, token_url TEXT NOT NULL,
    grant_type BIGINT NOT NULL, status BIGINT NOT NULL, error TEXT, created_at BIGINT NOT NULL);
CREATE TABLE event_orchestrations(
    id {pk}, name TEXT NOT NULL, description TEXT, team BIGINT, aiops BIGINT NOT NULL, aiops_updated_at BIGINT,
    version BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT, updated_at BIGINT NOT NULL,
    updated_by BIGINT, deleted_at BIGINT);
CREATE TABLE orchestration_integrations(
    id {pk}, orchestration BIGINT NOT NULL, label TEXT NOT NULL, routing_key TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE UNIQUE INDEX orchestration_integrations_key ON orchestration_integrations(routing_key);
CREATE INDEX orchestration_integrations_orchestration ON orchestration_integrations(orchestration);
CREATE TABLE orchestration_paths(
    id {pk}, type BIGINT NOT NULL, orchestration BIGINT, service BIGINT, sets TEXT NOT NULL, catch_all TEXT NOT NULL,
    active BIGINT NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT,
    updated_at BIGINT NOT NULL, updated_by BIGINT);
CREATE INDEX orchestration_paths_orchestration ON orchestration_paths(orchestration);
CREATE UNIQUE INDEX orchestration_paths_service ON orchestration_paths(service) WHERE service IS NOT NULL;
CREATE TABLE cache_variables(
    id {pk}, orchestration BIGINT, service BIGINT, name TEXT NOT NULL, disabled BIGINT NOT NULL,
    conditions TEXT NOT NULL, type BIGINT NOT NULL, source TEXT NOT NULL, regex TEXT NOT NULL, ttl_seconds BIGINT,
    data_type BIGINT NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT, updated_at BIGINT NOT NULL,
    updated_by BIGINT);
CREATE TABLE orchestration_values(
    id {pk}, owner BIGINT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, updated_at BIGINT NOT NULL,
    expires_at BIGINT);
CREATE UNIQUE INDEX orchestration_values_owner ON orchestration_values(owner, name);
CREATE TABLE orchestrated_events(
    id {pk}, orchestration BIGINT, service BIGINT, alert BIGINT, action BIGINT NOT NULL, dedup_key TEXT NOT NULL,
    summary TEXT NOT NULL, disposition BIGINT NOT NULL, decisions TEXT NOT NULL, event TEXT NOT NULL,
    created_at BIGINT NOT NULL);
CREATE INDEX orchestrated_events_orchestration ON orchestrated_events(orchestration, id);
CREATE INDEX orchestrated_events_service ON orchestrated_events(service, id);
CREATE INDEX orchestrated_events_alert ON orchestrated_events(alert);
CREATE TABLE webhook_subscriptions(
    id {pk}, format BIGINT NOT NULL, name TEXT NOT NULL, services TEXT NOT NULL, config TEXT NOT NULL,
    filter BIGINT NOT NULL,
    filter_id BIGINT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL,
    custom_headers TEXT NOT NULL, description TEXT NOT NULL, events TEXT NOT NULL, oauth_client BIGINT,
    active BIGINT NOT NULL, disabled_until BIGINT, disabled_reason TEXT, dropped_through BIGINT, refusals BIGINT NOT NULL, created_at BIGINT NOT NULL);
CREATE TABLE webhook_deliveries(
    id {pk}, subscription BIGINT NOT NULL, resource BIGINT NOT NULL, lane BIGINT NOT NULL, event_type TEXT NOT NULL,
    agent TEXT NOT NULL, document TEXT NOT NULL, state BIGINT NOT NULL, at BIGINT NOT NULL, attempts BIGINT NOT NULL,
    detail TEXT, created_at BIGINT NOT NULL, ended_at BIGINT);
-- Those that have not ended.
CREATE INDEX webhook_deliveries_open ON webhook_deliveries(state, subscription, lane, id) WHERE state < 2;

CREATE TABLE tags(id {pk}, label TEXT NOT NULL, created_at BIGINT NOT NULL);
CREATE UNIQUE INDEX tags_label ON tags(lower(label));
CREATE TABLE taggings(id {pk}, tag BIGINT NOT NULL, type BIGINT NOT NULL, object BIGINT NOT NULL);
CREATE UNIQUE INDEX taggings_object ON taggings(object, tag);
CREATE INDEX taggings_tag ON taggings(tag, type, object);
CREATE TABLE status_updates(
    id {pk}, incident BIGINT NOT NULL, message TEXT NOT NULL, subject TEXT, html_message TEXT, sender BIGINT,
    created_at BIGINT NOT NULL);
CREATE INDEX status_updates_incident ON status_updates(incident, id);
CREATE TABLE notification_subscriptions(
    id {pk}, subscriber_type BIGINT NOT NULL, subscriber BIGINT NOT NULL, subscribable_type BIGINT NOT NULL,
    subscribable BIGINT NOT NULL, created_at BIGINT NOT NULL);
CREATE UNIQUE INDEX notification_subscriptions_pair ON notification_subscriptions(subscribable, subscriber);
CREATE INDEX notification_subscriptions_subscriber ON notification_subscriptions(subscriber, id);
CREATE TABLE status_update_rules(
    id {pk}, "user" BIGINT NOT NULL, contact_method BIGINT NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX status_update_rules_user ON status_update_rules("user", id);
