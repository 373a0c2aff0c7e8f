#include "app/config_cache.h"
#include "app/on_call.h"
#include "storage/store.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp monday = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1};
const auto everything = [](const EscalationTarget&) { return true; };

/// A policy: at level 1 a schedule of two people who change daily at midnight UTC, and a person; at level 2 another
/// one.
struct Account {
    Store store{{.path = ":memory:"}};
    UserId first, second, direct, last;
    Schedule schedule;
    EscalationPolicy policy;

    Account() {
        write(monday, [this](Tx& tx) {
            for (auto* id : {&first, &second, &direct, &last}) *id = add_user(tx);
            schedule.id = tx.new_id<ScheduleId>();
            schedule.name = "Primary";
            schedule.time_zone = "UTC";
            ScheduleLayer layer;
            layer.id = tx.new_id<ScheduleLayerId>().value;
            layer.start = layer.rotation_virtual_start = monday;
            layer.rotation_turn_length_seconds = 86'400;
            layer.users = {first.value, second.value};
            schedule.schedule_layers = {layer};
            tx.insert(schedule);
            policy.id = tx.new_id<EscalationPolicyId>();
            policy.escalation_rules.resize(2);
            policy.escalation_rules[0].targets = {{TargetType::schedule, schedule.id.value},
                                                  {TargetType::user, direct.value}};
            policy.escalation_rules[1].targets = {{TargetType::user, last.value}};
            tx.insert(policy);
        });
    }

    static UserId add_user(Tx& tx) {
        User user;
        user.id = tx.new_id<UserId>();
        user.email = std::to_string(user.id.value) + "@example.com";
        tx.insert(user);
        return user.id;
    }

    template <class F>
    void write(Timestamp now, F change) {
        auto done = store.decide(now, [&](Tx& tx) -> Result<bool> {
            change(tx);
            return true;
        });
        REQUIRE(done);
    }

    void break_row(const std::string& table, const std::string& column, std::int64_t id) {
        write(monday, [&](Tx& tx) {
            auto& statement = tx.connection().prepared("UPDATE " + table + " SET " + column + "='[{' WHERE id=$1");
            statement.bind(1, id);
            REQUIRE(statement.run() == 1);
        });
    }

    void add_override(Timestamp start, Timestamp end, UserId user) {
        write(start, [&](Tx& tx) {
            tx.insert(ScheduleOverride{tx.new_id<OverrideId>(), schedule.id, start, end, user, start});
        });
    }

    OnCallAnswer ask(Timestamp at) {
        return store.read(at, [&](Tx& tx) { return on_call_by_level(tx, policy, at); });
    }

    std::vector<OnCallEntry> entries(Timestamp now, Window window) {
        return store.read(now, [&](Tx& tx) { return OnCallReader(tx, window).entries(policy, everything); });
    }
};

}  // namespace

TEST_CASE("who was on call by a policy and a schedule that were deleted since can still be told") {
    Account account;
    auto deleted_at = monday + hours{30};
    account.write(deleted_at, [&](Tx& tx) {
        account.policy.deleted_at = tx.now();
        ++account.policy.version;
        tx.update(account.policy);
        account.schedule.deleted_at = tx.now();
        tx.update(account.schedule);
    });
    auto told = [&](Window window) {
        return account.store.read(monday + hours{80}, [&](Tx& tx) {
            return OnCallReader(tx, window)
                .entries_in_time(
                    account.policy,
                    [](const EscalationTarget& target) { return target.type == TargetType::schedule; },
                    [](const EscalationPolicy&) { return true; });
        });
    };

    auto then = told({monday + hours{1}, monday + hours{1}});
    REQUIRE(then.size() == 1);
    CHECK(then.front().user == account.first);

    auto over_it = told({monday + hours{1}, monday + hours{72}});
    REQUIRE(over_it.size() == 2);
    CHECK(over_it.back().user == account.second);
    CHECK(over_it.back().end == deleted_at);

    CHECK(told({deleted_at, deleted_at + hours{1}}).empty());
    account.write(monday + hours{80}, [&](Tx& tx) {
        CHECK_FALSE(load_schedule(tx, account.schedule.id, deleted_at).has_value());
        CHECK(load_schedule(tx, account.schedule.id, monday)->next_change_after(monday + hours{25}) == deleted_at);
    });
}

TEST_CASE("a target that cannot be read counts as one with nobody on call, and the others of its level are told") {
    Account account;
    account.break_row("schedules", "schedule_layers", account.schedule.id.value);

    auto answer = account.ask(monday + hours{1});

    CHECK(answer.levels == OnCallByLevel{{account.direct}, {account.last}});
    REQUIRE(answer.unreadable.size() == 1);
    CHECK(answer.unreadable.find(1)->second == "The schedule Primary cannot be read: nobody is on call by it.");
    CHECK(answer.valid_until == monday + hours{1} + minutes{1});
    auto listed = account.entries(monday, {monday, monday + hours{1}});
    REQUIRE(listed.size() == 2);
    CHECK(listed.front().user == account.direct);
}

TEST_CASE("an incident whose policy cannot be read is nobody's, in every look at it") {
    Account account;
    ConfigCache cache;
    account.break_row("escalation_policies", "escalation_rules", account.policy.id.value);

    account.write(monday, [&](Tx& tx) {
        for (int look = 0; look < 2; ++look) {
            const auto* policy = cache.policy(tx, account.policy.id);
            REQUIRE(policy);
            CHECK(policy->version == 0);
            CHECK(cache.on_call(tx, *policy).levels.empty());
        }
        CHECK(cache.policy(tx, account.policy.id, 1)->escalation_rules.size() == 2);
    });
}

TEST_CASE("a level pages the person on call by its schedule and the people named directly") {
    Account account;

    auto answer = account.ask(monday + hours{1});

    REQUIRE(answer.levels.size() == 2);
    CHECK(answer.levels[0] == std::vector{account.first, account.direct});
    CHECK(answer.levels[1] == std::vector{account.last});
    CHECK(account.ask(monday + hours{25}).levels[0] == std::vector{account.second, account.direct});
}

TEST_CASE("an answer holds until the next hand-off") {
    Account account;

    CHECK(account.ask(monday + hours{1}).valid_until == monday + hours{24});

    account.add_override(monday + hours{6}, monday + hours{8}, account.last);
    CHECK(account.ask(monday + hours{1}).valid_until == monday + hours{6});
    CHECK(account.ask(monday + hours{7}).valid_until == monday + hours{8});
}

TEST_CASE("an override takes over for as long as it runs") {
    Account account;
    account.add_override(monday + hours{6}, monday + hours{8}, account.last);

    CHECK(account.ask(monday + hours{5}).levels[0] == std::vector{account.first, account.direct});
    CHECK(account.ask(monday + hours{6}).levels[0] == std::vector{account.last, account.direct});
    CHECK(account.ask(monday + hours{8}).levels[0] == std::vector{account.first, account.direct});
}

TEST_CASE("a person who is on call twice at a level is paged once") {
    Account account;
    account.add_override(monday + hours{6}, monday + hours{8}, account.direct);

    CHECK(account.ask(monday + hours{7}).levels[0] == std::vector{account.direct});
}

TEST_CASE("deleted people are on call nowhere") {
    Account account;
    account.write(monday + hours{1}, [&](Tx& tx) {
        for (auto id : {account.first, account.direct}) {
            auto user = *tx.find<User>(id);
            user.deleted_at = tx.now();
            tx.update(user);
        }
    });

    CHECK(account.ask(monday + hours{2}).levels[0].empty());
    auto entries = account.entries(monday + hours{2}, {monday + hours{2}, monday + hours{2}});
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].user == account.last);
}

TEST_CASE("the cache asks again after a hand-off and after an override") {
    Account account;
    ConfigCache cache;
    auto at = [&](Timestamp now) {
        std::vector<UserId> users;
        account.write(now, [&](Tx& tx) { users = cache.on_call(tx, account.policy).levels[0]; });
        return users;
    };

    CHECK(at(monday + hours{1}) == std::vector{account.first, account.direct});
    CHECK(at(monday + hours{24}) == std::vector{account.second, account.direct});
    account.add_override(monday + hours{25}, monday + hours{27}, account.last);
    CHECK(at(monday + hours{26}) == std::vector{account.last, account.direct});
    CHECK(at(monday + hours{27}) == std::vector{account.second, account.direct});
}

TEST_CASE("entries are whole shifts, and a window of no length asks about a moment") {
    Account account;

    auto entries = account.entries(monday + hours{1}, {monday + hours{1}, monday + hours{1}});
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].user == account.first);
    CHECK(entries[0].schedule == account.schedule.id);
    CHECK(entries[0].start == monday);
    CHECK(entries[0].end == monday + hours{24});
    CHECK(entries[1].user == account.direct);
    CHECK(!entries[1].schedule);
    CHECK(!entries[1].start);
    CHECK(entries[2].escalation_level == 2);

    entries = account.entries(monday + hours{1}, {monday + hours{1}, monday + hours{49}});
    CHECK(entries.size() == 5);
}

TEST_CASE("who was on call does not change with the schedule") {
    Account account;
    account.write(monday + hours{30}, [&](Tx& tx) {
        account.schedule.schedule_layers[0].users = {account.last.value};
        tx.update(account.schedule);
    });

    auto before = account.entries(monday + hours{31}, {monday + hours{1}, monday + hours{1}});
    auto after = account.entries(monday + hours{31}, {monday + hours{31}, monday + hours{31}});

    CHECK(before[0].user == account.first);
    CHECK(after[0].user == account.last);
    CHECK(after[0].start == monday + hours{30});
}

TEST_CASE("how many turns a level has had is known of every moment since the first, and else said not to be") {
    Account account;
    EscalationRuleId rule{1};
    EscalationRuleId older{2};
    std::vector<std::int64_t> turns;
    for (int hour : {1, 2, 2, 4})
        account.write(monday + hours{hour}, [&](Tx& tx) { turns.push_back(take_turn(tx, rule)); });
    CHECK(turns == std::vector<std::int64_t>{0, 1, 2, 3});
    account.write(monday, [&](Tx& tx) { tx.set_last_number(turns_of(older), 5); });

    auto taken = [&](EscalationRuleId of, Timestamp at) {
        return account.store.read(monday + hours{5}, [&](Tx& tx) { return turns_taken_at(tx, of, at); });
    };
    CHECK(taken(rule, monday) == 0);
    CHECK(taken(rule, monday + hours{1}) == 1);
    CHECK(taken(rule, monday + hours{3}) == 3);
    CHECK(taken(rule, monday + hours{5}) == 4);
    CHECK(taken(EscalationRuleId{3}, monday) == 0);
    CHECK_FALSE(taken(older, monday));
}

}  // namespace callboard
