#include "app/policy_snapshots.h"

#include "domain/incident/incident.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace callboard {

bool open_incident_follows(Tx& tx, const std::function<bool(const EscalationPolicy&)>& names) {
    std::set<std::pair<EscalationPolicyId, int>> versions;
    std::vector<EscalationPolicyId> policies;
    for (const auto& policy : tx.list(Query<EscalationPolicy>().with_deleted())) {
        auto known = versions.size();
        for (const auto& version : tx.versions_between<EscalationPolicy>(policy.id, Timestamp::min(), Timestamp::max()))
            if (names(version.object)) versions.emplace(policy.id, version.object.version);
        if (versions.size() > known) policies.push_back(policy.id);
    }
    if (policies.empty()) return false;
    auto open = Query<Incident>()
                    .where_in(&Incident::escalation_policy, policies)
                    .below(&Incident::status, IncidentStatus::resolved);
    return std::ranges::any_of(tx.list(open), [&](const Incident& incident) {
        return versions.contains({incident.escalation_policy, incident.policy_version});
    });
}

}  // namespace callboard
