#include "app/schedules.h"

#include "app/forget.h"
#include "app/policy_snapshots.h"
#include "domain/escalation/escalation_policy.h"

namespace callboard {

Result<void> erase_schedule(Tx& tx, Schedule schedule) {
    for (const auto& policy : tx.list(Query<EscalationPolicy>()))
        if (names_schedule(policy, schedule.id))
            return errors::invalid_input("Schedule can't be deleted if it's being used by escalation policies");
    auto names = [&](const EscalationPolicy& policy) { return names_schedule(policy, schedule.id); };
    if (open_incident_follows(tx, names))
        return errors::invalid_input(
            "Schedule can't be deleted if it's being used by an escalation policy snapshot with open incidents");
    schedule.deleted_at = tx.now();
    tx.update(schedule);
    return {};
}

bool forget_old_audit_records(Tx& tx) { return forget_before<AuditRecord>(tx, tx.now() - audit_kept); }

}  // namespace callboard
