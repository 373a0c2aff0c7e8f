#include "domain/escalation/escalation_policy.h"

#include <algorithm>

namespace callboard {

namespace {

Duration delay_of(const EscalationPolicy& policy, int level) {
    if (policy.escalation_rules.empty()) return minutes{30};
    auto index = level >= 1 ? static_cast<std::size_t>(level - 1) : 0;
    if (index >= policy.escalation_rules.size()) index = policy.escalation_rules.size() - 1;
    return minutes{policy.escalation_rules[index].escalation_delay_in_minutes};
}

/// The first level in [from, to] with someone on call; passed-over levels are noted in the step.
bool assign_first(EscalationStep& step, const OnCallByLevel& on_call, int from, int to) {
    for (int level = from; level <= to; ++level) {
        const auto& users = on_call[static_cast<std::size_t>(level - 1)];
        if (users.empty()) {
            step.skipped_levels.push_back(level);
            continue;
        }
        step.kind = EscalationStepKind::assign;
        step.state.level = level;
        step.users = users;
        return true;
    }
    return false;
}

bool anyone(const OnCallByLevel& on_call) {
    for (const auto& users : on_call)
        if (!users.empty()) return true;
    return false;
}

bool names(const EscalationPolicy& policy, const EscalationTarget& target) {
    return std::ranges::any_of(policy.escalation_rules, [&](const EscalationRule& rule) {
        return std::ranges::find(rule.targets, target) != rule.targets.end();
    });
}

}  // namespace

bool names_user(const EscalationPolicy& policy, UserId user) { return names(policy, {TargetType::user, user.value}); }

bool names_schedule(const EscalationPolicy& policy, ScheduleId schedule) {
    return names(policy, {TargetType::schedule, schedule.value});
}

EscalationStep next_step(const EscalationPolicy& policy, const OnCallByLevel& on_call, EscalationState state) {
    EscalationStep step;
    step.state = state;
    if (!anyone(on_call)) {
        step.next_delay = look_again_every;
        return step;
    }
    auto last = static_cast<int>(on_call.size());
    if (assign_first(step, on_call, state.level + 1, last)) {
        step.next_delay = delay_of(policy, step.state.level);
        return step;
    }
    if (state.loop >= policy.num_loops) {
        step.kind = EscalationStepKind::exhausted;
        return step;
    }
    step.repeated = true;
    step.state.loop = state.loop + 1;
    assign_first(step, on_call, 1, last);
    step.next_delay = delay_of(policy, step.state.level);
    return step;
}

EscalationStep step_to_level(const EscalationPolicy& policy, const OnCallByLevel& on_call, int level, int loop) {
    auto step = next_step(policy, on_call, {level - 1, loop});
    step.repeated = false;
    return step;
}

}  // namespace callboard
