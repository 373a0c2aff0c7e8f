#include "app/account.h"
#include "app/simulate.h"
#include "domain/escalation/escalation_policy.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

/// A policy that tells one person again and again: ten levels of a minute, nine times over.
EscalationPolicyId restless_policy(Tx& tx) {
    NewUser input;
    input.name = "Ann";
    input.email = "ann@example.com";
    auto user = create_user(tx, input);
    REQUIRE(user.ok());
    EscalationPolicy policy;
    policy.id = tx.new_id<EscalationPolicyId>();
    policy.name = "Restless";
    policy.num_loops = 9;
    for (int level = 0; level < 10; ++level) {
        EscalationRule rule;
        rule.id = tx.new_id<EscalationRuleId>();
        rule.escalation_delay_in_minutes = 1;
        rule.targets = {{TargetType::user, user->id.value}};
        policy.escalation_rules.push_back(rule);
    }
    tx.insert(policy);
    return policy.id;
}

Simulation simulated(int turns_max) {
    Store store({.path = ":memory:"});
    SimulationInput input;
    input.at = noon;
    int turns = 0;
    input.may_go_on = [&] { return ++turns <= turns_max; };
    auto done = store.decide(noon, [&](Tx& tx) -> Result<Simulation> {
        input.policy = restless_policy(tx);
        return simulate(tx, input);
    });
    REQUIRE(done.ok());
    return std::move(*done);
}

}  // namespace

TEST_CASE("a simulation whose time is up ends where it is, and says so") {
    auto cut = simulated(10);
    CHECK(cut.cut_off);
    CHECK(cut.ended_at < noon + minutes{20});
    CHECK(cut.outcome.find("ended early") != std::string::npos);

    auto whole = simulated(1'000'000);
    CHECK_FALSE(whole.cut_off);
    CHECK(whole.outcome.find("ended early") == std::string::npos);
    CHECK(whole.pages.size() > cut.pages.size());
}

}  // namespace callboard
