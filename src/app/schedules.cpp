#include "app/schedules.h"

#include "domain/escalation/escalation_policy.h"
#include "domain/incident/incident.h"

#include <algorithm>
#include <set>
#include <utility>

namespace callboard {

namespace {

/// An open incident goes on by the version of its policy with which it began.
bool open_incident_uses(Tx& tx, ScheduleId schedule) {
    std::set<std::pair<EscalationPolicyId, int>> versions;
    std::vector<EscalationPolicyId> policies;
    for (const auto& policy : tx.list(Query<EscalationPolicy>().with_deleted())) {
        auto known = versions.size();
        for (const auto& version : tx.versions_between<EscalationPolicy>(policy.id, Timestamp::min(), Timestamp::max()))
            if (names_schedule(version.object, schedule)) versions.emplace(policy.id, version.object.version);
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

}  // namespace

Result<void> erase_schedule(Tx& tx, Schedule schedule) {
    for (const auto& policy : tx.list(Query<EscalationPolicy>()))
        if (names_schedule(policy, schedule.id))
            return errors::invalid_input("Schedule can't be deleted if it's being used by escalation policies");
    if (open_incident_uses(tx, schedule.id))
        return errors::invalid_input(
            "Schedule can't be deleted if it's being used by an escalation policy snapshot with open incidents");
    schedule.deleted_at = tx.now();
    tx.update(schedule);
    return {};
}

}  // namespace callboard
