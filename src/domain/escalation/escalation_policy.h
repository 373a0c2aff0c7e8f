#pragma once
// Escalation policies: whom to tell, in what order, how long to wait in between, how often to start over.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

enum class TargetType { user, schedule };
DESCRIBE_ENUM(TargetType, user, schedule)

struct EscalationTarget {
    TargetType type = TargetType::user;
    std::int64_t id = 0;

    bool operator==(const EscalationTarget&) const = default;
};
DESCRIBE(EscalationTarget, type, id)

enum class AssignmentStrategy { assign_to_everyone, round_robin };
DESCRIBE_ENUM(AssignmentStrategy, assign_to_everyone, round_robin)

/// One level. Its place in the policy's list is its level, from 1.
struct EscalationRule {
    EscalationRuleId id;
    int escalation_delay_in_minutes = 30;
    std::vector<EscalationTarget> targets;
    AssignmentStrategy strategy = AssignmentStrategy::assign_to_everyone;

    bool operator==(const EscalationRule&) const = default;
};
DESCRIBE(EscalationRule, id, escalation_delay_in_minutes, targets, strategy)

enum class HandoffNotifications { if_has_services, always };
DESCRIBE_ENUM(HandoffNotifications, if_has_services, always)

struct EscalationPolicy {
    EscalationPolicyId id;
    std::string name;
    std::optional<std::string> description;
    /// How often the policy starts over after its last level.
    int num_loops = 0;
    HandoffNotifications on_call_handoff_notifications = HandoffNotifications::if_has_services;
    std::optional<TeamId> team;
    std::vector<EscalationRule> escalation_rules;
    /// Grows by one with each change; an incident keeps the version it was opened with.
    int version = 1;
    Timestamp created_at;
    std::optional<Timestamp> deleted_at;

    bool operator==(const EscalationPolicy&) const = default;
};
DESCRIBE(EscalationPolicy,
         id,
         name,
         description,
         num_loops,
         on_call_handoff_notifications,
         team,
         escalation_rules,
         version,
         created_at,
         deleted_at)

/// One of its rules names the user directly, not through a schedule.
bool names_user(const EscalationPolicy& policy, UserId user);

/// One of its rules names the schedule.
bool names_schedule(const EscalationPolicy& policy, ScheduleId schedule);

/// Who is on call at each level at one moment: element i holds the users of level i + 1, each once.
using OnCallByLevel = std::vector<std::vector<UserId>>;

/// Where an escalation stands.
struct EscalationState {
    /// 1-based; 0 before the first assignment.
    int level = 0;
    /// How many times the policy has started over.
    int loop = 0;
};

enum class EscalationStepKind { assign, exhausted, nobody_on_call };

struct EscalationStep {
    EscalationStepKind kind = EscalationStepKind::nobody_on_call;
    EscalationState state;
    std::vector<UserId> users;
    /// Levels passed over because nobody was on call there.
    std::vector<int> skipped_levels;
    /// True when the policy started over to get here.
    bool repeated = false;
    /// When the next step falls due after `now` if nobody reacts.
    Duration next_delay{0};
};

/// How often somebody is looked for while nobody is on call: schedules, overrides and people may change at any time.
constexpr Duration look_again_every = minutes{1};

/// The step after `state`: the next level with someone on call, starting over while loops remain.
/// Levels with nobody on call are passed over at once. With nobody on call anywhere the state stays and
/// the step is tried again after `look_again_every`.
EscalationStep next_step(const EscalationPolicy& policy, const OnCallByLevel& on_call, EscalationState state);

/// The step to one level chosen by hand (1-based), or the first one after it with someone on call.
EscalationStep step_to_level(const EscalationPolicy& policy, const OnCallByLevel& on_call, int level, int loop);

}  // namespace callboard
