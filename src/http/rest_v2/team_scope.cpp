#include "http/rest_v2/team_scope.h"

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

}  // namespace callboard::http
