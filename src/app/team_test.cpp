#include "app/account.h"
#include "app/team.h"
#include "domain/schedule/schedule.h"
#include "storage/store.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

/// Runs as one decision; what it returns must be a success.
template <class F>
void decided(F f) {
    Store store({.path = ":memory:"});
    auto done = store.decide(noon, [&](Tx& tx) -> Result<int> {
        f(tx);
        return 0;
    });
    CHECK(done.ok());
}

User person(Tx& tx, const std::string& name, Role role = Role::user) {
    NewUser input;
    input.name = name;
    input.email = name + "@example.com";
    input.role = role;
    return create_user(tx, input).value();
}

Team team(Tx& tx, const std::string& name, std::optional<TeamId> parent = std::nullopt) {
    Team row;
    row.id = tx.new_id<TeamId>();
    row.name = name;
    row.parent = parent;
    tx.insert(row);
    return row;
}

Schedule schedule(Tx& tx, const User& user, std::optional<Timestamp> end = std::nullopt) {
    Schedule row;
    row.id = tx.new_id<ScheduleId>();
    row.name = "Turns of " + user.name;
    row.schedule_layers.push_back({.name = "Layer", .end = end, .users = {user.id.value}});
    tx.insert(row);
    return row;
}

EscalationPolicy policy(Tx& tx, std::optional<TeamId> of, std::vector<EscalationTarget> targets) {
    EscalationPolicy row;
    row.id = tx.new_id<EscalationPolicyId>();
    row.name = "Policy";
    row.team = of;
    EscalationRule rule;
    rule.targets = std::move(targets);
    row.escalation_rules.push_back(std::move(rule));
    tx.insert(row);
    return row;
}

EscalationTarget target(const User& user) { return {TargetType::user, user.id.value}; }

EscalationTarget target(const Schedule& row) { return {TargetType::schedule, row.id.value}; }

}  // namespace

TEST_CASE("a policy brings its people, its schedules and theirs into its team") {
    decided([](Tx& tx) {
        auto ours = team(tx, "Ours");
        auto direct = person(tx, "direct", Role::limited_user);
        auto in_turn = person(tx, "in_turn");
        auto stakeholder = person(tx, "stakeholder", Role::read_only_user);
        auto turns = schedule(tx, in_turn);
        join_team(tx, ours.id, in_turn.id, TeamRole::observer);

        bring_into_team(tx, policy(tx, ours.id, {target(direct), target(turns), target(stakeholder)}));

        CHECK(membership(tx, ours.id, direct.id)->role == TeamRole::responder);
        CHECK(membership(tx, ours.id, in_turn.id)->role == TeamRole::observer);
        CHECK_FALSE(membership(tx, ours.id, stakeholder.id));
        CHECK(tx.find<Schedule>(turns.id)->teams == std::vector{ours.id});
        CHECK(is_needed_by_policy(tx, ours.id, direct.id));
        CHECK_FALSE(is_needed_by_policy(tx, ours.id, in_turn.id));
        CHECK(associations(tx, ours.id) == std::vector<std::string>{"Escalation Policies", "Schedules"});
    });
}

TEST_CASE("a team is within itself and its parents") {
    decided([](Tx& tx) {
        auto root = team(tx, "root");
        auto middle = team(tx, "middle", root.id);
        auto leaf = team(tx, "leaf", middle.id);

        CHECK(is_within(tx, leaf.id, leaf.id));
        CHECK(is_within(tx, leaf.id, root.id));
        CHECK_FALSE(is_within(tx, root.id, leaf.id));
    });
}

TEST_CASE("a deleted team leaves no members and no children behind") {
    decided([](Tx& tx) {
        auto root = team(tx, "root");
        auto child = team(tx, "child", root.id);
        auto member = person(tx, "member");
        join_team(tx, root.id, member.id, TeamRole::manager);

        delete_team(tx, root, std::nullopt);

        CHECK_FALSE(tx.find<Team>(root.id));
        CHECK_FALSE(membership(tx, root.id, member.id));
        CHECK_FALSE(tx.find<Team>(child.id)->parent);
    });
}

TEST_CASE("somebody who is needed cannot be deleted, and somebody who was can") {
    decided([](Tx& tx) {
        auto named = person(tx, "named");
        auto in_turn = person(tx, "in_turn");
        auto was_in_turn = person(tx, "was_in_turn");
        auto stand_in = person(tx, "stand_in");
        policy(tx, std::nullopt, {target(named)});
        auto turns = schedule(tx, in_turn);
        schedule(tx, was_in_turn, noon - hours{1});
        auto override_ = ScheduleOverride{tx.new_id<OverrideId>(), turns.id, noon, noon + hours{1}, stand_in.id, noon};
        tx.insert(override_);

        CHECK_FALSE(delete_user(tx, named).ok());
        CHECK_FALSE(delete_user(tx, in_turn).ok());
        CHECK_FALSE(delete_user(tx, stand_in).ok());
        CHECK(delete_user(tx, was_in_turn).ok());
        CHECK_FALSE(tx.find<User>(was_in_turn.id));
        CHECK(tx.count(Query<ContactMethod>().where(&ContactMethod::user, was_in_turn.id)) == 0);
    });
}

}  // namespace callboard
