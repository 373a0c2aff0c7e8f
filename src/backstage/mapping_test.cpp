#include "backstage/backstage_test_kit.h"
#include "backstage/mapping_status.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace callboard;
using test::Plugin;
namespace json = boost::json;

namespace {

json::value parsed(const backstage::Response& response) { return json::parse(response.body); }

constexpr std::string_view services =
    R"({"total":3,"services":[
      {"id":"P1","name":"Shop","html_url":"https://p/1","teams":[{"id":"T1","name":"Web"}],
       "escalation_policy":{"id":"E1","name":"Web first"},
       "integrations":[{"id":"I1","vendor":{"id":"PRO19CT"},"integration_key":"k1"},
                       {"id":"I2","vendor":null,"integration_key":"other"}]},
      {"id":"P2","name":"Pay","integrations":[]},
      {"id":"P3","name":"Lone","teams":[]}]})";

struct Mapped : Plugin {
    Mapped() { upstream.answers_with("GET /services?", 200, services); }

    std::string statuses(std::string body) {
        std::string out;
        auto answer = parsed(send("POST", "/mapping/entities", std::move(body)));
        for (const auto& entity : answer.at("entities").as_array())
            out += std::string{backstage::text_at(entity, "name")} + ":" +
                   std::string{backstage::text_at(entity, "status")} + " ";
        return out + std::to_string(answer.at("totalCount").as_int64());
    }
};

struct Person final : backstage::Identity {
    [[nodiscard]] std::string view() const override { return "7"; }
};

}  // namespace

TEST_CASE("what is stored and what is annotated make the status, line by line as the plugin's own backend decides") {
    backstage::Mapping unmapped{.service_id = "P1"};
    backstage::Mapping to_x{.service_id = "P1", .entity_ref = "component:default/x"};
    auto state = [](const backstage::Mapping* stored, std::string_view annotated) {
        auto found = backstage::state_of(stored, annotated);
        return std::string{name_of(found.status)} + " " + found.entity_ref;
    };

    CHECK(state(&unmapped, "") == "NotMapped ");
    CHECK(state(&unmapped, "component:default/y") == "OutOfSync ");
    CHECK(state(&to_x, "") == "OutOfSync component:default/x");
    CHECK(state(&to_x, "component:default/y") == "OutOfSync component:default/x");
    CHECK(state(&to_x, "component:default/x") == "InSync component:default/x");
    CHECK(state(nullptr, "component:default/y") == "InSync component:default/y");
    CHECK(state(nullptr, "") == "NotMapped ");
}

TEST_CASE("a mapping is kept, found both ways, and both entities are read anew when it moves") {
    Mapped plugin;
    plugin.upstream.answers_with("GET /services/P1", 200, R"({"service":{"id":"P1","integrations":[
        {"vendor":{"id":"PRO19CT"},"integration_key":"k1"}]}})");

    auto made =
        parsed(plugin.send("POST", "/mapping/entity", R"({"entityRef":"component:default/a","serviceId":"P1"})"));
    auto moved = parsed(plugin.send(
        "POST", "/mapping/entity", R"({"entityRef":"component:default/b","serviceId":"P1","integrationKey":"own"})"));

    CHECK(made.at("integrationKey") == "k1");
    CHECK(moved.at("id") == made.at("id"));
    CHECK(parsed(plugin.get("/mapping/entity/service/P1")).at("mapping").at("integrationKey") == "own");
    CHECK(parsed(plugin.get("/mapping/entity/component/default/B")).at("mapping").at("serviceId") == "P1");
    CHECK(plugin.get("/mapping/entity/component/default/a").status == 404);
    std::ranges::sort(plugin.catalog.refreshed);
    CHECK(plugin.catalog.refreshed ==
          std::vector<std::string>{"component:default/a", "component:default/a", "component:default/b"});
}

TEST_CASE("an entity has one service: the one before is nobody's, also when the mapping is taken away") {
    Mapped plugin;
    auto map = [&](const char* service, const char* entity) {
        return plugin.send(
            "POST",
            "/mapping/entity",
            fmt::format(R"({{"entityRef":"{}","serviceId":"{}","integrationKey":"k"}})", entity, service));
    };
    map("P1", "component:default/shop");
    map("P2", "component:default/shop");
    CHECK(parsed(plugin.get("/mapping/entity/component/default/shop")).at("mapping").at("serviceId") == "P2");
    CHECK(parsed(plugin.get("/mapping/entity/service/P1")).at("mapping").at("entityRef") == "");

    map("P2", "");
    CHECK(plugin.get("/mapping/entity/component/default/shop").status == 404);
}

TEST_CASE("an annotated entity is found by itself and by its service, until the page says otherwise") {
    Mapped plugin;
    plugin.catalog.add("shop", "P1");
    plugin.catalog.add("pay", "P2");

    auto row = parsed(plugin.get("/mapping/entity/component/default/shop")).at("mapping");
    CHECK(row.at("serviceId") == "P1");
    CHECK(row.at("integrationKey") == "k1");
    CHECK(parsed(plugin.get("/mapping/entity/service/P1")).at("mapping").at("entityRef") == "component:default/shop");
    // Whoever asks about one without an integration is to make one, by mapping it.
    CHECK(plugin.get("/mapping/entity/component/default/pay").status == 404);

    plugin.store.put_mapping({.id = "m", .service_id = "P1"});
    CHECK(plugin.get("/mapping/entity/component/default/shop").status == 404);
    CHECK(parsed(plugin.get("/mapping/entity/service/P1")).at("mapping").at("entityRef") == "");
}

TEST_CASE("a list is kept for what it was read from, and for nothing else") {
    backstage::PluginStore store(":memory:");
    store.keep_list("services of a", {"https://one", test::test_now, "[1]"});
    CHECK(store.kept_list("services of a", "https://one")->text == "[1]");
    CHECK_FALSE(store.kept_list("services of a", "https://two"));
    store.keep_list("services of a", {"https://two", test::test_now, "[2]"});
    CHECK(store.kept_list("services of a", "https://two")->text == "[2]");
    CHECK_FALSE(store.kept_list("services of a", "https://one"));
}

TEST_CASE("an annotated entity is read anew when its service is taken away from it, and when that is forgotten") {
    Mapped plugin;
    plugin.catalog.add("shop", "P1");

    plugin.send("POST", "/mapping/entity", R"({"entityRef":"","serviceId":"P1"})");
    CHECK(plugin.catalog.refreshed == std::vector<std::string>{"component:default/shop"});
    // As the entity processor has left it.
    plugin.catalog.entities.front().service_id.clear();
    plugin.catalog.entities.front().file_service_id = "P1";
    plugin.send("DELETE", "/mapping/entity/service/P1");
    CHECK(plugin.catalog.refreshed.size() == 2);
}

TEST_CASE("a service without Backstage's integration gets one when it is mapped, and none when it is unmapped") {
    Mapped plugin;
    plugin.upstream.answers_with("GET /services/P2", 200, R"({"service":{"id":"P2","integrations":[]}})");
    plugin.upstream.answers_with("POST /services/P2/integrations", 201, R"({"integration":{"integration_key":"new"}})");

    auto mapped =
        parsed(plugin.send("POST", "/mapping/entity", R"({"entityRef":"component:default/a","serviceId":"P2"})"));
    auto before = plugin.upstream.asked.size();
    auto unmapped = plugin.send("POST", "/mapping/entity", R"({"entityRef":"","serviceId":"P2"})");

    CHECK(mapped.at("integrationKey") == "new");
    CHECK(unmapped.status == 200);
    CHECK(plugin.upstream.asked.size() == before);
    CHECK(parsed(plugin.get("/mapping/entity/service/P2")).at("mapping").at("entityRef") == "");
    CHECK(plugin.send("DELETE", "/mapping/entity/service/P2").status == 204);
    CHECK(plugin.get("/mapping/entity/service/P2").status == 404);
}

TEST_CASE("a mapping whose integration is refused is not kept") {
    Mapped plugin;
    plugin.upstream.answers_with("GET /services/P2", 200, R"({"service":{"id":"P2"}})");
    plugin.upstream.answers_with("POST /services/P2/integrations", 403, "{}");

    auto refused = plugin.send("POST", "/mapping/entity", R"({"entityRef":"component:default/a","serviceId":"P2"})");

    CHECK(refused.status == 403);
    CHECK(plugin.get("/mapping/entity/service/P2").status == 404);
    CHECK(plugin.send("POST", "/mapping/entity", R"({"entityRef":"component:default/a"})").status == 400);
}

TEST_CASE("the mapping of a service that the caller must not know of is neither shown nor changed") {
    Mapped plugin;
    plugin.upstream.is_near = true;
    plugin.upstream.hidden_service = "P9";
    plugin.upstream.answers_with("GET /services/P9", 200, R"({"service":{"id":"P9"}})");
    plugin.store.put_mapping({.service_id = "P9", .integration_key = "k9", .entity_ref = "component:default/nine"});
    plugin.store.put_mapping({.service_id = "P8", .integration_key = "k8", .entity_ref = "component:default/gone"});
    constexpr auto* sent = R"({"entityRef":"component:default/a","serviceId":"P9","integrationKey":"own"})";

    plugin.authenticator.writer.identity = std::make_shared<Person>();
    CHECK(plugin.get("/mapping/entity/service/P9").status == 404);
    CHECK(plugin.get("/mapping/entity/component/default/nine").status == 404);
    CHECK(plugin.send("POST", "/mapping/entity", sent).status == 404);
    CHECK(plugin.send("POST", "/mapping/entity", R"({"entityRef":"","serviceId":"P9"})").status == 404);
    auto bulk = parsed(plugin.send("POST", "/mapping/entities/bulk", fmt::format(R"({{"mappings":[{}]}})", sent)));
    CHECK(bulk.at("errorCount") == 1);
    CHECK(plugin.send("DELETE", "/mapping/entity/service/P9").status == 404);
    CHECK(plugin.send("DELETE", "/mapping/entity/service/P8").status == 204);

    plugin.authenticator.writer.identity = nullptr;
    CHECK(parsed(plugin.get("/mapping/entity/service/P9")).at("mapping").at("integrationKey") == "k9");
    CHECK(plugin.send("DELETE", "/mapping/entity/service/P9").status == 204);
}

TEST_CASE("all services are listed with their entity, by name") {
    Mapped plugin;
    plugin.catalog.add("shop", "P1");
    plugin.store.put_mapping({.service_id = "P2", .entity_ref = "component:default/pay"});

    auto list = parsed(plugin.get("/mapping/entity")).at("mappings").as_array();

    REQUIRE(list.size() == 3);
    CHECK(json::serialize(list[2]) ==
          R"({"entityRef":"component:default/shop","entityName":"shop","integrationKey":"k1","serviceId":"P1",)"
          R"("status":"InSync","serviceName":"Shop","team":"Web","escalationPolicy":"Web first",)"
          R"("serviceUrl":"https://p/1","account":"default"})");
    CHECK(list[1].at("status") == "OutOfSync");
    CHECK(list[0].at("status") == "NotMapped");
}

TEST_CASE("the table of entities is filtered, sorted and cut") {
    Mapped plugin;
    plugin.catalog.add("alpha", "");
    plugin.catalog.add("shop", "P1", "group:default/web");
    plugin.catalog.add("pay", "P2");
    plugin.catalog.add("Beta", "");
    plugin.store.put_mapping({.service_id = "P2", .entity_ref = "component:default/other"});

    CHECK(plugin.statuses("{}") == "alpha:NotMapped Beta:NotMapped pay:NotMapped shop:InSync 4");
    CHECK(plugin.statuses(R"({"limit":2,"offset":2})") == "pay:NotMapped shop:InSync 4");
    CHECK(plugin.statuses(R"({"filters":{"status":"InSync"}})") == "shop:InSync 1");
    CHECK(plugin.statuses(R"({"filters":{"name":"A"},"limit":1})") == "alpha:NotMapped 3");
    CHECK(plugin.statuses(R"({"filters":{"teamName":"web"}})") == "shop:InSync 1");
    CHECK(plugin.statuses(R"({"filters":{"serviceName":"pay"}})") == "pay:NotMapped 1");
    CHECK(plugin.statuses(R"({"sort":{"column":"status","direction":"descending"},"limit":1})") == "shop:InSync 4");
    CHECK(plugin.statuses(R"({"account":"elsewhere"})") == "alpha:NotMapped Beta:NotMapped 2");
    for (const auto* bad : {R"({"limit":0})",
                            R"({"offset":-1})",
                            R"({"sort":{"column":"x","direction":"ascending"}})",
                            R"({"sort":{"column":"name","direction":"up"}})"})
        CHECK(plugin.send("POST", "/mapping/entities", bad).status == 400);
    auto asked = plugin.upstream.asked.size();
    plugin.statuses("{}");
    CHECK(plugin.upstream.asked.size() == asked);
}

TEST_CASE("without a catalog the page is told so") {
    Mapped plugin;
    plugin.catalog.failure = backstage::CatalogFailure{503, "No catalog."};

    CHECK(plugin.get("/mapping/entity").body == R"({"errors":["No catalog."]})");
    CHECK(plugin.send("POST", "/mapping/entities", "{}").status == 503);
    CHECK(plugin.get("/catalog/entity/component/default/x").status == 503);
}

TEST_CASE("the entity processor is told the annotated service as a text, and nothing is a text as well") {
    Plugin plugin;
    plugin.catalog.raw["component:default/shop"] =
        json::parse(R"({"metadata":{"annotations":{"pagerduty.com/service-id":"P1"}}})");
    plugin.catalog.raw["component:default/bare"] = json::parse(R"({"metadata":{}})");

    CHECK(plugin.get("/catalog/entity/Component/default/Shop").body == R"("P1")");
    CHECK(plugin.get("/catalog/entity/component/default/bare").body == R"("")");
    auto absent = plugin.get("/catalog/entity/component/default/none");
    CHECK(absent.status == 404);
    CHECK(absent.body == R"("")");
}

TEST_CASE("many mappings at once leave alone what is mapped or was unmapped, and tell of what cannot be") {
    Mapped plugin;
    plugin.store.put_mapping({.service_id = "P3", .entity_ref = ""});
    plugin.upstream.answers_with("GET /services/P2", 200, R"({"service":{"id":"P2"}})");
    plugin.upstream.answers_with("POST /services/P2/integrations", 429, "{}");

    auto answer = parsed(plugin.send("POST", "/mapping/entities/bulk", R"({"mappings":[
        {"entityRef":"component:default/shop","serviceId":"P1"},
        {"entityRef":"component:default/pay","serviceId":"P2"},
        {"entityRef":"component:default/lone","serviceId":"P3"},
        {"entityRef":"component:default/none"},
        {"entityRef":"component:default/again","serviceId":"P1"}]})"));

    CHECK(answer.at("successCount") == 1);
    CHECK(answer.at("skippedCount") == 2);
    CHECK(answer.at("errorCount") == 2);
    CHECK(answer.at("success").at(0).at("integrationKey") == "k1");
    CHECK(answer.at("errors").at(0).at("error") == "Missing serviceId");
    CHECK(plugin.catalog.refreshed == std::vector<std::string>{"component:default/shop"});
    CHECK(plugin.send("POST", "/mapping/entities/bulk", "{}").body ==
          R"({"error":"Bad Request: 'mappings' must be an array"})");
}

TEST_CASE("an entity of an account that cannot be asked is not called unmapped") {
    Plugin plugin{Plugin::Several{}};
    plugin.upstream.answers_with("GET /services?", 200, services);
    plugin.second.ends_with("GET /services?", backstage::Answer::End::unreachable);
    plugin.catalog.add("shop", "P1");
    plugin.catalog.add("far", "P9");
    plugin.catalog.add("none", "");

    auto page = parsed(plugin.send("POST", "/mapping/entities", "{}")).at("entities");

    CHECK(backstage::text_at(page.at(0), "status") == "ErrorWhenFetchingService");
    CHECK(backstage::text_at(page.at(1), "status") == "NotMapped");
    CHECK(backstage::text_at(page.at(2), "status") == "InSync");
}

TEST_CASE("what PagerDuty's own backend lists of mappings is taken over in one go, and what is here already stays") {
    Mapped plugin;
    auto stored = [&](std::string_view service) {
        auto mapping = plugin.store.mapping_of_service(service);
        return mapping ? mapping->entity_ref : std::string{"no row"};
    };
    // One line for each service, as GET /mapping/entity answers.
    constexpr std::string_view exported = R"({"mappings":[
        {"entityRef":"Component:default/Shop","entityName":"Shop","integrationKey":"","serviceId":"P1","status":"InSync","account":""},
        {"entityRef":"","entityName":"","integrationKey":"","serviceId":"P2","status":"NotMapped","account":""},
        {"entityRef":"","entityName":"","integrationKey":"","serviceId":"P3","status":"OutOfSync","account":""},
        {"entityRef":"component:default/gone","serviceId":"P9","status":"InSync","account":"acme"},
        {"entityRef":"a b","serviceId":"P2","status":"InSync"}]})";

    auto dry = parsed(plugin.send("POST", "/mapping/import?dry_run=true", std::string{exported}));
    CHECK(dry.at("importedCount") == 2);
    CHECK(stored("P1") == "no row");
    auto done = parsed(plugin.send("POST", "/mapping/import", std::string{exported}));

    CHECK(done.at("importedCount") == 2);
    CHECK(done.at("notMappedCount") == 1);
    CHECK(done.at("errorCount") == 2);
    CHECK(stored("P1") == "component:default/shop");
    CHECK(plugin.store.mapping_of_service("P1")->integration_key == "k1");
    CHECK(stored("P2") == "no row");
    CHECK(stored("P3").empty());
    CHECK(plugin.catalog.refreshed == std::vector<std::string>{"component:default/shop"});

    auto other = R"([{"entityRef":"component:default/other","serviceId":"P1"}])";
    CHECK(parsed(plugin.send("POST", "/mapping/import", other)).at("skippedCount") == 1);
    CHECK(stored("P1") == "component:default/shop");
    CHECK(parsed(plugin.send("POST", "/mapping/import?replace=true", other)).at("importedCount") == 1);
    CHECK(stored("P1") == "component:default/other");
    CHECK(plugin.send("POST", "/mapping/import", "{}").status == 400);
    // One that is newer than the list of services is asked for.
    plugin.upstream.answers_with("GET /services/P8", 200, R"({"service":{"id":"P8","name":"New"}})");
    auto newer = R"([{"entityRef":"component:default/new","serviceId":"P8"}])";
    CHECK(parsed(plugin.send("POST", "/mapping/import", newer)).at("importedCount") == 1);
    for (const auto& asked : plugin.upstream.asked) CHECK(asked.method == "GET");
}

TEST_CASE("what is exported can be imported elsewhere, to the account that has the service") {
    Mapped plugin;
    plugin.send("POST", "/mapping/import", R"([{"entityRef":"component:default/shop","serviceId":"P1"}])");
    auto file = plugin.get("/mapping/export").body;
    Plugin elsewhere{Plugin::Several{}};
    elsewhere.upstream.answers_with("GET /services?", 200, R"({"services":[],"total":0})");
    elsewhere.second.answers_with("GET /services?", 200, services);

    auto done = parsed(elsewhere.send("POST", "/mapping/import", file));

    CHECK(done.at("importedCount") == 1);
    CHECK(elsewhere.store.mapping_of_service("P1")->account == "eu");
    CHECK(elsewhere.store.mapping_of_service("P1")->entity_ref == "component:default/shop");
}
