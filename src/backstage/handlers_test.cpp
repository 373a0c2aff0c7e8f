#include "backstage/backstage_test_kit.h"

#include <doctest/doctest.h>

using namespace callboard;
using test::normal;
using test::Plugin;
namespace json = boost::json;

namespace {

/// What upstream was asked, "GET /teams?…" each.
std::vector<std::string> questions(const Plugin& plugin) {
    std::vector<std::string> all;
    for (const auto& asked : plugin.upstream.asked) all.push_back(asked.method + " " + asked.target);
    return all;
}

using Questions = std::vector<std::string>;

}  // namespace

TEST_CASE("a service is asked for with its integrations and its policy, and given as it came") {
    Plugin plugin;
    plugin.upstream.answers_with("GET /services/P%2F1", 200, R"({"service":{"id":"P/1","more":[1,null]}})");

    auto response = plugin.get("/services/P%2F1?account=elsewhere");

    CHECK(response.status == 200);
    CHECK(response.body == R"({"service":{"id":"P/1","more":[1,null]}})");
    CHECK(questions(plugin) ==
          Questions{"GET /services/P%2F1?time_zone=UTC&include[]=integrations&include[]=escalation_policies"});
}

TEST_CASE("an integration key finds the service that has it, and none that upstream finds by something else") {
    Plugin plugin;
    plugin.upstream.answers_with("GET /services?query=known&", 200, R"({"services":[
        {"id":"P1","name":"known","integrations":[{"id":"I1","integration_key":"unknown"},{"id":"I2"}]},
        {"id":"P2","integrations":[{"id":"I3"},{"id":"I4","integration_key":"known"}]}]})");
    plugin.upstream.answers_with("GET /services?query=now&", 200, R"({"services":[
        {"id":"P1","integrations":[{"id":"I1","integration_key":"known"}]},{"id":"P3","name":"now"}]})");
    plugin.upstream.answers_with("GET /services?query=other", 200, R"({"services":[]})");

    CHECK(plugin.get("/services?integration_key=known").body ==
          R"({"service":{"id":"P2","integrations":[{"id":"I3"},{"id":"I4","integration_key":"known"}]}})");
    CHECK(plugin.get("/services?integration_key=now").status == 404);
    auto nobody = plugin.get("/services?integration_key=other%26limit");
    CHECK(nobody.status == 404);
    CHECK(nobody.body == R"({"errors":["Failed to get service. The requested resource was not found."]})");
    // What a caller sends stays one value upstream.
    CHECK(plugin.upstream.asked.back().target.starts_with("/services?query=other%26limit&time_zone"));
}

TEST_CASE("all services are all pages") {
    Plugin plugin;
    const std::string first =
        "GET /services?time_zone=UTC&include[]=integrations&include[]=escalation_policies&include[]=teams&total=true";
    plugin.upstream.answers_with(first + "&offset=0&", 200, R"({"services":[{"id":"P1"}],"more":true,"total":51})");
    plugin.upstream.answers_with(first + "&offset=50&", 200, R"({"services":[{"id":"P2"}],"more":false,"total":51})");

    auto response = plugin.get("/services?limit=many");

    CHECK(response.body == R"({"services":[{"id":"P1","account":"default"},{"id":"P2","account":"default"}]})");
    CHECK(questions(plugin) == Questions{first + "&offset=0&limit=50", first + "&offset=50&limit=50"});
}

TEST_CASE("a page that fails fails the list") {
    Plugin plugin;
    plugin.upstream.answers_with("GET /services?", 200, R"({"services":[{"id":"P1"}],"more":true})");
    plugin.upstream.answers_with(
        "GET /services?time_zone=UTC&include[]=integrations&include[]=escalation_policies&include[]=teams&total=true"
        "&offset=50",
        429,
        "{}");

    CHECK(plugin.get("/services").status == 429);
}

TEST_CASE("services by team, name or limit are one page in a bare array") {
    Plugin plugin;
    plugin.upstream.answers_with("GET /services?", 200, R"({"services":[{"id":"P1"}],"more":true})");

    CHECK(plugin.get("/services?limit=12abc").body == R"([{"id":"P1","account":"default"}])");
    CHECK(plugin.get("/services?team_id=T1&query=+pay+%26&account=eu").body == R"([{"id":"P1","account":"eu"}])");
    CHECK(plugin.get("/services?query=%20").status == 200);
    CHECK(questions(plugin) == Questions{"GET /services?time_zone=UTC&limit=12",
                                         "GET /services?time_zone=UTC&limit=100&team_ids[]=T1&query=pay%20%26",
                                         "GET /services?time_zone=UTC&limit=100"});
}

TEST_CASE("incidents and change events are passed through") {
    Plugin plugin;
    plugin.upstream.answers_with("GET /incidents", 200, R"({"incidents":[{"id":"Q1"}],"more":false})");
    plugin.upstream.answers_with("GET /services/P1/change_events", 200, R"({"change_events":[],"more":false})");

    CHECK(plugin.get("/services/P1/incidents").body == R"({"incidents":[{"id":"Q1"}]})");
    CHECK(plugin.get("/services/P1/change-events").body == R"({"change_events":[]})");
    CHECK(questions(plugin) == Questions{"GET /incidents?time_zone=UTC&sort_by=created_at&statuses[]=triggered"
                                         "&statuses[]=acknowledged&service_ids[]=P1",
                                         "GET /services/P1/change_events?limit=5&time_zone=UTC&sort_by=timestamp"});
}

TEST_CASE("metrics are those of the last 30 days, passed through") {
    Plugin plugin;
    plugin.upstream.answers_with(
        "POST /analytics/metrics/incidents/services", 200, R"({"data":[{"service_id":"P1","mean":1.5}]})");

    auto response = plugin.get("/services/P1/metrics");

    CHECK(response.body == R"({"metrics":[{"service_id":"P1","mean":1.5E0}]})");
    CHECK(boost::json::serialize(plugin.upstream.asked.at(0).body) ==
          R"({"filters":{"created_at_start":"2026-08-22T14:13:20Z","created_at_end":"2026-09-21T14:13:20Z",)"
          R"("service_ids":["P1"]}})");
}

TEST_CASE("standards or metrics that fail leave the card alive, save for a wrong credential") {
    Plugin plugin;
    for (int status : {400, 402, 403, 404, 429, 500}) {
        plugin.upstream.answers_with("GET /standards", status, "{}");
        plugin.upstream.answers_with("POST /analytics", status, "{}");
        CHECK(plugin.get("/services/P1/standards").body == R"({"standards":{}})");
        CHECK(plugin.get("/services/P1/metrics").body == R"({"metrics":[]})");
    }

    plugin.upstream.answers_with("GET /standards", 401, "{}");
    plugin.upstream.answers_with("POST /analytics", 401, "{}");
    CHECK(plugin.get("/services/P1/standards").status == 401);
    CHECK(plugin.get("/services/P1/metrics").status == 401);
}

TEST_CASE("who is on call needs a policy, and looks at every page") {
    Plugin plugin;
    const std::string asked = "GET /oncalls?time_zone=UTC&include[]=users&escalation_policy_ids[]=P1%2CP2&offset=";
    plugin.upstream.answers_with(
        asked + "0&", 200, R"({"oncalls":[{"escalation_level":2,"user":{"id":"U2","name":"B"}}],"more":true})");
    plugin.upstream.answers_with(
        asked + "50&", 200, R"({"oncalls":[{"escalation_level":1,"user":{"id":"U1","name":"A"}}],"more":false})");

    CHECK(plugin.get("/oncall-users?escalation_policy_ids[]=P1&escalation_policy_ids%5B%5D=P2").body ==
          R"({"users":[{"id":"U1","name":"A"}]})");
    auto missing = plugin.get("/oncall-users?escalation_policy_ids=");
    CHECK(missing.status == 400);
    CHECK(missing.body == R"("Bad Request: 'escalation_policy_ids[]' is required")");
}

TEST_CASE("policies are labels and values, teams are named with their account, both by name") {
    Plugin plugin;
    plugin.upstream.answers_with("GET /escalation_policies?total=true&sort_by=name",
                                 200,
                                 R"({"escalation_policies":[{"id":"1","name":"b"},{"id":"2","name":"A"}]})");
    plugin.upstream.answers_with(
        "GET /teams?total=true&sort_by=name", 200, R"({"teams":[{"id":"1","name":"b"},{"id":"2","name":"A"}]})");

    CHECK(plugin.get("/escalation_policies").body == R"([{"label":"A","value":"2"},{"label":"b","value":"1"}])");
    CHECK(plugin.get("/teams?account=eu").body ==
          R"([{"id":"2","name":"A","account":"eu"},{"id":"1","name":"b","account":"eu"}])");
    CHECK(plugin.get("/accounts").body == R"({"accounts":[]})");
    CHECK(plugin.get("/health").body == R"({"status":"ok"})");
}

TEST_CASE("the service of the path depends on each service of the body") {
    Plugin plugin;
    plugin.upstream.answers_with("POST /service_dependencies/", 200, R"({"relationships":[]})");
    auto send = [&](std::string method, std::string body) {
        return plugin.backend.answer(Plugin::request(std::move(method), "/dependencies/service/P1", std::move(body)));
    };

    auto added = send("POST", R"(["P2","P3"])");
    auto removed = send("DELETE", R"(["P2"])");

    CHECK(added.status == 200);
    CHECK(added.body == "OK");
    CHECK(removed.body == "OK");
    CHECK(questions(plugin) ==
          Questions{"POST /service_dependencies/associate", "POST /service_dependencies/disassociate"});
    CHECK(boost::json::serialize(plugin.upstream.asked.at(1).body) ==
          R"({"relationships":[{"supporting_service":{"id":"P2","type":"service"},)"
          R"("dependent_service":{"id":"P1","type":"service"}}]})");
    CHECK(plugin.upstream.asked.at(0).body.at("relationships").as_array().size() == 2);
    for (const auto* nothing : {"", "[]", "{}", R"({"id":"P2"})"}) CHECK(send("POST", nothing).status == 400);
}

TEST_CASE("a refused change of dependencies is reported as refused") {
    Plugin plugin;
    plugin.upstream.answers_with("POST /service_dependencies/associate", 429, "{}");
    plugin.upstream.answers_with("GET /service_dependencies", 200, "{}");

    CHECK(plugin.backend.answer(Plugin::request("POST", "/dependencies/service/P1", R"(["P2"])")).status == 429);
    CHECK(plugin.get("/dependencies/service/P1").status == 502);
}

TEST_CASE("an integration is created as Backstage names it, and its key is the answer") {
    Plugin plugin;
    plugin.upstream.answers_with(
        "POST /services/P1/integrations", 201, R"({"integration":{"id":"I1","integration_key":"k3y"}})");

    auto made = plugin.backend.answer(Plugin::request("POST", "/services/P1/integration/PRO19CT"));
    auto refused = plugin.backend.answer(Plugin::request("POST", "/services/P2/integration/PRO19CT"));

    CHECK(made.body == R"("k3y")");
    CHECK(boost::json::serialize(plugin.upstream.asked.at(0).body) ==
          R"({"integration":{"name":"Backstage","service":{"id":"P1","type":"service_reference"},)"
          R"("vendor":{"id":"PRO19CT","type":"vendor_reference"}}})");
    CHECK(refused.status == 404);
    CHECK(refused.body ==
          R"({"errors":["Failed to create service integration. The requested resource was not found."]})");
}

TEST_CASE("what nobody has made is not found, in the words that the entity processor and the page expect") {
    Plugin plugin;

    CHECK(plugin.get("/settings/settings::service-dependency-sync-strategy").body == "{}");
    auto entity = plugin.get("/mapping/entity/Component/default/Shop");
    CHECK(entity.status == 404);
    CHECK(entity.body == R"("Mapping for entityRef component:default/shop not found.")");
    CHECK(plugin.get("/mapping/entity/service/P1").body == R"("Mapping for serviceId P1 not found.")");
}

TEST_CASE("settings are kept, all of a list or none") {
    Plugin plugin;
    const std::string strategy = "settings::service-dependency-sync-strategy";

    auto kept = plugin.send("POST", "/settings", R"([{"id":")" + strategy + R"(","value":"both"}])");
    auto refused = plugin.send(
        "POST", "/settings", R"([{"id":"settings::data-sync","value":"enabled"},{"id":"x","value":"nonsense"}])");

    CHECK(kept.body == "OK");
    CHECK(plugin.get("/settings/" + strategy).body ==
          R"({"id":")" + strategy + R"(","value":"both","updatedAt":"2026-09-21T14:13:20Z"})");
    CHECK(refused.status == 400);
    CHECK(plugin.get("/settings/settings::data-sync").status == 404);
    CHECK(plugin.send("POST", "/settings", "{}").status == 400);
}

TEST_CASE("with several accounts each is asked by its name, lists ask all, and an unknown one is not found") {
    Plugin plugin{Plugin::Several{}};
    plugin.upstream.answers_with("GET /services", 200, R"({"services":[{"id":"P1"}],"more":false})");
    plugin.second.answers_with("GET /services", 200, R"({"services":[{"id":"P2"}],"more":false})");
    plugin.upstream.answers_with("GET /services/", 404, "{}");
    plugin.second.answers_with("GET /services/P2", 200, R"({"service":{"id":"P2"}})");
    plugin.upstream.answers_with(
        "GET /escalation_policies", 200, R"({"escalation_policies":[{"id":"E","name":"on"}]})");
    plugin.second.answers_with("GET /escalation_policies", 200, R"({"escalation_policies":[]})");

    CHECK(plugin.get("/services").body == R"({"services":[{"id":"P1","account":"us"},{"id":"P2","account":"eu"}]})");
    CHECK(plugin.get("/services/P2?account=eu").body == R"({"service":{"id":"P2"}})");
    CHECK(plugin.get("/services/P2").status == 404);
    CHECK(plugin.get("/services/P2?account=mars").body == R"({"errors":["There is no account mars."]})");
    CHECK(plugin.get("/accounts").body ==
          R"({"accounts":[{"id":"us","isDefault":true},{"id":"eu","isDefault":false}]})");
    CHECK(plugin.get("/escalation_policies").body == R"([{"label":"(us) on","value":"E"}])");
}

TEST_CASE("an account that cannot be asked takes nothing away from the lists of the others, and is named") {
    Plugin plugin{Plugin::Several{}};
    plugin.upstream.answers_with("GET /services", 200, R"({"services":[{"id":"P1","name":"Shop"}],"total":1})");
    plugin.upstream.answers_with("GET /teams", 200, R"({"teams":[{"id":"T1","name":"Web"}]})");
    plugin.upstream.answers_with(
        "GET /escalation_policies", 200, R"({"escalation_policies":[{"id":"E","name":"on"}]})");
    for (const auto* list : {"GET /services", "GET /teams", "GET /escalation_policies"})
        plugin.second.ends_with(list, backstage::Answer::End::unreachable);
    auto missing = [](const backstage::Response& response) {
        for (const auto& [name, value] : response.headers)
            if (name == "X-Callboard-Missing-Accounts") return value;
        return std::string{};
    };

    CHECK(plugin.get("/services").body ==
          R"({"services":[{"id":"P1","name":"Shop","account":"us"}],"missing_accounts":["eu"]})");
    CHECK(plugin.get("/services?query=Sh").body == R"([{"id":"P1","name":"Shop","account":"us"}])");
    CHECK(plugin.get("/teams").body == R"([{"id":"T1","name":"Web","account":"us"}])");
    CHECK(plugin.get("/escalation_policies").body == R"([{"label":"(us) on","value":"E"}])");
    CHECK(json::parse(plugin.get("/mapping/entity").body).at("mappings").as_array().size() == 1);
    CHECK(json::serialize(json::parse(plugin.send("POST", "/mapping/entities", "{}").body).at("missing_accounts")) ==
          R"(["eu"])");
    for (const auto* list : {"/services", "/services?query=Sh", "/teams", "/escalation_policies", "/mapping/entity"})
        CHECK(missing(plugin.get(list)) == "eu");
    CHECK(missing(plugin.get("/services?query=Sh&account=us")).empty());
    // The other one goes too: then there is nothing to show.
    for (const auto* list : {"GET /services", "GET /teams", "GET /escalation_policies"})
        plugin.upstream.answers_with(list, 503, "{}");
    for (const auto* list : {"/services", "/services?query=Sh", "/teams", "/escalation_policies"})
        CHECK(plugin.get(list).status == 503);
}

TEST_CASE("each list of whom an incident can go to is for itself, and what is missing says why") {
    Plugin plugin;
    plugin.upstream.answers_with("GET /users", 403, R"({"error":{"message":"no","required_scopes":"users.read"}})");
    plugin.upstream.answers_with(
        "GET /escalation_policies", 200, R"({"escalation_policies":[{"id":"E","name":"on"}]})");
    plugin.upstream.answers_with("GET /priorities", 402, "{}");

    auto found = plugin.get("/assignees");

    CHECK(found.status == 200);
    auto body = json::parse(found.body);
    CHECK(body.at("users").as_array().empty());
    CHECK(body.at("escalation_policies").as_array().size() == 1);
    CHECK(backstage::text_at(body, {"problems", "users"}).find("users.read") != std::string_view::npos);
    // A plan without priorities is no problem.
    CHECK(body.at("problems").as_object().size() == 1);
    for (const auto* list : {"GET /users", "GET /escalation_policies", "GET /priorities"})
        plugin.upstream.answers_with(list, 403, "{}");
    CHECK(plugin.get("/assignees").status == 403);
}

TEST_CASE("keys of integrations stay here unless the configuration says otherwise, save for the entity processor") {
    Plugin plugin;
    plugin.room.options = {};
    plugin.upstream.answers_with(
        "GET /services/P1", 200, R"({"service":{"id":"P1","integrations":[{"id":"I","integration_key":"secret"}]}})");

    CHECK(plugin.get("/services/P1").body == R"({"service":{"id":"P1","integrations":[{"id":"I"}]}})");
    plugin.authenticator.writer.ref = "plugin:catalog";
    CHECK(plugin.get("/services/P1").body.find("secret") != std::string::npos);
}
