#include "storage/query.h"
#include "storage/store.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

Team team_named(Tx& tx, const std::string& name, std::optional<TeamId> parent = std::nullopt) {
    Team team;
    team.id = tx.new_id<TeamId>();
    team.name = name;
    team.parent = parent;
    tx.insert(team);
    return team;
}

std::vector<std::string> names(Tx& tx, const Query<Team>& query) {
    std::vector<std::string> out;
    for (const auto& team : tx.list(query)) out.push_back(team.name);
    return out;
}

}  // namespace

TEST_CASE("texts are the same without regard to case, and only when they are the same as a whole") {
    Store store({.path = ":memory:"});
    auto done = store.decide(noon, [](Tx& tx) -> Result<int> {
        team_named(tx, "Payments");
        team_named(tx, "Payments EU");
        team_named(tx, "a_b");

        CHECK(names(tx, Query<Team>().where_same_text(&Team::name, "pAYMENTS")) ==
              std::vector<std::string>{"Payments"});
        CHECK(names(tx, Query<Team>().where_same_text(&Team::name, "Payment")).empty());
        CHECK(names(tx, Query<Team>().where_same_text(&Team::name, "acb")).empty());
        return 0;
    });
    CHECK(done.ok());
}

TEST_CASE("what is absent is none of the values of a list") {
    Store store({.path = ":memory:"});
    auto done = store.decide(noon, [](Tx& tx) -> Result<int> {
        auto root = team_named(tx, "root");
        auto other = team_named(tx, "other");
        team_named(tx, "child of root", root.id);
        team_named(tx, "child of other", other.id);

        CHECK(names(tx, Query<Team>().where_not_in(&Team::parent, std::vector{root.id})) ==
              std::vector<std::string>{"root", "other", "child of other"});
        CHECK(names(tx, Query<Team>().where_not_in(&Team::parent, std::vector<TeamId>{})).size() == 4);
        return 0;
    });
    CHECK(done.ok());
}

}  // namespace callboard
