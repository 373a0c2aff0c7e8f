#include "http/rest_v2/team_scope.h"

#include "http/kit/permit.h"

#include <algorithm>

namespace callboard::http {

std::vector<EscalationPolicyId> policies_of_teams(Tx& tx, const std::vector<TeamId>& teams) {
    std::vector<EscalationPolicyId> policies;
    for (const auto& policy : tx.list(Query<EscalationPolicy>().where_in(&EscalationPolicy::team, teams)))
        policies.push_back(policy.id);
    return policies;
}

std::vector<ServiceId> services_of_teams(Tx& tx, const std::vector<TeamId>& teams) {
    std::vector<ServiceId> services;
    auto of_policies =
        Query<Service>().where_in(&Service::escalation_policy, policies_of_teams(tx, teams)).with_deleted();
    for (const auto& service : tx.list(of_policies)) services.push_back(service.id);
    return services;
}

std::optional<std::vector<ServiceId>> seen_services(Request& request) {
    if (!sees_part(request)) return std::nullopt;
    auto seen = Query<Service>().with_deleted();
    only_seen(request, seen);
    std::vector<ServiceId> services;
    for (const auto& service : request.tx().list(seen)) services.push_back(service.id);
    return services;
}

std::optional<std::vector<ServiceId>> asked_services(Request& request, std::string_view name) {
    request.permission_asked = true;
    auto seen = seen_services(request);
    if (!request.query.has(name)) return seen;
    auto asked = request.query_ids<ServiceId>(name);
    if (seen) std::erase_if(asked, [&](ServiceId id) { return !std::ranges::binary_search(*seen, id); });
    return asked;
}

}  // namespace callboard::http
