#include "domain/service/standard.h"

#include <algorithm>

namespace callboard {

bool applies(const Standard& standard, ServiceId service) {
    auto names = [&](const std::vector<ServiceId>& services) {
        return std::ranges::find(services, service) != services.end();
    };
    return (standard.inclusions.empty() || names(standard.inclusions)) && !names(standard.exclusions);
}

bool passes(StandardType type, const ServiceFacts& facts) {
    switch (type) {
    case StandardType::has_technical_service_description: return facts.has_description;
    case StandardType::minimum_escalation_policy_rule_depth: return facts.escalation_rules >= escalation_rules_least;
    case StandardType::minimum_inbound_integrations: return facts.inbound_integrations >= inbound_integrations_least;
    case StandardType::has_acknowledgement_timeout: return facts.has_acknowledgement_timeout;
    case StandardType::has_auto_resolve_timeout: return facts.has_auto_resolve_timeout;
    case StandardType::has_service_dependencies: return facts.dependencies > 0;
    case StandardType::has_team: return facts.has_team;
    case StandardType::minimum_escalation_policy_unique_users: return facts.unique_users >= unique_users_least;
    }
    return false;
}

}  // namespace callboard
