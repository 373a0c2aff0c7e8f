#include "backstage/backend.h"
#include "backstage/backstage_test_kit.h"
#include "backstage/route.h"
#include "base/secret.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace callboard;
using test::normal;
using test::Plugin;
namespace json = boost::json;

namespace {

std::string header(const backstage::Response& response, std::string_view name) {
    auto found = std::ranges::find_if(response.headers, [&](const auto& pair) { return pair.first == name; });
    return found == response.headers.end() ? "none" : found->second;
}

}  // namespace

TEST_CASE("without credentials, or with wrong ones, Backstage's own refusal is given") {
    Plugin plugin;
    auto request = Plugin::request("GET", "/services/P1?account=");

    request.authorization = "";
    auto missing = plugin.backend.answer(request);
    request.authorization = "Bearer nobody";
    auto illegal = plugin.backend.answer(request);

    CHECK(missing.status == 401);
    CHECK(missing.body == R"({"error":{"name":"AuthenticationError","message":"Missing credentials"},)"
                          R"("request":{"method":"GET","url":"/services/P1?account="},"response":{"statusCode":401}})");
    CHECK(illegal.status == 401);
    CHECK(illegal.body.find("Illegal token") != std::string::npos);
    CHECK(plugin.upstream.asked.empty());
}

TEST_CASE("a browser's preflight is answered before credentials are asked for") {
    Plugin plugin;
    auto request = Plugin::request("OPTIONS", "/services/P1");
    request.authorization = "";
    request.origin = "https://backstage.example.com";
    request.requested_headers = "authorization,content-type";

    auto response = plugin.backend.answer(request);

    CHECK(response.status == 204);
    CHECK(header(response, "Access-Control-Allow-Origin") == "https://backstage.example.com");
    CHECK(header(response, "Access-Control-Allow-Headers") == "authorization,content-type");
    CHECK(header(response, "Access-Control-Allow-Methods") == "GET,HEAD,PATCH,POST,PUT,DELETE");
    CHECK(header(response, "Access-Control-Allow-Credentials") == "true");
}

TEST_CASE("another origin may read answers, errors too") {
    Plugin plugin;
    auto request = Plugin::request("GET", "/services/P1");
    request.origin = "https://backstage.example.com";

    auto response = plugin.backend.answer(request);

    CHECK(response.status == 404);
    CHECK(header(response, "Access-Control-Allow-Origin") == "https://backstage.example.com");
    CHECK(header(response, "Vary") == "Origin");
}

TEST_CASE("origins that the configuration does not name are not let in") {
    Plugin plugin;
    backstage::Backend backend(
        plugin.authenticator, plugin.room, backstage::Origins({"https://*.example.com", "http://localhost:3000"}));
    auto allowed = [&](std::string origin) {
        auto request = Plugin::request("OPTIONS", "/services/P1");
        request.origin = std::move(origin);
        auto response = backend.answer(request);
        CHECK(response.status == (header(response, "Access-Control-Allow-Origin") == "none" ? 403 : 204));
        return response.status == 204;
    };

    CHECK(allowed("https://backstage.example.com"));
    CHECK(allowed("http://localhost:3000"));
    CHECK_FALSE(allowed("https://example.org"));
    CHECK_FALSE(allowed("https://backstage.example.com.evil.org"));
}

namespace {

constexpr Timestamp read_before = test::test_now - minutes{5};

/// Whatever upstream is asked, it has said this five minutes ago.
void answers_everything(Plugin& plugin) {
    for (const auto* method : {"GET /", "POST /"}) {
        plugin.upstream.answers_with(method, 200, R"({"service":{"id":"P1","escalation_policy":{"id":"E1"}},
            "services":[{"id":"P1","name":"Shop"}],"incidents":[],"change_events":[],"oncalls":[],"escalation_policies":[],
            "teams":[],"users":[],"user":{"id":"U1"},"relationships":[],"data":[],"standards":[],"priorities":[]})");
        plugin.upstream.answers[method].as_of = read_before;
    }
}

struct Stated {
    std::string method;
    std::string target;
    /// It is of what upstream said, not of what is kept here.
    bool is_upstreams;
    std::string body = {};
};

}  // namespace

TEST_CASE("every answer to a question says how old it is") {
    Plugin plugin;
    answers_everything(plugin);
    plugin.catalog.add("shop", "P1");
    plugin.catalog.raw["component:default/shop"] = json::object{};
    plugin.store.put_mapping({.service_id = "P1", .entity_ref = "component:default/shop"});
    plugin.store.put_settings({{"settings::data-sync", "enabled", test::test_now}});
    auto job = plugin.send("POST", "/mapping/entity/auto-match/start", "{}").body;
    auto job_id = std::string{backstage::text_at(json::parse(job), "jobId")};
    const Stated all[] = {
        {"GET", "/services", true},
        {"GET", "/services/P1", true},
        {"GET", "/services/P1/incidents", true},
        {"GET", "/services/P1/change-events", true},
        {"GET", "/services/P1/standards", true},
        {"GET", "/services/P1/metrics", true},
        {"GET", "/oncall-users?escalation_policy_ids[]=E1", true},
        {"GET", "/escalation_policies", true},
        {"GET", "/teams", true},
        {"GET", "/accounts", false},
        {"GET", "/permissions", false},
        {"GET", "/health", false},
        {"GET", "/settings/settings::data-sync", false},
        {"GET", "/dependencies/service/P1", true},
        {"GET", "/catalog/entity/component/default/shop", false},
        {"GET", "/mapping/entity", true},
        {"GET", "/mapping/export", false},
        {"POST", "/mapping/entities", true, "{}"},
        {"GET", "/mapping/entity/auto-match/" + job_id, false},
        {"GET", "/mapping/entity/service/P1", false},
        {"GET", "/mapping/entity/component/default/shop", false},
        {"GET", "/custom-fields", false},
        {"GET", "/custom-fields/sync-logs", false},
        {"GET", "/card?service_id=P1", true},
        {"POST", "/roll-up", true, R"({"selectors":[{"service_id":"P1"}]})"},
        {"GET", "/preview?service_id=P1", true},
        {"GET", "/assignees", true},
        {"GET", "/my/on-call", true},
        {"GET", "/my/incidents", true},
        {"GET", "/changes", false},
        {"GET", "/sync", false},
        {"POST", "/catalog/process", true, R"({"entityRef":"component:default/shop"})"},
    };

    for (const auto& one : all) {
        INFO(one.method << " " << one.target);
        auto response = plugin.send(one.method, one.target, one.body);
        CHECK(response.status == 200);
        CHECK(header(response, "X-Callboard-As-Of") == format_iso8601(one.is_upstreams ? read_before : test::test_now));
    }
    for (const auto& route : backstage::backstage_routes()) {
        if (route.method != "GET") continue;
        INFO("not looked at: " << route.path);
        CHECK(std::ranges::any_of(all, [&](const Stated& one) {
            auto path = std::string_view{one.target}.substr(0, one.target.find('?'));
            return backstage::match_route(backstage::backstage_routes(), one.method, path).route == &route;
        }));
    }
}

TEST_CASE("an answer that simulates says when that was, and a refusal is of no time") {
    Plugin plugin;
    plugin.upstream.answers_with("POST /console/simulations", 200, R"({"simulation":{"notifications":[]}})");

    CHECK(header(plugin.get("/preview?service_id=P1"), "X-Callboard-As-Of") == "2026-09-21T14:13:20Z");
    CHECK(header(plugin.get("/services/P9"), "X-Callboard-As-Of") == "none");
}

TEST_CASE("an unknown path is 404 with nothing in it, and HEAD is answered like GET") {
    Plugin plugin;

    auto unknown = plugin.get("/nothing");
    auto head = plugin.backend.answer(Plugin::request("HEAD", "/health"));

    CHECK(unknown.status == 404);
    CHECK(unknown.body.empty());
    CHECK(unknown.content_type.empty());
    CHECK(head.status == 200);
}

TEST_CASE("a body that is no JSON object or array, or too large, is refused in words the card's client can read") {
    Plugin plugin;
    auto send = [&](std::string body) {
        return plugin.backend.answer(Plugin::request("POST", "/dependencies/service/P1", std::move(body)));
    };

    CHECK(send("[\"unfinished").status == 400);
    CHECK(send("5").status == 400);
    CHECK(send("[\"" + std::string(1'048'576, 'x') + "\"]").status == 413);
    auto refused = boost::json::parse(send("{").body).get_object();
    CHECK(refused["errors"].is_array());
    CHECK(refused["response"] == boost::json::object{{"statusCode", 400}});
    CHECK(plugin.upstream.asked.empty());
}

TEST_CASE("a body that is not said to be JSON is not read") {
    Plugin plugin;
    auto request = Plugin::request("POST", "/dependencies/service/P1", "[\"P2\"]");
    request.content_type = "text/plain";

    auto response = plugin.backend.answer(request);

    CHECK(response.status == 400);
    CHECK(response.body == R"("Bad Request: 'dependencies' must be provided as part of the request body")");
}

TEST_CASE("a path that spells no text is refused") {
    Plugin plugin;

    CHECK(plugin.get("/services/%E0%A4%A").status == 400);
    CHECK(plugin.get("/services/%FF").status == 400);
    CHECK(plugin.get("/teams?account=%FF").status == 400);
}

TEST_CASE("credentials that may only read change nothing") {
    Plugin plugin;
    auto request = Plugin::request("POST", "/dependencies/service/P1", "[\"P2\"]");
    request.authorization = "Bearer reader";

    auto response = plugin.backend.answer(request);

    CHECK(response.status == 403);
    CHECK(plugin.upstream.asked.empty());
}

TEST_CASE(
    "while Backstage cannot say which groups somebody is in, they are told to come again, not that they may not") {
    Plugin plugin;
    plugin.authenticator.writer = {
        .may = backstage::Permissions::only_view(), .ref = "user:default/ana", .groups = {}, .identity = {}};
    plugin.authenticator.writer.groups_unknown = true;
    plugin.upstream.answers_with("GET /services/P1", 200, R"({"service":{"id":"P1"}})");

    auto refused = plugin.send("DELETE", "/mapping/entity/service/P1");

    CHECK(refused.status == 503);
    CHECK(header(refused, "Retry-After") == "5");
    CHECK(refused.body.find("which groups user:default/ana is in") != std::string::npos);
    CHECK(plugin.get("/services/P1").status == 200);
    // A card goes on offering what may be allowed, to nobody else.
    auto may_respond = [&] {
        auto card = json::parse(plugin.get("/card?service_id=P1&parts=service").body);
        return card.at("permissions").at("respond").as_bool();
    };
    CHECK(may_respond());
    plugin.authenticator.writer.groups_unknown = false;
    CHECK_FALSE(may_respond());
}

TEST_CASE("an upstream that is away or late is an answer, not silence") {
    Plugin plugin;
    plugin.upstream.ends_with("GET /services/P1", backstage::Answer::End::late);
    plugin.upstream.ends_with("GET /incidents", backstage::Answer::End::unreachable);

    auto late = plugin.get("/services/P1");
    auto away = plugin.get("/services/P1/incidents");

    CHECK(late.status == 504);
    CHECK(away.status == 502);
    CHECK(normal(away.body) ==
          R"({"errors":["Failed to get incidents for service. PagerDuty could not be reached."]})");
}

TEST_CASE("a page is told what whoever looks at it may do") {
    Plugin plugin;
    auto request = Plugin::request("GET", "/permissions");
    request.authorization = "Bearer reader";

    CHECK(plugin.backend.answer(request).body ==
          R"({"permissions":{"view":true,"trigger":false,"respond":false,"map":false,"configure":false},)"
          R"("user":"","groups_known":true})");
}

TEST_CASE("a webhook with the account's signature makes what is kept old, and no other does") {
    Plugin plugin;
    plugin.accounts = backstage::Accounts::several(
        {{.id = "us", .is_default = true, .upstream = &plugin.upstream, .webhook_secret = "s3cret"},
         {.id = "eu", .is_default = false, .upstream = &plugin.second}});
    auto webhook = [&](std::string account, std::string signature) {
        auto request =
            Plugin::request("POST", "/webhooks/" + account, R"({"event":{"data":{"id":"Q1","service":{"id":"P1"}}}})");
        request.authorization.clear();
        request.signature = std::move(signature);
        return plugin.backend.answer(request).status;
    };
    auto right = "v1=" + keyed_hash("s3cret", R"({"event":{"data":{"id":"Q1","service":{"id":"P1"}}}})");

    CHECK(webhook("us", right) == 202);
    CHECK(webhook("us", "v1=00, " + right) == 202);
    CHECK(plugin.upstream.outdated == std::vector<std::string>{"P1", "P1"});
    CHECK(webhook("us", "") == 401);
    CHECK(webhook("us", "v1=00") == 401);
    CHECK(webhook("eu", right) == 404);
    CHECK(webhook("nobody", right) == 404);
    CHECK(plugin.upstream.outdated.size() == 2);
}

TEST_CASE("whoever has mapped or configured something is not told a refusal of before") {
    Plugin plugin;

    plugin.get("/services/P1");
    plugin.send("POST", "/roll-up", R"({"selectors":[]})");
    CHECK(plugin.upstream.refusals_forgotten == 0);
    plugin.send("POST", "/settings", R"([{"id":"settings::data-sync","value":"enabled"}])");
    CHECK(plugin.upstream.refusals_forgotten == 1);
    plugin.send("DELETE", "/mapping/entity/service/P1");
    CHECK(plugin.upstream.refusals_forgotten == 2);
}

TEST_CASE("an answer that is kept to be sent again is of the last second, and of before no change") {
    backstage::ReplyCache cache;
    cache.keep("a", {200, "kept", {}, {}}, test::test_now, 7);

    CHECK(cache.find("a", test::test_now + seconds{1}, 7)->body == "kept");
    CHECK_FALSE(cache.find("a", test::test_now + seconds{2}, 7));
    CHECK_FALSE(cache.find("a", test::test_now - seconds{1}, 7));
    CHECK_FALSE(cache.find("a", test::test_now, 8));
    CHECK_FALSE(cache.find("b", test::test_now, 7));
}
