#include "backstage/handlers.h"

namespace callboard::backstage {

namespace {

constexpr bool shared = true;

// clang-format off
// Of two rows that fit the same path the first counts.
constexpr Route table[] = {
    {"GET", "/services", Action::view, find_services},
    {"GET", "/services/{id}", Action::view, get_service, shared},
    {"GET", "/services/{id}/incidents", Action::view, get_incidents, shared},
    {"GET", "/services/{id}/change-events", Action::view, get_change_events, shared},
    {"GET", "/services/{id}/standards", Action::view, get_standards, shared},
    {"GET", "/services/{id}/metrics", Action::view, get_metrics, shared},
    {"POST", "/services/{id}/integration/{vendor_id}", Action::map, create_integration},
    {"GET", "/oncall-users", Action::view, get_on_call_users, shared},
    {"GET", "/escalation_policies", Action::view, list_escalation_policies},
    {"GET", "/teams", Action::view, list_teams},
    {"GET", "/accounts", Action::view, list_accounts},
    {"GET", "/health", Action::view, get_health},
    {"GET", "/settings/{id}", Action::view, get_setting},
    {"POST", "/settings", Action::configure, put_settings},
    {"GET", "/dependencies/service/{id}", Action::view, list_dependencies},
    {"POST", "/dependencies/service/{id}", Action::configure, add_dependencies},
    {"DELETE", "/dependencies/service/{id}", Action::configure, remove_dependencies},
    {"GET", "/catalog/entity/{type}/{namespace}/{name}", Action::view, get_annotated_service},
    {"GET", "/mapping/entity", Action::view, list_mappings},
    {"POST", "/mapping/entity", Action::map, put_mapping},
    {"POST", "/mapping/entities", Action::view, list_mapped_entities},
    {"POST", "/mapping/entities/bulk", Action::map, put_mappings},
    {"GET", "/mapping/export", Action::view, export_mappings},
    {"POST", "/mapping/import", Action::map, import_mappings},
    {"POST", "/mapping/entity/auto-match/start", Action::map, start_auto_match},
    {"GET", "/mapping/entity/auto-match/{job_id}", Action::view, get_auto_match},
    {"GET", "/mapping/entity/service/{id}", Action::view, get_mapping_of_service},
    {"DELETE", "/mapping/entity/service/{id}", Action::map, delete_mapping},
    {"GET", "/mapping/entity/{type}/{namespace}/{name}", Action::view, get_mapping_of_entity},
    {"POST", "/custom-fields", Action::configure, create_custom_field},
    {"GET", "/custom-fields", Action::view, list_custom_fields},
    {"POST", "/custom-fields/sync", Action::configure, sync_custom_fields},
    {"POST", "/custom-fields/sync-logs", Action::configure, add_sync_log},
    {"GET", "/custom-fields/sync-logs", Action::view, list_sync_logs},
    {"PUT", "/custom-fields/{id}", Action::configure, update_custom_field},
    {"PATCH", "/custom-fields/{id}/enabled", Action::configure, enable_custom_field},
    {"DELETE", "/custom-fields/{id}", Action::configure, delete_custom_field},
    // Of our own frontend.
    {"GET", "/card", Action::view, get_card, shared},
    {"POST", "/roll-up", Action::view, roll_up},
    {"GET", "/permissions", Action::view, get_permissions},
    {"GET", "/preview", Action::view, preview},
    {"GET", "/assignees", Action::view, list_assignees},
    {"GET", "/my/on-call", Action::view, get_my_on_call},
    {"GET", "/my/incidents", Action::view, get_my_incidents},
    {"POST", "/trigger", Action::trigger, trigger_incident},
    {"POST", "/incidents/{id}/acknowledge", Action::respond, acknowledge_incident},
    {"POST", "/incidents/{id}/resolve", Action::respond, resolve_incident},
    {"POST", "/incidents/{id}/escalate", Action::respond, escalate_incident},
    {"POST", "/incidents/{id}/reassign", Action::respond, reassign_incident},
    {"POST", "/incidents/{id}/snooze", Action::respond, snooze_incident},
    {"POST", "/incidents/{id}/notes", Action::respond, add_note},
    {"POST", "/incidents/{id}/responders", Action::respond, add_responders},
    {"POST", "/incidents/{id}/merge", Action::respond, merge_incident},
    {"POST", "/schedules/{id}/take-over", Action::respond, take_over},
    {"POST", "/services/{id}/maintenance", Action::configure, start_maintenance},
    {"DELETE", "/maintenance-windows/{id}", Action::configure, end_maintenance},
    {"GET", "/changes", Action::view, get_changes},
    {"GET", "/sync", Action::view, get_sync},
    {"POST", "/sync", Action::configure, start_sync},
    // Of our own entity processor.
    {"POST", "/catalog/process", Action::view, process_entity},
    // Of our own actions for software templates.
    {"POST", "/provision/services", Action::configure, provision_service},
    {"POST", "/provision/integrations", Action::configure, provision_integration},
    {"POST", "/provision/schedules", Action::configure, provision_schedule},
    {"POST", "/provision/escalation-policies", Action::configure, provision_escalation_policy},
    {"POST", "/provision/maintenance-windows", Action::configure, provision_maintenance_window},
    {"POST", "/provision/incidents", Action::trigger, provision_incident},
    {"POST", "/provision/change-events", Action::configure, provision_change_event},
};
// clang-format on

}  // namespace

std::span<const Route> backstage_routes() { return table; }

}  // namespace callboard::backstage
