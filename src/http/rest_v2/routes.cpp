#include "http/rest_v2/routes.h"

#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"

namespace callboard::http {

std::vector<Route> rest_routes() {
    std::vector<Route> all;
    for (auto table : {ability_routes(),
                       service_routes(),
                       alert_grouping_setting_routes(),
                       integration_routes(),
                       vendor_routes(),
                       escalation_policy_routes(),
                       user_routes(),
                       contact_method_routes(),
                       contact_proof_routes(),
                       notification_rule_routes(),
                       handoff_rule_routes(),
                       user_session_routes(),
                       license_routes(),
                       team_routes(),
                       schedule_routes(),
                       schedule_override_routes(),
                       schedule_v3_routes(),
                       schedule_audit_routes(),
                       shift_routes(),
                       oncall_routes(),
                       maintenance_window_routes(),
                       paused_incident_report_routes(),
                       priority_routes(),
                       change_event_routes(),
                       service_dependency_routes(),
                       business_service_routes(),
                       business_service_impact_routes(),
                       standard_routes(),
                       analytics_routes(),
                       incident_routes(),
                       incident_note_routes(),
                       responder_request_routes(),
                       alert_routes(),
                       log_entry_routes(),
                       notification_routes(),
                       event_receipt_routes(),
                       event_orchestration_routes(),
                       orchestration_path_routes(),
                       cache_variable_routes(),
                       orchestration_trial_routes(),
                       incident_type_routes(),
                       heartbeat_routes(),
                       why_routes(),
                       webhook_subscription_routes(),
                       webhook_delivery_routes(),
                       custom_field_routes(),
                       incident_kin_routes(),
                       schedule_preview_routes(),
                       extension_routes(),
                       tag_routes(),
                       status_update_routes(),
                       status_update_rule_routes(),
                       api_key_routes(),
                       oauth_app_routes(),
                       oauth_client_routes(),
                       console_routes()})
        all.insert(all.end(), table.begin(), table.end());
    return all;
}

Agent acting_agent(const Request& request) { return request.actor.user ? agent_of(request.actor.user->id) : Agent{}; }

json::object service_ref_or_full(Wire& wire, ServiceId id) {
    return reference_or_full(
        wire, "services", known(wire.request, wire.service(id)), wire.service_ref(id), service_object);
}

json::object policy_ref_or_full(Wire& wire, EscalationPolicyId id) {
    return reference_or_full(wire,
                             "escalation_policies",
                             known(wire.request, wire.policy(id)),
                             wire.policy_ref(id),
                             escalation_policy_object);
}

}  // namespace callboard::http
