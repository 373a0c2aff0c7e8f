#include "domain/access/access.h"

#include <string>

#include <doctest/doctest.h>

namespace callboard {

namespace {

constexpr TeamId payments{1};
constexpr TeamId search{2};
constexpr TeamId secret{3};

Standing person(Role role, std::optional<TeamRole> on_payments = std::nullopt) {
    Standing standing;
    standing.role = role;
    standing.private_teams = {secret};
    if (on_payments) standing.memberships.push_back({{}, payments, UserId{1}, *on_payments});
    return standing;
}

Standing member_of_secret(Role role, TeamRole on_secret) {
    auto standing = person(role);
    standing.memberships.push_back({{}, secret, UserId{1}, on_secret});
    return standing;
}

const std::vector<TeamId> no_team;
const std::vector<TeamId> of_payments{payments};
const std::vector<TeamId> of_search{search};
const std::vector<TeamId> of_secret{secret};

}  // namespace

TEST_CASE("a base role may what its row of the table says and nothing above it") {
    struct Row {
        Role role;
        Need most;
    };

    constexpr Row table[] = {
        {Role::owner, Need::admin},
        {Role::admin, Need::admin},
        {Role::user, Need::manage},
        {Role::limited_user, Need::respond},
        {Role::observer, Need::view},
        {Role::read_only_user, Need::view},
        {Role::restricted_access, Need::anyone},
        {Role::read_only_limited_user, Need::anyone},
    };

    for (const auto& [role, most] : table)
        for (auto need : {Need::anyone, Need::view, Need::respond, Need::manage, Need::admin}) {
            CAPTURE(text_of(role));
            CAPTURE(text_of(need));
            CHECK(may(role, need) == (need <= most));
        }
}

TEST_CASE("a team role raises or lowers a flexible role on the team's objects") {
    struct Row {
        Role role;
        TeamRole on_team;
        Need most;
    };

    constexpr Row table[] = {
        {Role::user, TeamRole::observer, Need::view},
        {Role::user, TeamRole::responder, Need::respond},
        {Role::user, TeamRole::manager, Need::manage},
        {Role::limited_user, TeamRole::observer, Need::view},
        {Role::limited_user, TeamRole::manager, Need::manage},
        {Role::observer, TeamRole::responder, Need::respond},
        {Role::observer, TeamRole::manager, Need::manage},
        {Role::restricted_access, TeamRole::observer, Need::view},
        {Role::restricted_access, TeamRole::manager, Need::manage},
        // Fixed roles ignore it.
        {Role::owner, TeamRole::observer, Need::admin},
        {Role::admin, TeamRole::observer, Need::admin},
        {Role::read_only_user, TeamRole::manager, Need::view},
        {Role::read_only_limited_user, TeamRole::manager, Need::anyone},
    };

    for (const auto& [role, on_team, most] : table)
        for (auto need : {Need::view, Need::respond, Need::manage, Need::admin}) {
            CAPTURE(text_of(role));
            CAPTURE(text_of(on_team));
            CAPTURE(text_of(need));
            CHECK(may(person(role, on_team), need, of_payments) == (need <= most));
        }
}

TEST_CASE("a team role counts on the team's objects only") {
    auto observer = person(Role::observer, TeamRole::manager);

    CHECK(may(observer, Need::manage, of_payments));
    CHECK_FALSE(may(observer, Need::manage, of_search));
    CHECK_FALSE(may(observer, Need::manage, no_team));
}

TEST_CASE("on an object of several teams the highest role counts") {
    auto somebody = person(Role::observer, TeamRole::observer);
    somebody.memberships.push_back({{}, search, UserId{1}, TeamRole::manager});

    CHECK(may(somebody, Need::manage, std::vector{payments, search}));
}

TEST_CASE("the account itself may everything and sees everything") {
    const Standing account;

    CHECK(may(account, Need::admin, no_team));
    CHECK(may(account, Need::manage, of_secret));
    CHECK(sees(account, of_secret));
    CHECK(may_somewhere(account, Need::admin));
}

TEST_CASE("objects of a private team exist for its members and for administrators") {
    CHECK(sees(person(Role::owner), of_secret));
    CHECK(sees(person(Role::admin), of_secret));
    CHECK_FALSE(sees(person(Role::user), of_secret));
    CHECK_FALSE(sees(person(Role::limited_user, TeamRole::manager), of_secret));
    CHECK_FALSE(sees(person(Role::read_only_user), of_secret));
    CHECK_FALSE(may(person(Role::user), Need::manage, of_secret));

    CHECK(sees(member_of_secret(Role::observer, TeamRole::observer), of_secret));
    CHECK(may(member_of_secret(Role::observer, TeamRole::manager), Need::manage, of_secret));
}

TEST_CASE("an object that is also of a public team is not hidden") {
    CHECK(sees(person(Role::user), std::vector{secret, search}));
}

TEST_CASE("a restricted user sees what their teams own and nothing else") {
    auto restricted = person(Role::restricted_access, TeamRole::observer);

    CHECK(sees(restricted, of_payments));
    CHECK_FALSE(sees(restricted, of_search));
    CHECK_FALSE(sees(restricted, no_team));
    CHECK_FALSE(sees(person(Role::restricted_access), of_payments));
}

TEST_CASE("before the object is known only the hopeless are turned away") {
    CHECK(may_somewhere(person(Role::restricted_access), Need::view));
    CHECK(may_somewhere(person(Role::observer), Need::respond));
    CHECK(may_somewhere(person(Role::observer, TeamRole::manager), Need::manage));

    CHECK_FALSE(may_somewhere(person(Role::observer, TeamRole::responder), Need::manage));
    CHECK_FALSE(may_somewhere(person(Role::limited_user), Need::manage));
    CHECK_FALSE(may_somewhere(person(Role::user, TeamRole::manager), Need::admin));
    CHECK_FALSE(may_somewhere(person(Role::read_only_user, TeamRole::manager), Need::manage));
    CHECK_FALSE(may_somewhere(person(Role::read_only_limited_user), Need::view));
}

TEST_CASE("who may answer for something somewhere can be on call, and stakeholders never") {
    for (auto role :
         {Role::owner, Role::admin, Role::user, Role::limited_user, Role::observer, Role::restricted_access})
        CHECK(can_be_on_call(role));
    CHECK_FALSE(can_be_on_call(Role::read_only_user));
    CHECK_FALSE(can_be_on_call(Role::read_only_limited_user));
}

TEST_CASE("lists are narrowed to the same objects that are seen one by one") {
    auto manager = sight_of(person(Role::user, TeamRole::manager));
    CHECK_FALSE(manager.narrow);
    CHECK(manager.hidden == of_secret);

    auto insider = sight_of(member_of_secret(Role::observer, TeamRole::observer));
    CHECK(insider.hidden.empty());

    auto restricted = sight_of(person(Role::restricted_access, TeamRole::responder));
    CHECK(restricted.narrow);
    CHECK(restricted.only == of_payments);

    auto administrator = sight_of(person(Role::admin));
    CHECK_FALSE(administrator.narrow);
    CHECK(administrator.hidden.empty());
}

}  // namespace callboard
