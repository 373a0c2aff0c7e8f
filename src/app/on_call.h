#pragma once
// Who is on call: escalation policies met with schedules, read from the store.

#include "domain/escalation/escalation_policy.h"
#include "domain/schedule/schedule.h"
#include "domain/schedule/shift.h"
#include "storage/tx.h"

#include <optional>
#include <vector>

namespace callboard {

/// A schedule with the overrides that can matter from `since` on.
struct ScheduleWithOverrides {
    Schedule schedule;
    std::vector<Override> overrides;
};

/// Absent when the schedule is unknown or deleted.
std::optional<ScheduleWithOverrides> load_schedule(Tx& tx, ScheduleId id, Timestamp since);

/// The users of each level of `policy` at one moment, and until when that answer holds.
struct OnCallAnswer {
    OnCallByLevel levels;
    Timestamp valid_until;
};

OnCallAnswer on_call_by_level(Tx& tx, const EscalationPolicy& policy, Timestamp at);

/// One row of GET /oncalls: a person at one level of one policy, by one schedule or directly.
struct OnCallEntry {
    EscalationPolicyId escalation_policy;
    int escalation_level = 1;
    UserId user;
    /// Absent with start and end: on call permanently, as a direct target.
    std::optional<ScheduleId> schedule;
    std::optional<Timestamp> start;
    std::optional<Timestamp> end;
};

/// Everyone on call by `policy` at any moment of the window, whole shifts. A window of no length asks about one
/// moment.
std::vector<OnCallEntry> on_call_entries(Tx& tx, const EscalationPolicy& policy, Window window);

}  // namespace callboard
