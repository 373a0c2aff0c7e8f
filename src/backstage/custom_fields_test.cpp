#include "backstage/backstage_test_kit.h"

#include <doctest/doctest.h>

using namespace callboard;
using test::Plugin;
namespace json = boost::json;

namespace {

json::value parsed(const backstage::Response& response) { return json::parse(response.body); }

struct Fields : Plugin {
    Fields() {
        upstream.answers_with("POST /services/custom_fields", 201, R"({"field":{"id":"F1"}})");
        upstream.answers_with("PUT /services/custom_fields/F1", 200, R"({"field":{"id":"F1"}})");
    }

    json::value create() {
        return parsed(send("POST", "/custom-fields", R"({"name":"Tech Lead!","entityPath":"spec.lead"})"));
    }
};

}  // namespace

TEST_CASE("a custom field is made on both sides, under the name that PagerDuty allows") {
    Fields plugin;

    auto made = plugin.create();

    CHECK(made.at("customField").at("pagerdutyCustomFieldId") == "F1");
    CHECK(made.at("customField").at("description") == "Backstage custom field: spec.lead");
    CHECK(plugin.upstream.asked.at(0).body.at("field").at("name") == "tech_lead");
    CHECK(plugin.send("POST", "/custom-fields", R"({"name":"Tech Lead!","entityPath":"other"})").status == 409);
    CHECK(plugin.send("POST", "/custom-fields", R"({"name":"!!","entityPath":"x"})").status == 400);
    CHECK(plugin.send("POST", "/custom-fields", R"({"name":"x"})").status == 400);
    CHECK(parsed(plugin.get("/custom-fields?enabled=true")).at("customFields").as_array().size() == 1);
    CHECK(parsed(plugin.get("/custom-fields?enabled=false")).at("customFields").as_array().empty());
    CHECK(parsed(plugin.get("/custom-fields?account=eu")).at("customFields").as_array().empty());
}

TEST_CASE("what upstream refuses is not kept here") {
    Fields plugin;
    plugin.upstream.answers_with(
        "POST /services/custom_fields", 400, R"({"error":{"message":"Product limit reached","errors":[]}})");
    auto limit = plugin.send("POST", "/custom-fields", R"({"name":"a","entityPath":"a"})");
    CHECK(limit.status == 400);
    CHECK(limit.body.find("limit of custom fields") != std::string::npos);
    CHECK(parsed(plugin.get("/custom-fields")).at("customFields").as_array().empty());

    plugin.upstream.answers_with("POST /services/custom_fields", 201, R"({"field":{"id":"F1"}})");
    auto id = std::to_string(plugin.create().at("customField").at("id").as_int64());
    plugin.upstream.answers_with("PUT /services/custom_fields/F1", 403, "{}");
    CHECK(plugin.send("PATCH", "/custom-fields/" + id + "/enabled", R"({"enabled":false})").status == 403);
    auto kept = parsed(plugin.get("/custom-fields")).at("customFields").as_array();
    CHECK(kept.at(0).at("pagerdutyCustomFieldEnabled") == true);
}

TEST_CASE("a field is changed, switched off, and removed even when the other side has it no more") {
    Fields plugin;
    auto id = std::to_string(plugin.create().at("customField").at("id").as_int64());

    CHECK(plugin.send("PUT", "/custom-fields/" + id, R"({"name":"Lead","entityPath":"spec.lead"})").status == 200);
    auto off = parsed(plugin.send("PATCH", "/custom-fields/" + id + "/enabled", R"({"enabled":false})"));
    CHECK(off.at("customField").at("pagerdutyCustomFieldEnabled") == false);
    auto asked = plugin.upstream.asked.size();
    plugin.send("PATCH", "/custom-fields/" + id + "/enabled", R"({"enabled":false})");
    CHECK(plugin.upstream.asked.size() == asked);
    CHECK(plugin.send("DELETE", "/custom-fields/" + id + "?account=eu").status == 404);
    CHECK(plugin.send("DELETE", "/custom-fields/" + id).status == 204);
    CHECK(plugin.send("DELETE", "/custom-fields/" + id).status == 404);
    CHECK(plugin.send("DELETE", "/custom-fields/x").status == 400);
}

TEST_CASE("values go to the service") {
    Fields plugin;
    plugin.upstream.answers_with("PUT /services/P1/custom_fields/values", 200, R"({"custom_fields":[]})");

    CHECK(
        plugin.send("POST", "/custom-fields/sync", R"({"serviceId":"P1","values":[{"id":"F1","value":"Ana"}]})").body ==
        R"({"custom_fields":[]})");
    CHECK(plugin.send("POST", "/custom-fields/sync", R"({"serviceId":"P1","values":[]})").status == 204);
    CHECK(plugin.send("POST", "/custom-fields/sync", R"({"values":[]})").status == 400);
}

TEST_CASE("the log of values is searched, filtered and paged, and comes as a file for spreadsheets") {
    Plugin plugin;
    auto log = [&](std::string code, std::string service) {
        return plugin.send("POST",
                           "/custom-fields/sync-logs",
                           R"({"errorCode":")" + code + R"(","customFieldId":"F1","customFieldName":"Lead",)" +
                               R"("entityPath":"spec.lead","serviceId":"P1","serviceName":")" + service +
                               R"(","errorMessage":"=1+1 \"50%\""})");
    };
    CHECK(log("PD_API_ERROR", "Shop").status == 201);
    CHECK(log("SYNC_SUCCESS", "Shop").body.empty());
    log("INVALID_PATH", "Pay");

    auto all = parsed(plugin.get("/custom-fields/sync-logs"));
    CHECK(all.at("total") == 3);
    CHECK(all.at("logs").at(0).at("errorCode") == "INVALID_PATH");
    CHECK(json::serialize(all.at("serviceNames")) == R"(["Pay","Shop"])");
    CHECK(parsed(plugin.get("/custom-fields/sync-logs?severity=error")).at("total") == 1);
    CHECK(parsed(plugin.get("/custom-fields/sync-logs?severity=warning&serviceName=Shop")).at("total") == 0);
    CHECK(parsed(plugin.get("/custom-fields/sync-logs?search=50%25")).at("total") == 3);
    CHECK(parsed(plugin.get("/custom-fields/sync-logs?search=50x")).at("total") == 0);
    CHECK(parsed(plugin.get("/custom-fields/sync-logs?limit=1&offset=2")).at("logs").as_array().size() == 1);
    CHECK(plugin.get("/custom-fields/sync-logs?severity=bad").status == 400);
    CHECK(plugin.get("/custom-fields/sync-logs?format=csv").body.find("\"'=1+1 \"\"50%\"\"\"") != std::string::npos);
    CHECK(plugin.send("POST", "/custom-fields/sync-logs", R"({"errorCode":"x"})").status == 400);
}

TEST_CASE("a field of no named account is the default account's, whatever that is called") {
    Plugin plugin{Plugin::Several{}};
    plugin.upstream.answers_with("POST /services/custom_fields", 201, R"({"field":{"id":"F1"}})");

    auto made = plugin.send("POST", "/custom-fields", R"({"name":"Tier","entityPath":"spec.tier"})");

    CHECK(parsed(made).at("customField").at("pagerdutySubdomain") == "us");
    CHECK(parsed(plugin.get("/custom-fields?account=us")).at("customFields").as_array().size() == 1);
    CHECK(parsed(plugin.get("/custom-fields?account=eu")).at("customFields").as_array().empty());
    // Those of a version that did otherwise are moved; one that is there already stays.
    auto field = plugin.store.custom_fields("us").at(0);
    field.account = "default";
    plugin.store.add_custom_field(field);
    field.name = field.entity_path = "other";
    plugin.store.add_custom_field(field);
    plugin.store.move_custom_fields("default", "us");
    CHECK(plugin.store.custom_fields("us").size() == 2);
    CHECK(plugin.store.custom_fields("default").size() == 1);
}
