#pragma once
// What a simulation is played with: the configuration that decides about one service, as it is now for now and later,
// and for a moment of the past as it was then, where that was kept.

#include "app/on_call.h"
#include "app/orchestrate.h"
#include "app/simulate.h"
#include "domain/account/priority.h"
#include "domain/service/alert_grouping.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

struct SimulationConfig {
    /// Of an event: what the rules made of it.
    std::optional<RuledEvent> ruled;
    std::optional<EventOrchestration> orchestration;
    /// Absent when the rules led the event to none, or dropped it: nothing more is known then.
    std::optional<Service> service;
    /// The service's, and one that a rule ordered.
    std::vector<EscalationPolicy> policies;
    std::optional<AlertGroupingSetting> grouping;
    std::vector<ScheduleInTime> schedules;
    std::vector<ScheduleOverride> overrides;
    std::vector<CustomShift> custom_shifts;
    std::vector<ShiftOverride> shift_overrides;
    std::vector<User> users;
    std::vector<ContactMethod> methods;
    std::vector<NotificationRule> rules;
    std::vector<MaintenanceWindow> windows;
    std::vector<Priority> priorities;
    /// How many turns were taken at the levels that take turns, by counter.
    std::map<std::string, std::int64_t> turns;
    /// What was not kept. Sentences.
    std::vector<std::string> remarks;
};

/// Errors as of `simulate`.
Result<SimulationConfig> simulation_config(Tx& tx, const SimulationInput& input);

}  // namespace callboard
