#pragma once
// One function per resource file: its rows of the table.

#include "http/kit/route.h"

#include <span>

namespace callboard::http {

std::span<const Route> ability_routes();
std::span<const Route> service_routes();
std::span<const Route> alert_grouping_setting_routes();
std::span<const Route> integration_routes();
std::span<const Route> vendor_routes();
std::span<const Route> escalation_policy_routes();
std::span<const Route> user_routes();
std::span<const Route> contact_method_routes();
std::span<const Route> contact_proof_routes();
std::span<const Route> handoff_rule_routes();
std::span<const Route> user_session_routes();
std::span<const Route> notification_rule_routes();
std::span<const Route> license_routes();
std::span<const Route> team_routes();
std::span<const Route> schedule_routes();
std::span<const Route> schedule_override_routes();
std::span<const Route> schedule_v3_routes();
std::span<const Route> schedule_audit_routes();
std::span<const Route> shift_routes();
std::span<const Route> oncall_routes();
std::span<const Route> maintenance_window_routes();
std::span<const Route> paused_incident_report_routes();
std::span<const Route> priority_routes();
std::span<const Route> change_event_routes();
std::span<const Route> service_dependency_routes();
std::span<const Route> business_service_routes();
std::span<const Route> business_service_impact_routes();
std::span<const Route> standard_routes();
std::span<const Route> analytics_routes();
std::span<const Route> incident_routes();
std::span<const Route> incident_note_routes();
std::span<const Route> responder_request_routes();
std::span<const Route> alert_routes();
std::span<const Route> log_entry_routes();
std::span<const Route> notification_routes();
std::span<const Route> event_receipt_routes();
std::span<const Route> event_orchestration_routes();
std::span<const Route> orchestration_path_routes();
std::span<const Route> cache_variable_routes();
std::span<const Route> orchestration_trial_routes();
std::span<const Route> incident_type_routes();
std::span<const Route> heartbeat_routes();
std::span<const Route> why_routes();
std::span<const Route> webhook_subscription_routes();
std::span<const Route> webhook_delivery_routes();
std::span<const Route> custom_field_routes();
std::span<const Route> incident_kin_routes();
std::span<const Route> schedule_preview_routes();
std::span<const Route> extension_routes();
std::span<const Route> tag_routes();
std::span<const Route> status_update_routes();
std::span<const Route> status_update_rule_routes();
std::span<const Route> api_key_routes();
std::span<const Route> oauth_app_routes();
std::span<const Route> oauth_client_routes();
std::span<const Route> console_routes();

}  // namespace callboard::http
