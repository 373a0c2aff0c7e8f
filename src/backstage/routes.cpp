#include "backstage/handlers.h"

namespace callboard::backstage {

namespace {

constexpr Route table[] = {
    {"GET", "/services", find_services},
    {"GET", "/services/{id}", get_service},
    {"GET", "/services/{id}/incidents", get_incidents},
    {"GET", "/services/{id}/change-events", get_change_events},
    {"GET", "/services/{id}/standards", get_standards},
    {"GET", "/services/{id}/metrics", get_metrics},
    {"POST", "/services/{id}/integration/{vendor_id}", create_integration},
    {"GET", "/oncall-users", get_on_call_users},
    {"GET", "/escalation_policies", list_escalation_policies},
    {"GET", "/teams", list_teams},
    {"GET", "/accounts", list_accounts},
    {"GET", "/health", get_health},
    {"GET", "/dependencies/service/{id}", list_dependencies},
    {"POST", "/dependencies/service/{id}", add_dependencies},
    {"DELETE", "/dependencies/service/{id}", remove_dependencies},
    {"GET", "/settings/{id}", get_setting},
    {"GET", "/mapping/entity/service/{id}", get_mapping_of_service},
    {"GET", "/mapping/entity/{type}/{namespace}/{name}", get_mapping_of_entity},
};

}  // namespace

std::span<const Route> backstage_routes() { return table; }

}  // namespace callboard::backstage
