#include "app/account.h"
#include "app/rule_history.h"
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

/// A person told by mail at once and, after five minutes, by text message; then the rules change.
struct Changed {
    Store store{{.path = ":memory:"}};
    UserId ann;
    SimulationInput input;

    Changed() {
        decide(noon, [&](Tx& tx) {
            input.policy = restless_policy(tx);
            ann = tx.list(Query<User>()).front().id;
            return 0;
        });
        decide(noon + hours{1}, [&](Tx& tx) {
            ContactMethod sms;
            sms.id = tx.new_id<ContactMethodId>();
            sms.user = ann;
            sms.type = ContactMethodType::sms_contact_method;
            sms.address = "5550100";
            tx.insert(sms);
            for (const auto& rule : tx.list(Query<NotificationRule>())) tx.erase<NotificationRule>(rule.id);
            tx.insert(NotificationRule{tx.new_id<NotificationRuleId>(), ann, sms.id, Urgency::high, 0, tx.now()});
            keep_rules(tx, ann);
            return 0;
        });
        input.horizon = seconds{30};
    }

    template <class F>
    void decide(Timestamp now, F f) {
        REQUIRE(store.decide(now, [&](Tx& tx) -> Result<int> { return f(tx); }).ok());
    }

    Simulation simulated() {
        auto done = store.read(noon + hours{2}, [&](Tx& tx) { return simulate(tx, input); });
        REQUIRE(done.ok());
        return std::move(*done);
    }
};

}  // namespace

TEST_CASE("a moment of the past has the notification rules of then") {
    Changed account;

    account.input.at = noon + minutes{30};
    auto then = account.simulated();
    REQUIRE(then.pages.size() == 1);
    CHECK(then.pages.front().type == ContactMethodType::email_contact_method);
    CHECK(then.remarks.empty());

    account.input.at = noon + hours{2};
    auto now = account.simulated();
    REQUIRE(now.pages.size() == 1);
    CHECK(now.pages.front().type == ContactMethodType::sms_contact_method);
}

TEST_CASE("what nobody is configured to carry goes by mail, or is said not to be sent") {
    Changed account;
    account.input.at = noon + hours{2};

    account.input.channels = std::vector<std::string>{"email"};
    auto by_mail = account.simulated();
    REQUIRE(by_mail.pages.size() == 1);
    CHECK(by_mail.pages.front().type == ContactMethodType::email_contact_method);
    CHECK(by_mail.pages.front().problem.empty());
    CHECK(by_mail.remarks ==
          std::vector<std::string>{"Nothing is configured to tell by text message: e-mail is sent instead."});

    account.input.channels.emplace();
    auto by_nobody = account.simulated();
    REQUIRE_FALSE(by_nobody.pages.empty());
    CHECK(by_nobody.pages.front().problem == "Nothing is configured to tell by text message: it would not be sent.");
}

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
