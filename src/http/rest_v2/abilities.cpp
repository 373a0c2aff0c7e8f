// REST "Abilities": what the account can do. Terraform reads it to test its key; Backstage offers alert grouping only
// when both grouping abilities are there.

#include "http/rest_v2/routes.h"

#include <algorithm>
#include <array>

namespace callboard::http {

namespace {

constexpr std::array<std::string_view, 13> abilities{
    "sso",
    "teams",
    "urgencies",
    "advanced_permissions",
    "read_only_users",
    "service_support_hours",
    "coordinated_responding",
    "event_rules",
    "preview_intelligent_alert_grouping",
    "time_based_alert_grouping",
    "round_robin",
    "permissions_service",
    "on_call_selectable_ring",
};

Result<Reply> list_abilities(Request&) {
    json::array names;
    for (auto ability : abilities) names.emplace_back(ability);
    return ok(json::object{{"abilities", std::move(names)}});
}

Result<Reply> test_ability(Request& request) {
    if (std::ranges::find(abilities, request.parameter("id")) == abilities.end()) return errors::not_found();
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/abilities", "abilities.read", Need::anyone, list_abilities},
    {Verb::get, "/abilities/{id}", "abilities.read", Need::anyone, test_ability},
};

}  // namespace

std::span<const Route> ability_routes() { return table; }

}  // namespace callboard::http
