#include "domain/escalation/escalation_policy.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

constexpr UserId ann{1};
constexpr UserId bob{2};

EscalationPolicy policy_of(std::vector<int> delays, int loops) {
    EscalationPolicy policy;
    policy.num_loops = loops;
    for (int delay : delays) policy.escalation_rules.push_back({EscalationRuleId{1}, delay, {}, {}});
    return policy;
}

}  // namespace

TEST_CASE("a new incident goes to the first level with someone on call") {
    auto policy = policy_of({5, 10}, 0);

    auto step = next_step(policy, {{ann}, {bob}}, {});

    CHECK(step.kind == EscalationStepKind::assign);
    CHECK(step.state.level == 1);
    CHECK(step.users == std::vector{ann});
    CHECK(step.next_delay == minutes{5});
}

TEST_CASE("a level with nobody on call is passed over at once") {
    auto policy = policy_of({5, 10}, 0);

    auto step = next_step(policy, {{}, {bob}}, {});

    CHECK(step.state.level == 2);
    CHECK(step.skipped_levels == std::vector{1});
    CHECK(step.next_delay == minutes{10});
}

TEST_CASE("after the last level the policy starts over while loops remain") {
    auto policy = policy_of({5, 10}, 1);

    auto step = next_step(policy, {{ann}, {bob}}, {2, 0});

    CHECK(step.repeated);
    CHECK(step.state.level == 1);
    CHECK(step.state.loop == 1);
}

TEST_CASE("after the last loop the policy is exhausted and the last users keep it") {
    auto policy = policy_of({5, 10}, 1);

    auto step = next_step(policy, {{ann}, {bob}}, {2, 1});

    CHECK(step.kind == EscalationStepKind::exhausted);
    CHECK(step.state.level == 2);
    CHECK(step.users.empty());
}

TEST_CASE("with nobody on call anywhere the step is tried again after a minute, whatever the first level's delay") {
    auto policy = policy_of({5, 10}, 3);

    auto step = next_step(policy, {{}, {}}, {});

    CHECK(step.kind == EscalationStepKind::nobody_on_call);
    CHECK(step.state.level == 0);
    CHECK(step.next_delay == minutes{1});
}

TEST_CASE("starting over passes over levels that are empty now") {
    auto policy = policy_of({5, 10}, 1);

    auto step = next_step(policy, {{}, {bob}}, {2, 0});

    CHECK(step.repeated);
    CHECK(step.state.level == 2);
    CHECK(step.users == std::vector{bob});
}

}  // namespace callboard
