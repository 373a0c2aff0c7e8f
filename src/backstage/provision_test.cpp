#include "backstage/backstage_test_kit.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace callboard;
using test::Plugin;
namespace json = boost::json;

namespace {

constexpr std::string_view wanted = R"({"name":"Shop","escalation_policy_id":"PPOL","alert_grouping":"intelligent"})";
constexpr std::string_view made =
    R"({"service":{"id":"P1","name":"Shop","html_url":"https://p/1","integrations":[
        {"vendor":{"id":"PRO19CT"},"integration_key":"k1"}]}})";

void can_make(test::FakeUpstream& upstream) {
    upstream.answers_with("GET /services?query=Shop", 200, R"({"services":[]})");
    upstream.answers_with("POST /services", 201, made);
    upstream.answers_with("GET /services/P1", 200, made);
}

json::value make(Plugin& plugin, std::string_view body = wanted) {
    return json::parse(plugin.send("POST", "/provision/services", std::string{body}).body);
}

}  // namespace

TEST_CASE("a template's service is made without what the account's plan does not have, and that is said") {
    Plugin plugin;
    can_make(plugin.upstream);
    plugin.upstream.once["POST /services"] = {
        backstage::Answer::End::answered, 402, json::parse(R"({"error":{"message":"not in your plan"}})")};

    auto reply = make(plugin);

    CHECK(reply.at("outcome") == "created");
    CHECK(json::serialize(reply.at("left_out")) == R"(["alert_grouping_parameters"])");
    std::vector<json::value> sent;
    for (const auto& asked : plugin.upstream.asked)
        if (asked.method == "POST") sent.push_back(asked.body.at("service"));
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].at("alert_grouping_parameters").at("type") == "intelligent");
    CHECK(sent[0].at("auto_pause_notifications_parameters").at("timeout") == 300);
    CHECK_FALSE(sent[1].as_object().contains("alert_grouping_parameters"));
}

TEST_CASE("a template's service is made in the account that has its policy") {
    Plugin plugin(Plugin::Several{});
    can_make(plugin.second);
    plugin.second.answers_with("GET /escalation_policies/PPOL", 200, R"({"escalation_policy":{"id":"PPOL"}})");

    auto reply = make(plugin);

    CHECK(reply.at("account") == "eu");
    CHECK(reply.at("integration_key") == "k1");
    for (const auto& asked : plugin.upstream.asked) CHECK(asked.method == "GET");
}

TEST_CASE("what is no yes or no does not count as no, and a delay is a number of minutes") {
    Plugin plugin;
    for (const auto* levels : {R"([{"user_ids":["U1"],"delay_minutes":"soon"}])",
                               R"([{"user_ids":["U1"],"delay_minutes":0}])",
                               R"([{"user_ids":["U1"],"delay_minutes":43201}])"}) {
        auto body = fmt::format(R"({{"name":"First","levels":{}}})", levels);
        auto refused = plugin.send("POST", "/provision/escalation-policies", body);
        CHECK(refused.status == 400);
        CHECK(refused.body.find("delay_minutes") != std::string::npos);
    }
    auto body = R"({"name":"First","levels":[{"user_ids":["U1"]}],"dry_run":"true"})";
    auto refused = plugin.send("POST", "/provision/escalation-policies", body);
    CHECK(refused.status == 400);
    CHECK(refused.body.find("dry_run") != std::string::npos);
    CHECK(plugin.upstream.asked.empty());
}

TEST_CASE("a template's service that is there is taken as it is, and a dry run makes none") {
    Plugin plugin;
    can_make(plugin.upstream);
    CHECK(make(plugin, R"({"name":"Shop","escalation_policy_id":"PPOL","dry_run":true})").at("outcome") ==
          "would_create");
    plugin.upstream.answers_with(
        "GET /services?query=Shop", 200, R"({"services":[{"id":"P1","name":"Shop"},{"id":"P2","name":"Shopping"}]})");
    CHECK(make(plugin).at("id") == "P1");
    CHECK(make(plugin).at("outcome") == "found");
    for (const auto& asked : plugin.upstream.asked) CHECK(asked.method == "GET");
}

TEST_CASE("a template's change event goes to the account's Events API by the service's own key") {
    Plugin plugin(Plugin::Several{});
    plugin.authenticator.writer.ref = "user:default/ana";
    plugin.second.answers_with("GET /services/P1", 200, made);
    plugin.second.answers_with("POST /change/enqueue", 202, "{}");
    auto tell = [&](std::string body) { return plugin.send("POST", "/provision/change-events", std::move(body)); };

    auto told = tell(
        R"({"account":"eu","service_id":"P1","summary":"Deployed 42","links":[{"href":"https://ci/42","text":"Build"}]})");

    CHECK(told.status == 201);
    CHECK(json::parse(told.body).at("outcome") == "created");
    const auto& sent = plugin.second.asked.back();
    CHECK(sent.target == "/change/enqueue");
    CHECK(json::serialize(sent.body) ==
          R"({"routing_key":"k1","payload":{"summary":"Deployed 42","source":"Backstage",)"
          R"("timestamp":"2026-09-21T14:13:20Z","custom_details":{"user":"user:default/ana"}},)"
          R"("links":[{"href":"https://ci/42","text":"Build"}]})");
    CHECK(plugin.upstream.asked.empty());
    CHECK(json::parse(tell(R"({"account":"eu","service_id":"P1","summary":"x","dry_run":true})").body).at("outcome") ==
          "would_create");
    CHECK(plugin.second.asked.back().method == "GET");
    CHECK(tell(R"({"account":"eu","service_id":"P1","summary":"x","links":[{"href":"javascript:1"}]})").status == 400);
    plugin.second.answers_with("POST /change/enqueue", 400, R"({"errors":["Length of 'summary' is too long"]})");
    CHECK(tell(R"({"account":"eu","service_id":"P1","summary":"x"})").body.find("too long") != std::string::npos);
}

TEST_CASE("only whoever may configure tells of changes by a template") {
    Plugin plugin;
    auto request = Plugin::request("POST", "/provision/change-events", R"({"service_id":"P1","summary":"x"})");
    request.authorization = "Bearer reader";

    CHECK(plugin.backend.answer(request).status == 403);
    CHECK(plugin.upstream.asked.empty());
}
