#include "backstage/backstage_test_kit.h"
#include "backstage/sync.h"

#include <future>

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::backstage;
using test::Plugin;
namespace json = boost::json;

namespace {

json::value parsed(const Response& response) { return json::parse(response.body); }

/// Shop depends on Pay, and both have a service; Lone has none.
struct Linked : Plugin {
    Linked() {
        upstream.answers_with("GET /services?", 200, R"({"total":3,"services":[
            {"id":"PSHOP","name":"Shop"},{"id":"PPAY","name":"Pay"},{"id":"PMAIL","name":"Mail"}]})");
        for (const auto* id : {"PSHOP", "PPAY", "PMAIL"}) has(id, "[]");
        upstream.answers_with("POST /service_dependencies/associate", 200, R"({"relationships":[]})");
        upstream.answers_with("POST /service_dependencies/disassociate", 200, R"({"relationships":[]})");
        add("shop", "PSHOP");
        add("pay", "PPAY");
        add("lone", "");
        depends("shop", {"component:default/pay", "component:default/lone", "resource:default/database"});
    }

    void add(std::string name, std::string service_id) {
        catalog.add(std::move(name), std::move(service_id));
        catalog.entities.back().depends_on.emplace();
    }

    void depends(std::string_view name, std::vector<std::string> on) {
        for (auto& entity : catalog.entities)
            if (entity.name == name) entity.depends_on = std::move(on);
    }

    void has(const std::string& service, const std::string& relationships) {
        upstream.answers_with("GET /service_dependencies/technical_services/" + service,
                              200,
                              R"({"relationships":)" + relationships + "}");
    }

    static std::string edge(const std::string& dependent, const std::string& supporting) {
        auto end = [](const std::string& id) {
            return R"({"id":")" + id + R"(","type":"technical_service_reference"})";
        };
        return R"([{"dependent_service":)" + end(dependent) + R"(,"supporting_service":)" + end(supporting) + "}]";
    }

    SyncReport run(bool again = false) {
        upstream.asked.clear();
        return run_sync(room, test::test_now, again);
    }

    void strategy(std::string_view value) {
        store.put_settings({{std::string{strategy_setting}, std::string{value}, test::test_now}});
    }

    std::vector<std::string> changes() const {
        std::vector<std::string> out;
        for (const auto& asked : upstream.asked)
            if (asked.target.starts_with("/service_dependencies/") && asked.method == "POST")
                for (const auto& one : list_at(asked.body, "relationships"))
                    out.push_back(asked.target.substr(22) + " " +
                                  std::string{text_at(one, {"dependent_service", "id"})} + ">" +
                                  std::string{text_at(one, {"supporting_service", "id"})});
        return out;
    }

    json::value process(const std::string& name, const std::string& depends_on, const std::string& service = "") {
        return parsed(send("POST",
                           "/catalog/process",
                           R"({"entityRef":"component:default/)" + name + R"(","serviceId":")" + service +
                               R"(","dependsOn":)" + depends_on + "}"));
    }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("nothing is asked about dependencies while nobody has chosen a side") {
    Linked plugin;

    auto report = plugin.run();

    CHECK(report.failures == 0);
    for (const auto& asked : plugin.upstream.asked) CHECK(asked.target.starts_with("/services?"));
}

TEST_CASE("Backstage's dependencies are written upstream, and taken away again when they were written from here") {
    Linked plugin;
    plugin.strategy("backstage");

    auto first = plugin.run();
    CHECK(plugin.changes() == Names{"associate PSHOP>PPAY"});
    CHECK(first.dependencies_added == 1);

    plugin.has("PSHOP", Linked::edge("PSHOP", "PPAY"));
    plugin.run();
    CHECK(plugin.changes().empty());

    plugin.depends("shop", {});
    auto last = plugin.run();
    CHECK(plugin.changes() == Names{"disassociate PSHOP>PPAY"});
    CHECK(last.dependencies_removed == 1);
}

TEST_CASE("an account that cannot be asked keeps what is known of it, and does not keep the others from theirs") {
    Linked plugin;
    plugin.strategy("backstage");
    plugin.accounts = Accounts::several({{.id = "us", .is_default = true, .upstream = &plugin.upstream},
                                         {.id = "eu", .is_default = false, .upstream = &plugin.second}});
    plugin.second.ends_with("GET /services?", Answer::End::late);
    Pair far{"component:default/far", "PFAR", "eu"};
    Dependency known{"eu", {"PFAR", "PNEAR"}, true};
    plugin.store.put_synced({{far}, {known}});

    auto report = plugin.run();

    CHECK(plugin.changes() == Names{"associate PSHOP>PPAY"});
    CHECK(report.dependencies_added == 1);
    CHECK(report.failures == 1);
    auto after = plugin.store.synced();
    CHECK(std::ranges::find(after->pairs, far) != after->pairs.end());
    CHECK(std::ranges::find(after->dependencies, known) != after->dependencies.end());
}

TEST_CASE("an account that is slow does not make the others wait") {
    Linked plugin;
    plugin.strategy("backstage");
    plugin.accounts = Accounts::several({{.id = "us", .is_default = true, .upstream = &plugin.upstream},
                                         {.id = "eu", .is_default = false, .upstream = &plugin.second}});
    plugin.second.answers_with(
        "GET /services?", 200, R"({"total":2,"services":[{"id":"PFAR","name":"Far"},{"id":"PNEAR","name":"Near"}]})");
    plugin.add("far", "PFAR");
    plugin.add("near", "PNEAR");
    plugin.depends("far", {"component:default/near"});
    std::promise<void> second_began;
    auto began = second_began.get_future();
    bool in_time = false;
    plugin.upstream.meanwhile = [&](const std::string& what) {
        if (what.ends_with("/PSHOP")) in_time = began.wait_for(std::chrono::seconds{10}) == std::future_status::ready;
    };
    plugin.second.meanwhile = [&](const std::string& what) {
        if (what.ends_with("/PFAR")) second_began.set_value();
    };

    plugin.run();

    CHECK(in_time);
}

TEST_CASE("what somebody else wrote upstream stays there") {
    Linked plugin;
    plugin.strategy("backstage");
    plugin.has("PSHOP", Linked::edge("PSHOP", "PMAIL"));

    plugin.run();

    CHECK(plugin.changes() == Names{"associate PSHOP>PPAY"});
}

TEST_CASE("a service that cannot be read is left alone, and what is known of it is kept") {
    Linked plugin;
    plugin.strategy("both");
    plugin.run();
    plugin.upstream.answers_with("GET /service_dependencies/technical_services/PSHOP", 500, "{}");
    plugin.depends("shop", {});

    auto report = plugin.run();

    CHECK(plugin.changes().empty());
    CHECK(report.failures == 1);
    CHECK(report.problems.front().find("Service PSHOP: ") == 0);
    CHECK(plugin.store.synced()->dependencies.size() == 1);
}

TEST_CASE("PagerDuty's dependencies take the place of those between mapped entities, and of no others") {
    Linked plugin;
    plugin.add("mail", "PMAIL");
    plugin.strategy("pagerduty");
    plugin.has("PSHOP", Linked::edge("PSHOP", "PMAIL"));

    plugin.run();

    CHECK(plugin.changes().empty());
    CHECK(plugin.catalog.refreshed == Names{"component:default/shop"});
    auto told = plugin.process("shop", R"(["component:pay","component:default/lone","resource:database"])");
    CHECK(json::serialize(told.at("dependsOn").at("instead")) ==
          R"(["component:default/lone","resource:default/database","component:default/mail"])");
    CHECK(plugin.process("lone", R"(["component:pay"])").at("dependsOn").at("instead").is_null());
}

TEST_CASE("with both, each side has what either has, and what came from upstream is not written back as ours") {
    Linked plugin;
    plugin.add("mail", "PMAIL");
    plugin.strategy("both");
    plugin.has("PSHOP", Linked::edge("PSHOP", "PMAIL"));

    plugin.run();

    CHECK(plugin.changes() == Names{"associate PSHOP>PPAY"});
    auto told = plugin.process("shop", R"(["component:default/pay"])").at("dependsOn");
    CHECK(told.at("instead").is_null());
    CHECK(json::serialize(told.at("also")) == R"(["component:default/mail"])");
    plugin.strategy("disabled");
    CHECK(plugin.process("shop", "[]").at("dependsOn").at("also").as_array().empty());
}

TEST_CASE("an entity whose dependencies are PagerDuty's already asks for none") {
    Linked plugin;
    plugin.strategy("backstage");
    plugin.run();
    plugin.has("PSHOP", Linked::edge("PSHOP", "PPAY"));
    plugin.catalog.entities.front().depends_on.reset();

    plugin.run();

    CHECK(plugin.changes().empty());
}

TEST_CASE("the catalog is told of a mapping, and that an annotated service was taken away") {
    Linked plugin;
    plugin.store.put_mapping({.id = "m", .service_id = "PPAY", .entity_ref = "component:default/lone", .account = "a"});
    plugin.store.put_mapping({.id = "n", .service_id = "PSHOP"});

    CHECK(plugin.process("lone", "[]").at("mapping").at("serviceId") == "PPAY");
    CHECK(plugin.process("shop", "[]", "PSHOP").at("unmapped") == true);
    // That another entity has the service is no reason to take the annotation from this one.
    CHECK(plugin.process("pay", "[]", "PPAY").at("unmapped") == false);
    CHECK(plugin.send("POST", "/catalog/process", R"({"entityRef":"shop"})").status == 400);
    CHECK(plugin.send("POST", "/catalog/process", R"({"entityRef":"a:b/c","dependsOn":["shop"]})").status == 400);
}

TEST_CASE("a service that is gone upstream takes with it what is remembered of it") {
    Linked plugin;
    plugin.strategy("both");
    plugin.run();
    plugin.upstream.answers_with("GET /service_dependencies/technical_services/PSHOP", 404, "{}");
    plugin.depends("shop", {});

    auto report = plugin.run();

    CHECK(report.failures == 0);
    CHECK(plugin.store.synced()->dependencies.empty());
}

TEST_CASE("the catalog is told what the key in a file stands for, and to take one away that is another service's") {
    Linked plugin;
    plugin.upstream.answers_with("GET /services?", 200, R"({"total":2,"services":[
        {"id":"PSHOP","integrations":[{"vendor":{"id":"PRO19CT"},"integration_key":"shopkey"}]},
        {"id":"PPAY","integrations":[{"vendor":{"id":"PRO19CT"},"integration_key":"paykey"}]}]})");
    auto process = [&](std::string_view name, std::string_view key) {
        auto body = json::object{{"entityRef", "component:default/" + std::string{name}}, {"integrationKey", key}};
        return parsed(plugin.send("POST", "/catalog/process", json::serialize(body)));
    };
    // Nobody is asked, so nothing is known at first.
    CHECK(process("lone", "paykey").at("annotated").is_null());
    plugin.run();
    plugin.upstream.asked.clear();

    auto told = process("lone", "paykey");
    CHECK(told.at("annotated").at("serviceId") == "PPAY");
    CHECK(told.at("annotated").at("account") == "");
    CHECK_FALSE(told.as_object().contains("integrationKey"));
    CHECK(process("lone", "unknown").at("annotated").is_null());

    plugin.store.put_mapping({.id = "m", .service_id = "PSHOP", .entity_ref = "component:default/lone"});
    CHECK(process("lone", "paykey").at("integrationKey").is_null());
    CHECK_FALSE(process("lone", "shopkey").as_object().contains("integrationKey"));
    plugin.room.options.annotate_integration_keys = true;
    CHECK(process("lone", "paykey").at("integrationKey") == "shopkey");
    CHECK(process("lone", "").at("integrationKey") == "shopkey");

    plugin.store.put_mapping({.id = "n", .service_id = "PPAY"});
    told = process("pay", "paykey");
    CHECK(told.at("unmapped") == true);
    CHECK(told.at("integrationKey").is_null());
    CHECK(told.at("annotated").at("serviceId") == "PPAY");
    CHECK(plugin.upstream.asked.empty());
}

TEST_CASE("a service of an annotation that is mapped elsewhere, or was taken away, is not the annotated entity's") {
    Components components;
    test::FakeCatalog catalog;
    catalog.add("a", "P1");
    catalog.add("b", "P2");
    catalog.add("c", "P3");
    components.rows = catalog.entities;
    components.rows[2].more_service_ids = {"P4"};
    ServiceList services;
    for (const auto* id : {"P1", "P2", "P3", "P4"}) {
        services.by_id.emplace(id, services.rows.size());
        ServiceRow row;
        row.id = id;
        row.account = "x";
        services.rows.push_back(std::move(row));
    }
    PluginStore::Mappings stored{{"P1", {.service_id = "P1"}},
                                 {"P2", {.service_id = "P2", .entity_ref = "component:default/a"}}};

    auto pairs = pairs_of(components, services, stored);

    CHECK(pairs == std::vector<Pair>{{"component:default/a", "P2", "x"},
                                     {"component:default/c", "P3", "x"},
                                     {"component:default/c", "P4", "x"}});
}

TEST_CASE("values are found at dots and brackets, one of them and no more") {
    auto entity = json::parse(R"({"metadata":{"labels":{"a.b":"dotted","tier":1},"tags":["x"]},"spec":{"on":true}})");

    CHECK(value_at_path(entity, "metadata.labels['a.b']") == "dotted");
    CHECK(value_at_path(entity, "metadata.labels.a.b") == "dotted");
    CHECK(value_at_path(entity, "metadata[\"labels\"].tier") == "1");
    CHECK(value_at_path(entity, "spec.on") == "true");
    for (const auto* none : {"metadata.tags", "metadata", "spec.off", "spec.on.x", "", "spec..on", "spec.", "['x"})
        CHECK_FALSE(value_at_path(entity, none));
    CHECK(field_of_path("metadata.labels['a.b']") == "metadata.labels");
}

namespace {

struct Filled : Linked {
    Filled() {
        upstream.answers_with("POST /services/custom_fields", 201, R"({"field":{"id":"F1"}})");
        upstream.answers_with("PUT /services/PSHOP/custom_fields/values", 200, R"({"custom_fields":[]})");
        upstream.answers_with("PUT /services/PPAY/custom_fields/values", 200, R"({"custom_fields":[]})");
        send("POST", "/custom-fields", R"({"name":"Tier","entityPath":"spec.tier"})");
        store.put_settings({{std::string{fields_setting}, "enabled", test::test_now}});
        catalog.raw.emplace("component:default/shop", json::parse(R"({"spec":{"tier":"1"}})"));
        catalog.raw.emplace("component:default/pay", json::parse(R"({"spec":{"tier":["many"]}})"));
    }

    std::string sent() const {
        std::string out;
        for (const auto& asked : upstream.asked)
            if (asked.method == "PUT") out += asked.target.substr(10) + json::serialize(asked.body.at("custom_fields"));
        return out;
    }

    std::string log() {
        std::string out;
        auto page = parsed(get("/custom-fields/sync-logs"));
        for (const auto& one : page.at("logs").as_array())
            out += std::string{text_at(one, "serviceName")} + ":" + std::string{text_at(one, "errorCode")} + " ";
        return out;
    }
};

}  // namespace

TEST_CASE("values of entities go to their services once, and what became of them is in the log once") {
    Filled plugin;

    auto report = plugin.run();
    CHECK(plugin.sent() == R"(PSHOP/custom_fields/values[{"id":"F1","value":"1"}])");
    CHECK(report.values_written == 1);
    CHECK(plugin.log() == "Shop:SYNC_SUCCESS Pay:INVALID_PATH ");

    CHECK(plugin.run().values_written == 0);
    CHECK(plugin.log() == "Shop:SYNC_SUCCESS Pay:INVALID_PATH ");
    CHECK(plugin.run(/*again=*/true).values_written == 1);

    plugin.catalog.raw["component:default/shop"] = json::parse(R"({"spec":{}})");
    plugin.run();
    CHECK(plugin.sent() == R"(PSHOP/custom_fields/values[{"id":"F1","value":null}])");
    CHECK(plugin.log() == "Shop:INVALID_PATH Shop:SYNC_SUCCESS Pay:INVALID_PATH ");
}

TEST_CASE("after a change of sides the catalog reads anew what it showed by the old one") {
    Linked plugin;
    plugin.strategy("pagerduty");
    plugin.has("PSHOP", Linked::edge("PSHOP", "PPAY"));
    plugin.run();
    plugin.catalog.refreshed.clear();

    plugin.strategy("disabled");
    plugin.run();
    CHECK(plugin.catalog.refreshed == Names{"component:default/shop"});
    plugin.run();
    CHECK(plugin.catalog.refreshed.size() == 1);
}

TEST_CASE("a service of several entities has the values of the first") {
    Filled plugin;
    plugin.add("second-shop", "PSHOP");
    plugin.catalog.raw.emplace("component:default/second-shop", json::parse(R"({"spec":{"tier":"2"}})"));

    plugin.run();
    CHECK(plugin.sent() == R"(PSHOP/custom_fields/values[{"id":"F1","value":"2"}])");
    CHECK(plugin.run().values_written == 0);
}

TEST_CASE("a value that cannot be cleared is cleared by the next run") {
    Filled plugin;
    plugin.run();
    plugin.catalog.raw["component:default/shop"] = json::parse(R"({"spec":{}})");
    plugin.upstream.answers_with("PUT /services/PSHOP/custom_fields/values", 500, "{}");
    plugin.run();
    plugin.upstream.answers_with("PUT /services/PSHOP/custom_fields/values", 200, R"({"custom_fields":[]})");
    plugin.run();
    CHECK(plugin.sent() == R"(PSHOP/custom_fields/values[{"id":"F1","value":null}])");
}

TEST_CASE("a value that is refused is tried again by each run and logged once") {
    Filled plugin;
    plugin.upstream.answers_with("PUT /services/PSHOP/custom_fields/values", 403, "{}");

    CHECK(plugin.run().failures == 1);
    CHECK(plugin.run().failures == 1);
    CHECK(plugin.log() == "Shop:PD_API_ERROR Pay:INVALID_PATH ");
    plugin.upstream.answers_with("PUT /services/PSHOP/custom_fields/values", 200, R"({"custom_fields":[]})");
    CHECK(plugin.run().values_written == 1);
}

TEST_CASE("a value that is refused because its field was switched off meanwhile is no failure") {
    Filled plugin;
    plugin.upstream.answers_with("PUT /services/PSHOP/custom_fields/values", 400, "{}");
    plugin.upstream.meanwhile = [&](const std::string& what) {
        if (!what.starts_with("PUT /services/PSHOP")) return;
        auto field = plugin.store.custom_fields("default").at(0);
        field.enabled = false;
        plugin.store.update_custom_field(field);
    };

    CHECK(plugin.run().failures == 0);
    CHECK(plugin.log().find("PD_API_ERROR") == std::string::npos);
}

TEST_CASE("no field is filled while the switch is off, or the field is") {
    Filled plugin;
    plugin.store.put_settings({{std::string{fields_setting}, "disabled", test::test_now}});
    plugin.run();
    CHECK(plugin.sent().empty());

    plugin.store.put_settings({{std::string{fields_setting}, "enabled", test::test_now}});
    auto field = plugin.store.custom_fields("default").at(0);
    field.enabled = false;
    plugin.store.update_custom_field(field);
    plugin.run();
    CHECK(plugin.sent().empty());
}

TEST_CASE("the page sees what the last run did and can ask for another") {
    Linked plugin;
    CHECK(parsed(plugin.get("/sync")).at("last").is_null());
    CHECK(plugin.send("POST", "/sync", R"({"again":"yes"})").status == 400);
    CHECK(plugin.send("POST", "/sync", R"({"again":true})").status == 202);
    CHECK(plugin.sync.wait(std::chrono::milliseconds{0}) == true);

    SyncReport report{.began_at = test::test_now, .ended_at = test::test_now};
    for (int i = 0; i < 20; ++i) report.fails("no");
    plugin.sync.ends(report);
    auto last = parsed(plugin.get("/sync")).at("last");
    CHECK(last.at("failures") == 20);
    CHECK(last.at("problems").as_array().size() == 10);
}
