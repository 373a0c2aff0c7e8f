#include "backstage/backstage_test_kit.h"
#include "backstage/matching.h"

#include <cmath>
#include <thread>

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::backstage;

TEST_CASE("names are compared in small letters with single blanks") {
    CHECK(normal_name("  Payment__API-v2 ") == "payment api v2");
    CHECK(normal_name("") == "");
}

TEST_CASE("an acronym is of the words, of the humps, or the name itself; one letter is none") {
    CHECK(acronym_of("Payment Gateway API") == "pga");
    CHECK(acronym_of("PaymentGateway") == "pg");
    CHECK(acronym_of("PGA") == "pga");
    CHECK(acronym_of("payments") == "");
}

TEST_CASE("likeness is Jaro's, with Winkler's weight for how names begin") {
    auto is = [](std::string_view a, std::string_view b, double value) {
        return std::abs(jaro_winkler(a, b) - value) < 0.001;
    };
    // The examples of Winkler's paper.
    CHECK(is("martha", "marhta", 0.961));
    CHECK(is("dwayne", "duane", 0.840));
    CHECK(is("dixon", "dicksonx", 0.813));
    CHECK(is("same", "same", 1));
    CHECK(is("abc", "xyz", 0));
    CHECK(is("", "a", 0));
}

TEST_CASE("the same name in the same team is exact, and an owner may be a group") {
    auto score = score_of(candidate_of("Pay-API", "Money"), candidate_of("pay_api", "group:default/money"));

    CHECK(score.exact);
    CHECK(score.score == 100);
    auto other_team = score_of(candidate_of("pay api", "money"), candidate_of("pay api", "web"));
    CHECK(other_team.score == 100);
    CHECK_FALSE(other_team.exact);
    CHECK(confidence_of(89) == "medium");
}

TEST_CASE("a job matches everything above the threshold, the best first") {
    test::Plugin plugin;
    plugin.upstream.answers_with(
        "GET /services?", 200, R"({"services":[{"id":"P1","name":"Shop API"},{"id":"P2","name":"Zebra"}]})");
    plugin.catalog.add("shop-api", "");
    plugin.catalog.add("shop-apis", "");

    auto started = json::parse(plugin.send("POST", "/mapping/entity/auto-match/start", R"({"threshold":80})").body);
    auto path = "/mapping/entity/auto-match/" + std::string{text_at(started, "jobId")};
    auto job = json::parse(plugin.get(path).body);
    for (int i = 0; i < 1'000'000 && text_at(job, "status") != "completed"; ++i) {
        std::this_thread::yield();
        job = json::parse(plugin.get(path).body);
    }

    const auto& matches = job.at("result").at("matches").as_array();
    REQUIRE(matches.size() == 2);
    CHECK(matches[0].at("backstageComponent").at("entityRef") == "component:default/shop-api");
    CHECK(matches[0].at("confidence") == "exact");
    CHECK(job.at("result").at("statistics").at("totalPossibleComparisons") == 4);
    CHECK(plugin.send("POST", "/mapping/entity/auto-match/start", R"({"threshold":101})").status == 400);
    CHECK(plugin.get("/mapping/entity/auto-match/none").status == 404);
}
