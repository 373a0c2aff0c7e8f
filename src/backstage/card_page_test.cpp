#include "backstage/backstage_test_kit.h"
#include "backstage/preview.h"

#include <doctest/doctest.h>

using namespace callboard;
using backstage::text_at;
using test::Plugin;
namespace json = boost::json;

namespace {

json::value parsed(const backstage::Response& response) { return json::parse(response.body); }

/// An account with one service, in which everything is to be seen.
struct World : Plugin {
    World() {
        upstream.answers_with("GET /services/P1?", 200, R"({"service":{"id":"P1","name":"Shop","status":"critical",
            "html_url":"https://p/1","last_incident_timestamp":"2026-09-21T14:00:00Z","escalation_policy":{"id":"E1","name":"Web first",
            "escalation_rules":[{"escalation_delay_in_minutes":5},{"escalation_delay_in_minutes":10}]},
            "integrations":[{"integration_key":"k1"}]}})");
        upstream.answers_with("GET /oncalls", 200, R"({"oncalls":[
            {"escalation_level":2,"user":{"id":"U2","name":"Ben"},"schedule":null,"start":null,"end":null},
            {"escalation_level":1,"user":{"id":"U1","name":"Ana"},"schedule":{"id":"S1","summary":"Days"},
             "start":"2026-09-21T09:00:00Z","end":"2026-09-21T17:00:00Z"},
            {"escalation_level":1,"user":{"id":"U3","name":"Cem"},"schedule":{"id":"S1","summary":"Days"},
             "start":"2026-09-22T01:00:00Z","end":"2026-09-22T09:00:00Z"},
            {"escalation_level":1,"user":{"id":"U2","name":"Ben"},"schedule":{"id":"S1","summary":"Days"},
             "start":"2026-09-21T17:00:00Z","end":"2026-09-22T01:00:00Z"}]})");
        upstream.answers_with("GET /incidents?", 200, R"({"total":30,"incidents":[
            {"id":"Q1","incident_number":7,"title":"Down","status":"triggered","urgency":"high",
             "created_at":"2026-09-21T14:00:00Z","assignments":[{"assignee":{"id":"U1","summary":"Ana"}}],
             "pending_actions":[{"type":"escalate","at":"2026-09-21T14:20:00Z"}],"priority":null}]})");
        upstream.answers_with("GET /services/P1/change_events", 200, R"({"change_events":[]})");
        upstream.answers_with(
            "GET /standards", 200, R"({"score":{"passing":1,"total":2},"standards":[{"id":"x","pass":true}]})");
        upstream.answers_with(
            "POST /analytics", 200, R"({"data":[{"total_interruptions":3,"mean_seconds_to_first_ack":130,
            "mean_seconds_to_resolve":900}]})");
    }

    json::value parts(const std::string& rest = "") { return parsed(get("/card?service_id=P1" + rest)).at("parts"); }
};

}  // namespace

TEST_CASE("a card comes in one answer") {
    World world;

    auto card = parsed(world.get("/card?service_id=P1"));

    CHECK(card.at("account") == "default");
    CHECK(card.at("permissions").at("respond") == true);
    const auto& parts = card.at("parts");
    CHECK(parts.at("service").at("data").at("has_integration_key") == true);
    CHECK(parts.at("service").at("as_of") == "2026-09-21T14:13:20Z");
    CHECK(parts.at("incidents").at("data").at("total") == 30);
    CHECK(json::serialize(parts.at("incidents").at("data").at("open").at(0).at("next")) == R"(["Ben"])");
    CHECK(parts.at("change_events").at("state") == "empty");
    CHECK(parts.at("standards").at("data").at("passing") == 1);
    CHECK(parts.at("metrics").at("data").at("interruptions") == 3);
    CHECK(parts.at("metrics").at("data").at("seconds_to_acknowledge") == 130);
    CHECK(parts.at("metrics").at("data").at("seconds_to_resolve") == 900);
    CHECK(json::serialize(parts.at("service").at("data").at("escalation_delays")) == "[5,10]");
    CHECK(parts.at("service").at("data").at("last_incident_at") == "2026-09-21T14:00:00Z");
    CHECK(card.as_object().at("as_of") == "2026-09-21T14:13:20Z");
}

TEST_CASE("everybody on call is shown by level, until when, and who follows") {
    World world;

    auto on_call = world.parts("&parts=on_call").at("on_call");

    const auto& levels = on_call.at("data").at("levels").as_array();
    REQUIRE(levels.size() == 2);
    const auto& ana = levels[0].at("people").at(0);
    CHECK(text_at(ana, "name") == "Ana");
    CHECK(text_at(ana, "until") == "2026-09-21T17:00:00Z");
    CHECK(json::serialize(ana.at("next")) == R"({"id":"U2","name":"Ben","from":"2026-09-21T17:00:00Z"})");
    CHECK(text_at(levels[1].at("people").at(0), "name") == "Ben");
    CHECK(levels[1].at("people").at(0).at("until").is_null());
}

TEST_CASE("a level that has nobody now says who will be on call there first, and from when") {
    World world;
    world.upstream.answers_with("GET /oncalls", 200, R"({"oncalls":[
        {"escalation_level":1,"user":{"id":"U3","name":"Cem"},"start":"2026-09-22T09:00:00Z","end":"2026-09-22T17:00:00Z"},
        {"escalation_level":1,"user":{"id":"U1","name":"Ana"},"start":"2026-09-21T17:00:00Z","end":"2026-09-22T01:00:00Z"},
        {"escalation_level":1,"user":null,"start":"2026-09-21T16:00:00Z","end":"2026-09-21T17:00:00Z"},
        {"escalation_level":1,"user":{"id":"U4","name":"Dan"},"start":"2026-09-21T09:00:00Z","end":"2026-09-21T14:00:00Z"},
        {"escalation_level":2,"user":{"id":"U4","name":"Dan"},"start":"2026-09-21T09:00:00Z","end":"2026-09-21T14:00:00Z"},
        {"escalation_level":3,"user":{"id":"U2","name":"Ben"},"start":null,"end":null},
        {"escalation_level":3,"user":{"id":"U3","name":"Cem"},"start":"2026-09-22T09:00:00Z","end":"2026-09-22T17:00:00Z"}]})");
    SUBCASE("while another level has somebody") {
        auto on_call = world.parts("&parts=on_call").at("on_call");

        CHECK(text_at(on_call, "state") == "ok");
        REQUIRE(on_call.at("data").at("levels").as_array().size() == 1);
        CHECK(on_call.at("data").at("levels").at(0).at("level") == 3);
        CHECK(json::serialize(on_call.at("data").at("empty_levels")) ==
              R"([{"level":1,"next":{"id":"U1","name":"Ana","from":"2026-09-21T17:00:00Z"}}])");
    }
    SUBCASE("when nobody is on call at all") {
        auto& oncalls = world.upstream.answers["GET /oncalls"].body.at("oncalls").as_array();
        oncalls.erase(oncalls.begin() + 5);
        auto on_call = world.parts("&parts=on_call").at("on_call");

        CHECK(text_at(on_call, "state") == "empty");
        CHECK(json::serialize(on_call.at("data").at("empty_levels")) ==
              R"([{"level":1,"next":{"id":"U1","name":"Ana","from":"2026-09-21T17:00:00Z"}},)"
              R"({"level":3,"next":{"id":"U3","name":"Cem","from":"2026-09-22T09:00:00Z"}}])");
    }
}

TEST_CASE("who is on call is read to the last page, as the level that is asked last may be there") {
    World world;
    world.upstream.answers["GET /oncalls"].body.as_object()["more"] = true;
    auto ends = world.upstream.answers["GET /oncalls"];
    world.upstream.answers_with("GET /oncalls", 404, "{}");
    world.upstream.once["GET /oncalls"] = ends;
    SUBCASE("all pages come") {
        auto answer = ends;
        answer.body =
            json::parse(R"({"oncalls":[{"escalation_level":3,"user":{"id":"U9","name":"Zoe"}}],"more":false})");
        world.upstream.meanwhile = [&, answer](const std::string& what) {
            if (what.ends_with("&limit=100&offset=100")) world.upstream.once["GET /oncalls"] = answer;
        };
        auto on_call = world.parts("&parts=on_call").at("on_call");

        const auto& levels = on_call.at("data").at("levels").as_array();
        REQUIRE(levels.size() == 3);
        CHECK(text_at(levels[2].at("people").at(0), "name") == "Zoe");
    }
    SUBCASE("one does not") { CHECK(text_at(world.parts("&parts=on_call").at("on_call"), "state") == "not_found"); }
}

TEST_CASE("a part that fails says why, and leaves the others alone") {
    World world;
    world.upstream.answers_with("GET /incidents?", 403, "{}");
    world.upstream.answers_with("GET /standards", 402, "{}");
    world.upstream.answers_with("POST /analytics", 401, "{}");
    world.upstream.ends_with("GET /services/P1/change_events", backstage::Answer::End::late);
    world.upstream.answers_with("GET /oncalls", 429, "{}");
    world.upstream.answers["GET /oncalls"].retry_after = seconds{12};
    world.upstream.answers["GET /oncalls"].last_known = std::make_shared<backstage::Answer::Known>(
        backstage::Answer::Known{json::parse(R"({"oncalls":[{"escalation_level":1,"user":{"id":"U1","name":"Ana"}}]})"),
                                 test::test_now - minutes{5}});

    auto parts = world.parts();

    auto state = [&](std::string_view name) { return text_at(parts.at(name), "state"); };
    CHECK(state("service") == "ok");
    CHECK(state("incidents") == "no_permission");
    CHECK(text_at(parts.at("incidents"), "scope") == "incidents.read");
    CHECK(parts.at("incidents").at("data").is_null());
    CHECK(state("standards") == "not_in_plan");
    CHECK(state("metrics") == "not_configured");
    CHECK(state("change_events") == "upstream_down");
    CHECK(state("on_call") == "throttled");
    CHECK(parts.at("on_call").at("retry_after_seconds") == 12);
    // What was known is shown, with its age.
    CHECK(text_at(parts.at("on_call"), "as_of") == "2026-09-21T14:08:20Z");
    CHECK(text_at(parts.at("on_call").at("data").at("levels").at(0).at("people").at(0), "name") == "Ana");
}

TEST_CASE("a service is found by its entity's mapping or its key, and a card without one says so") {
    World world;
    world.store.put_mapping({.service_id = "P1", .entity_ref = "component:default/shop"});
    world.upstream.answers_with("GET /services?query=k1&", 200, R"({"services":[
        {"id":"P9","name":"k1"},{"id":"P1","integrations":[{"integration_key":"k1"}]}]})");
    world.upstream.answers_with("GET /services?query=k2&", 200, R"({"services":[{"id":"P9","name":"k2"}]})");
    world.upstream.answers_with("GET /services?query=none", 200, R"({"services":[]})");

    CHECK(world.get("/card?entity_ref=component:default/shop&parts=service").status == 200);
    auto by_key = world.get("/card?integration_key=k1&parts=service");
    CHECK(text_at(parsed(by_key).at("parts").at("service"), {"data", "id"}) == "P1");
    CHECK(world.get("/card?integration_key=k2").status == 404);
    world.upstream.answers_with(
        "GET /services?query=k3&", 200, R"({"services":[{"id":"P8"},{"id":"P1","integrations":[{"id":"I1"}]}]})");
    auto hidden = world.get("/card?integration_key=k3&parts=service");
    CHECK(text_at(parsed(hidden).at("parts").at("service"), {"data", "id"}) == "P1");
    CHECK(world.get("/card?integration_key=none").status == 404);
    CHECK(world.get("/card").status == 404);
    CHECK(world.get("/card?service_id=P1&parts=weather").status == 400);
    auto unknown = parsed(world.get("/card?service_id=P9")).at("parts");
    CHECK(text_at(unknown.at("service"), "state") == "not_found");
    CHECK(text_at(unknown.at("on_call"), "state") == "not_found");
}

TEST_CASE("an incident is made in the caller's name, and carries its entity and page") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.catalog.raw["user:default/ana"] = json::parse(R"({"spec":{"profile":{"email":"ana@example.com"}}})");
    world.upstream.answers_with(
        "POST /incidents", 201, R"({"incident":{"id":"Q2","incident_number":8,"html_url":"u","status":"triggered"}})");

    auto made =
        world.send("POST", "/trigger", R"({"service_id":"P1","title":"Slow","urgency":"low","details":"since noon",
        "assignee_ids":["U1"],"source_url":"https://b/x","entity_ref":"component:default/shop"})");

    CHECK(made.status == 201);
    CHECK(made.body == R"({"incident":{"id":"Q2","number":8,"html_url":"u","status":"triggered"}})");
    const auto& asked = world.upstream.asked.back();
    CHECK(asked.from == "ana@example.com");
    CHECK(text_at(asked.body, {"incident", "body", "details"}) ==
          "since noon\nEntity: component:default/shop\nPage: https://b/x\nMade from Backstage by: user:default/ana");
    CHECK(text_at(asked.body.at("incident").at("assignments").at(0), {"assignee", "id"}) == "U1");
}

TEST_CASE("a form with something wrong is refused by field, and nothing is asked") {
    World world;

    // What is not understood is not left out: somebody else would be called.
    auto odd = world.send("POST", "/trigger", R"({"service_id":"P1","title":"Slow","urgency":7,"details":[],
        "priority_id":3,"assignee_ids":[1,2]})");
    CHECK(odd.status == 400);
    for (const auto* field : {"urgency", "details", "priority_id", "assignee_ids"})
        CHECK(parsed(odd).at("fields").as_object().contains(field));
    auto refused = world.send("POST", "/trigger", R"({"service_id":"P1","title":" ","urgency":"mild"})");

    CHECK(refused.status == 400);
    CHECK(json::serialize(parsed(refused).at("fields")) ==
          R"({"title":"A title is needed.","urgency":"Must be high or low."})");
    CHECK(world.upstream.asked.empty());
}

TEST_CASE("an incident that comes from no page links to the page of its entity, where that is known") {
    World world;
    world.upstream.answers_with("POST /incidents", 201, R"({"incident":{"id":"Q2"}})");
    auto details = [&](std::string_view ref) {
        world.send(
            "POST", "/trigger", R"({"service_id":"P1","title":"Slow","entity_ref":")" + std::string{ref} + R"("})");
        return std::string{text_at(world.upstream.asked.back().body, {"incident", "body", "details"})};
    };
    auto is_linked = [&](std::string_view ref) { return details(ref).find("Page: ") != std::string::npos; };

    CHECK(!is_linked("component:default/shop"));
    world.room.options.app_url = "https://backstage.example.com/portal";
    CHECK(details("component:default/shop")
              .starts_with("Entity: component:default/shop\n"
                           "Page: https://backstage.example.com/portal/catalog/default/component/shop"));
    CHECK(!is_linked("shop"));
    CHECK(!is_linked(""));
}

TEST_CASE("incidents are answered from the card") {
    World world;
    world.upstream.answers_with("PUT /incidents/Q1", 200, R"({"incident":{"id":"Q1","status":"acknowledged"}})");
    world.upstream.answers_with("POST /incidents/Q1/snooze", 201, R"({"incident":{"id":"Q1"}})");
    world.upstream.answers_with("POST /incidents/Q1/notes", 200, R"({"note":{}})");
    world.upstream.answers_with("GET /incidents/Q1", 200, R"({"incident":{"id":"Q1","status":"triggered",
        "escalation_policy":{"id":"E1"},"assignments":[{"assignee":{"id":"U1"}}]}})");
    auto sent = [&] { return world.upstream.asked.back().body; };

    CHECK(text_at(parsed(world.send("POST", "/incidents/Q1/acknowledge", "{}")), {"incident", "status"}) ==
          "acknowledged");
    CHECK(text_at(sent(), {"incident", "status"}) == "acknowledged");
    world.send("POST", "/incidents/Q1/resolve", "{}");
    CHECK(text_at(sent(), {"incident", "status"}) == "resolved");
    world.send("POST", "/incidents/Q1/escalate", R"({"level":3})");
    CHECK(sent().at("incident").at("escalation_level") == 3);
    world.send("POST", "/incidents/Q1/escalate", "{}");
    CHECK(sent().at("incident").at("escalation_level") == 2);
    world.send("POST", "/incidents/Q1/reassign", R"({"assignee_ids":["U2"]})");
    CHECK(text_at(sent().at("incident").at("assignments").at(0), {"assignee", "id"}) == "U2");
    CHECK(world.send("POST", "/incidents/Q1/snooze", R"({"seconds":600})").status == 200);
    CHECK(sent().at("duration") == 600);
    CHECK(world.send("POST", "/incidents/Q1/notes", R"({"content":"looking"})").status == 200);
    for (const auto* bad : {"/incidents/Q1/reassign", "/incidents/Q1/snooze", "/incidents/Q1/notes"})
        CHECK(world.send("POST", bad, "{}").status == 400);
    world.upstream.answers_with("PUT /incidents/Q1", 400, R"({"error":{"errors":["Incident Already Resolved"]}})");
    auto refused = parsed(world.send("POST", "/incidents/Q1/acknowledge", "{}"));
    CHECK(refused.at("errors").at(1) == "Incident Already Resolved");
}

TEST_CASE("people are asked to help, and an incident is made a part of another") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.room.options.people["user:default/ana"] = "ana@example.com";
    world.upstream.answers_with("GET /users?", 200, R"({"users":[{"id":"U1","email":"ana@example.com"}]})");
    world.upstream.answers_with("POST /incidents/Q1/responder_requests", 200, R"({"responder_request":{}})");
    world.upstream.answers_with("GET /incidents/Q1", 200, R"({"incident":{"id":"Q1"}})");
    world.upstream.answers_with("PUT /incidents/Q2/merge", 200, R"({"incident":{"id":"Q2"}})");
    auto asked = [&](std::string_view method) {
        for (auto it = world.upstream.asked.rbegin(); it != world.upstream.asked.rend(); ++it)
            if (it->method == method) return *it;
        return test::FakeUpstream::Asked{};
    };

    CHECK(world.send("POST", "/incidents/Q1/responders", R"({"user_ids":["U2"],"message":"Come"})").status == 200);
    CHECK(asked("POST").from == "ana@example.com");
    CHECK(json::serialize(asked("POST").body) ==
          R"({"requester_id":"U1","message":"Come","responder_request_targets":)"
          R"([{"responder_request_target":{"id":"U2","type":"user_reference"}}]})");
    CHECK(text_at(parsed(world.send("POST", "/incidents/Q1/merge", R"({"into":"Q2"})")), {"incident", "id"}) == "Q2");
    CHECK(asked("PUT").from == "ana@example.com");
    CHECK(json::serialize(asked("PUT").body) == R"({"source_incidents":[{"id":"Q1","type":"incident_reference"}]})");

    auto before = world.upstream.asked.size();
    for (const auto* bad : {"{}", R"({"user_ids":[]})", R"({"user_ids":[7]})"})
        CHECK(world.send("POST", "/incidents/Q1/responders", bad).status == 400);
    CHECK(world.send("POST", "/incidents/Q1/merge", R"({"into":"Q1"})").status == 400);
    CHECK(world.upstream.asked.size() == before);
}

TEST_CASE("a maintenance window is ended in the caller's name, and one that is over already is what was wanted") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.room.options.people["user:default/ana"] = "ana@example.com";
    world.upstream.answers_with("DELETE /maintenance_windows/M1", 204, "null");
    world.upstream.answers_with("DELETE /maintenance_windows/M3", 403, "{}");

    CHECK(world.send("DELETE", "/maintenance-windows/M1", "{}").status == 204);
    CHECK(world.upstream.asked.back().from == "ana@example.com");
    CHECK(world.send("DELETE", "/maintenance-windows/M2", "{}").status == 204);
    CHECK(world.send("DELETE", "/maintenance-windows/M3", "{}").status == 403);
}

TEST_CASE("a shift is taken over, and a service put into maintenance, until a time that lies ahead") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.room.options.people["user:default/ana"] = "ana@example.com";
    world.upstream.answers_with("GET /users?", 200, R"({"users":[{"id":"U1","email":"ana@example.com"}]})");
    world.upstream.answers_with("POST /schedules/S1/overrides", 201, R"([{"status":201,"override":{"id":"O1"}}])");
    world.upstream.answers_with("POST /maintenance_windows", 201, R"({"maintenance_window":{"id":"M1"}})");
    constexpr std::string_view hour = R"({"until":"2026-09-21T15:00:00Z","description":"Moving"})";
    auto send = [&](const char* path, std::string_view body) { return world.send("POST", path, std::string{body}); };

    CHECK(send("/schedules/S1/take-over", hour).status == 201);
    auto sent = world.upstream.asked.back();
    CHECK(sent.from == "ana@example.com");
    CHECK(json::serialize(sent.body) ==
          R"({"overrides":[{"start":"2026-09-21T14:13:20Z","end":"2026-09-21T15:00:00Z","time_zone":"UTC",)"
          R"("user":{"id":"U1","type":"user_reference"}}]})");
    auto other = R"({"until":"2026-09-21T15:00:00Z","user_id":"U2"})";
    CHECK(send("/schedules/S1/take-over", other).status == 201);
    sent = world.upstream.asked.back();
    CHECK(sent.from == "ana@example.com");
    CHECK(text_at(sent.body.at("overrides").at(0), {"user", "id"}) == "U2");
    CHECK(send("/services/P1/maintenance", hour).status == 201);
    sent = world.upstream.asked.back();
    CHECK(sent.from == "ana@example.com");
    CHECK(text_at(sent.body, {"maintenance_window", "end_time"}) == "2026-09-21T15:00:00Z");
    CHECK(text_at(sent.body, {"maintenance_window", "description"}) == "Moving");
    CHECK(world.upstream.outdated.back() == "P1");

    // One success stands for all overrides; each says for itself what became of it.
    world.upstream.answers_with(
        "POST /schedules/S1/overrides", 201, R"([{"status":400,"errors":["Override must be shorter"]}])");
    auto refused = send("/schedules/S1/take-over", hour);
    CHECK(refused.status == 400);
    CHECK(parsed(refused).at("errors").at(1) == "Override must be shorter");

    for (const auto* path : {"/schedules/S1/take-over", "/services/P1/maintenance"})
        for (const auto* bad : {"{}", R"({"until":"soon"})", R"({"until":"2026-09-21T14:00:00Z"})"}) {
            auto reply = send(path, bad);
            CHECK(reply.status == 400);
            CHECK(!text_at(parsed(reply), {"fields", "until"}).empty());
        }
}

TEST_CASE("an incident goes to the level after that of now, wherever its person is on call later") {
    World world;
    world.upstream.answers_with("GET /oncalls", 200, R"({"oncalls":[
        {"escalation_level":1,"user":{"id":"U1","name":"Ana"},"start":null,"end":null},
        {"escalation_level":3,"user":{"id":"U1","name":"Ana"},
         "start":"2026-09-24T09:00:00Z","end":"2026-09-24T17:00:00Z"}]})");
    world.upstream.answers_with("GET /incidents/Q1", 200, R"({"incident":{"id":"Q1","status":"triggered",
        "escalation_policy":{"id":"E1"},"assignments":[{"assignee":{"id":"U1"}}]}})");

    world.send("POST", "/incidents/Q1/escalate", "{}");

    CHECK(world.upstream.asked.back().body.at("incident").at("escalation_level") == 2);
}

TEST_CASE("a refusal that says what is wrong in its message alone is told in these words") {
    World world;
    world.upstream.answers_with(
        "PUT /incidents/Q1", 400, R"({"error":{"code":1006,"message":"Cannot Escalate","errors":[]}})");
    auto refused = parsed(world.send("POST", "/incidents/Q1/escalate", R"({"level":2})"));
    CHECK(refused.at("errors").as_array().size() == 2);
    CHECK(refused.at("errors").at(1) == "Cannot Escalate");

    world.upstream.answers_with("PUT /incidents/Q1",
                                400,
                                R"({"error":{"code":2001,"message":"Invalid Input Provided","errors":["Too late"]}})");
    auto with_fields = parsed(world.send("POST", "/incidents/Q1/resolve", "{}"));
    CHECK(with_fields.at("errors").as_array().size() == 2);
    CHECK(with_fields.at("errors").at(1) == "Too late");
}

TEST_CASE("many services are rolled up in few questions, the worst first") {
    World world;
    world.upstream.answers_with("GET /services?", 200, R"({"total":2,"services":[
        {"id":"P2","name":"Pay","status":"active","escalation_policy":{"id":"E2"},
         "last_incident_timestamp":"2026-09-12T09:00:00Z"},
        {"id":"P1","name":"Shop","status":"critical","escalation_policy":{"id":"E1"}}]})");
    world.upstream.answers_with("GET /incidents?", 200, R"({"incidents":[
        {"id":"Q1","title":"Down","status":"triggered","service":{"id":"P1"}},
        {"id":"Q2","status":"acknowledged","service":{"id":"P1"}}]})");
    world.upstream.answers_with("GET /oncalls", 200, R"({"oncalls":[
        {"escalation_level":1,"user":{"id":"U1","summary":"Ana"},"escalation_policy":{"id":"E1"}},
        {"escalation_level":2,"user":{"id":"U2","summary":"Ben"},"escalation_policy":{"id":"E1"}}]})");

    auto rows = parsed(world.send("POST", "/roll-up", R"({"selectors":[{"entity_ref":"a","service_id":"P2"},
        {"entity_ref":"b","service_id":"P1"},{"entity_ref":"c"},{"entity_ref":"d","service_id":"P9"}]})"))
                    .at("rows");

    CHECK(json::serialize(rows.at(0)) ==
          R"({"entity_ref":"b","state":"ok","service":{"id":"P1","name":"Shop","status":"critical","html_url":"",)"
          R"("last_incident_at":null},"open":{"triggered":1,"triggered_low":0,"acknowledged":1},"on_call":["Ana"],)"
          R"("worst":)" +
              json::serialize(rows.at(0).at("worst")) + R"(,"maintenance":null})");
    CHECK(text_at(rows.at(0), {"worst", "title"}) == "Down");
    CHECK(text_at(rows.at(2), {"service", "last_incident_at"}) == "2026-09-12T09:00:00Z");
    CHECK(rows.at(2).at("worst").is_null());
    CHECK(text_at(rows.at(1), "state") == "not_found");
    CHECK(text_at(rows.at(2), "entity_ref") == "a");
    CHECK(text_at(rows.at(3), "state") == "not_configured");
    CHECK(world.upstream.asked.size() == 3);
}

TEST_CASE("a row tells of its worst incident whom it goes to next, and of maintenance until when") {
    World world;
    world.upstream.answers_with("GET /services?", 200, R"({"services":[
        {"id":"P1","status":"critical","escalation_policy":{"id":"E1"}},
        {"id":"P2","status":"maintenance","escalation_policy":{"id":"E1"}}]})");
    world.upstream.answers_with("GET /incidents?", 200, R"({"incidents":[
        {"id":"Q3","title":"Waits","status":"triggered","urgency":"low","service":{"id":"P1"}},
        {"id":"Q2","title":"In hand","status":"acknowledged","service":{"id":"P1"}},
        {"id":"Q1","title":"Down","status":"triggered","urgency":"high","service":{"id":"P1"},
         "assignments":[{"assignee":{"id":"U1","summary":"Ana"}}],
         "pending_actions":[{"type":"escalate","at":"2026-09-21T14:20:00Z"}]}]})");
    world.upstream.answers_with("GET /oncalls", 200, R"({"oncalls":[
        {"escalation_level":1,"user":{"id":"U1","summary":"Ana"},"escalation_policy":{"id":"E1"}},
        {"escalation_level":2,"user":{"id":"U2","summary":"Ben"},"escalation_policy":{"id":"E1"}}]})");
    world.upstream.answers_with("GET /maintenance_windows?filter=ongoing", 200, R"({"maintenance_windows":[
        {"end_time":"2026-09-21T15:00:00Z","services":[{"id":"P2"}],"created_by":{"summary":"Tom"}},
        {"end_time":"2026-09-21T14:30:00Z","services":[{"id":"P2"}],"created_by":{"summary":"Ana"}},
        {"end_time":"2026-09-21T19:00:00Z","services":[{"id":"P9"}],"created_by":{"summary":"Ana"}}]})");

    auto rows =
        parsed(world.send("POST", "/roll-up", R"({"selectors":[{"service_id":"P1"},{"service_id":"P2"}]})")).at("rows");

    CHECK(text_at(rows.at(0), {"worst", "title"}) == "Down");
    CHECK(json::serialize(rows.at(0).at("worst").at("next")) == R"(["Ben"])");
    CHECK(rows.at(0).at("maintenance").is_null());
    CHECK(json::serialize(rows.at(1).at("maintenance")) == R"({"until":"2026-09-21T15:00:00Z","by":"Tom"})");
}

TEST_CASE("of many services one whose incidents are all of low urgency comes after those that need someone") {
    World world;
    world.upstream.answers_with("GET /services?", 200, R"({"services":[{"id":"P1"},{"id":"P2"}]})");
    world.upstream.answers_with("GET /incidents?", 200, R"({"incidents":[
        {"id":"Q1","status":"triggered","urgency":"low","service":{"id":"P1"}},
        {"id":"Q2","status":"triggered","urgency":"high","service":{"id":"P2"}},
        {"id":"Q3","status":"triggered","urgency":"low","service":{"id":"P2"}}]})");

    auto rows =
        parsed(world.send("POST", "/roll-up", R"({"selectors":[{"service_id":"P1"},{"service_id":"P2"}]})")).at("rows");

    CHECK(text_at(rows.at(0), {"service", "id"}) == "P2");
    CHECK(json::serialize(rows.at(0).at("open")) == R"({"triggered":2,"triggered_low":1,"acknowledged":0})");
    CHECK(json::serialize(rows.at(1).at("open")) == R"({"triggered":1,"triggered_low":1,"acknowledged":0})");
}

TEST_CASE("that nobody is on call and that this cannot be asked are two things") {
    World world;
    world.upstream.answers_with(
        "GET /services?", 200, R"({"services":[{"id":"P1","escalation_policy":{"id":"PPOL"}}]})");
    world.upstream.answers_with("GET /incidents?", 200, R"({"incidents":[]})");
    world.upstream.answers_with("GET /oncalls", 403, R"({"error":{"message":"no","code":2010}})");

    auto row = parsed(world.send("POST", "/roll-up", R"({"selectors":[{"service_id":"P1"}]})")).at("rows").at(0);

    CHECK(row.at("state") == "ok");
    CHECK(row.at("on_call").is_null());
}

TEST_CASE("rows of several accounts are of the account that is named, and one that is away is not called empty") {
    Plugin plugin{Plugin::Several{}};
    auto lists = [](test::FakeUpstream& upstream, std::string_view name) {
        upstream.answers_with(
            "GET /services?", 200, fmt::format(R"({{"services":[{{"id":"P1","name":"{}"}}],"total":1}})", name));
        upstream.answers_with("GET /incidents?", 200, R"({"incidents":[]})");
    };
    lists(plugin.upstream, "of us");
    lists(plugin.second, "of eu");
    auto row = [&](std::string_view selector) {
        return parsed(plugin.send("POST", "/roll-up", fmt::format(R"({{"selectors":[{}]}})", selector)));
    };
    auto name_of = [](const json::value& answer) {
        return std::string{text_at(answer.at("rows").at(0), {"service", "name"})};
    };

    CHECK(name_of(row(R"({"service_id":"P1"})")) == "of us");
    CHECK(name_of(row(R"({"service_id":"P1","account":"eu"})")) == "of eu");
    CHECK(text_at(row(R"({"service_id":"P1","account":"mars"})").at("rows").at(0), "state") == "not_found");

    Plugin half{Plugin::Several{}};
    lists(half.upstream, "of us");
    half.second.ends_with("GET /services?", backstage::Answer::End::unreachable);
    auto state = [&](std::string_view selector) {
        auto answer = parsed(half.send("POST", "/roll-up", fmt::format(R"({{"selectors":[{}]}})", selector)));
        CHECK(json::serialize(answer.at("missing_accounts")) == R"(["eu"])");
        return std::string{text_at(answer.at("rows").at(0), "state")};
    };
    CHECK(state(R"({"service_id":"P1"})") == "ok");
    CHECK(state(R"({"service_id":"P2"})") == "upstream_down");
    CHECK(state(R"({"service_id":"P1","account":"eu"})") == "upstream_down");
    CHECK(state(R"({"service_id":"P2","account":"us"})") == "not_found");
}

TEST_CASE("a card is as old as the oldest of what changes by the minute, and a roll-up says how old its services are") {
    World world;
    world.upstream.answers["GET /services/P1?"].as_of = test::test_now - seconds{8};
    world.upstream.answers_with("GET /services?", 200, R"({"services":[{"id":"P1"}]})");
    world.upstream.answers["GET /services?"].as_of = test::test_now - minutes{4};

    auto card = parsed(world.get("/card?service_id=P1"));
    auto rows = parsed(world.send("POST", "/roll-up", R"({"selectors":[{"service_id":"P1"}]})"));

    CHECK(text_at(card, "now") == "2026-09-21T14:13:20Z");
    CHECK(text_at(card, "as_of") == "2026-09-21T14:13:12Z");
    CHECK(text_at(rows, "as_of") == "2026-09-21T14:13:20Z");
    CHECK(text_at(rows, "services_as_of") == "2026-09-21T14:09:20Z");
}

TEST_CASE("whoever has no address that PagerDuty knows is told what to do about it") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.upstream.answers_with(
        "POST /incidents", 400, R"({"error":{"message":"Requester User Not Found","code":1008}})");
    auto said = [&] { return world.send("POST", "/trigger", R"({"service_id":"P1","title":"x"})").body; };

    auto without_address = said();
    CHECK(without_address.find("no e-mail address of user:default/ana is known") != std::string::npos);
    CHECK(without_address.find("spec.profile.email") != std::string::npos);
    CHECK(without_address.find("[[backstage.accounts]]") != std::string::npos);
    CHECK(without_address.find("Requester") == std::string::npos);
    world.room.options.people["user:default/ana"] = "ana@example.com";
    CHECK(said().find("has no user with the address ana@example.com") != std::string::npos);
    world.authenticator.writer.ref = "plugin:scaffolder";
    CHECK(said().find("these credentials are nobody's in particular") != std::string::npos);
    // What is refused for another reason is said as it was.
    world.upstream.answers_with("POST /incidents", 400, R"({"error":{"message":"no","errors":["Title is bad"]}})");
    CHECK(said().find("Title is bad") != std::string::npos);
}

TEST_CASE("the caller's own shifts and incidents are found by address, and strangers are told that they are") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.room.options.people["user:default/ana"] = "Ana@example.com";
    world.upstream.answers_with(
        "GET /users?", 200, R"({"users":[{"id":"U9","email":"x@example.com"},{"id":"U1","email":"ana@example.com"}]})");

    auto on_call = parsed(world.get("/my/on-call"));
    auto incidents = parsed(world.get("/my/incidents"));

    CHECK(text_at(on_call, "user_id") == "U1");
    CHECK(on_call.at("shifts").as_array().size() == 4);
    CHECK(incidents.at("incidents").as_array().size() == 1);
    world.authenticator.writer.ref = "user:default/stranger";
    CHECK(world.get("/my/on-call").status == 404);
}

TEST_CASE("an incident of one's own, and a service on a page without entities, lead to the entity of the service") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.room.options.people["user:default/ana"] = "ana@example.com";
    world.upstream.answers_with("GET /users?", 200, R"({"users":[{"id":"U1","email":"ana@example.com"}]})");
    world.upstream.answers_with(
        "GET /incidents?", 200, R"({"incidents":[{"id":"Q1","service":{"id":"P1","summary":"Shop"}}]})");
    auto mine = [&] { return parsed(world.get("/my/incidents")).at("incidents").at(0).at("service").at("entity_ref"); };
    auto of_card = [&](const std::string& rest) {
        return parsed(world.get("/card?service_id=P1&parts=service" + rest)).at("entity_ref");
    };
    CHECK(mine().is_null());
    world.catalog.add("shop", "P1");
    CHECK(mine() == "component:default/shop");
    CHECK(of_card("") == "component:default/shop");
    CHECK(parsed(world.get("/card?service_id=P1&parts=on_call")).at("entity_ref").is_null());
    world.catalog.add("unseen", "P9");
    CHECK(parsed(world.get("/card?service_id=P9&parts=service")).at("entity_ref").is_null());
    world.send(
        "POST", "/mapping/entity", R"({"entityRef":"component:default/pay","serviceId":"P1","integrationKey":"k1"})");
    CHECK(mine() == "component:default/pay");
    CHECK(of_card("&entity_ref=component:default/other") == "component:default/other");
    world.send("POST", "/mapping/entity", R"({"entityRef":"","serviceId":"P1"})");
    CHECK(mine().is_null());
}

TEST_CASE("what is the caller's own is of all accounts that know them, unless one is named") {
    Plugin plugin{Plugin::Several{}};
    plugin.authenticator.writer.ref = "user:default/ana";
    plugin.room.options.people["user:default/ana"] = "ana@example.com";
    auto knows = [](test::FakeUpstream& upstream, std::string_view id) {
        upstream.answers_with(
            "GET /users?", 200, fmt::format(R"({{"users":[{{"id":"{}","email":"ana@example.com"}}]}})", id));
        upstream.answers_with("GET /oncalls", 200, R"({"oncalls":[{"escalation_level":1}]})");
        upstream.answers_with("GET /incidents?", 200, R"({"incidents":[{"id":"Q1","status":"triggered"}]})");
    };
    knows(plugin.upstream, "U1");
    knows(plugin.second, "U2");
    auto accounts = [&](const std::string& target, std::string_view list) {
        std::string out;
        auto answer = parsed(plugin.get(target));
        for (const auto& item : answer.at(list).as_array()) out += std::string{text_at(item, "account")} + " ";
        for (const auto& name : answer.at("missing_accounts").as_array())
            out += "-" + std::string{backstage::view_of(name.get_string())};
        return out;
    };

    CHECK(accounts("/my/on-call", "shifts") == "us eu ");

    struct Person final : backstage::Identity {
        [[nodiscard]] std::string view() const override { return "7"; }
    };

    plugin.upstream.is_near = true;
    plugin.upstream.answers_with("GET /users/me", 200, R"({"user":{"id":"U1"}})");
    plugin.second.answers_with("GET /users/me", 200, R"({"user":{"id":"UBOT"}})");
    auto person = plugin.authenticator.writer;
    plugin.authenticator.writer.ref = "";
    plugin.authenticator.writer.identity = std::make_shared<Person>();
    CHECK(accounts("/my/on-call", "shifts") == "us ");
    plugin.authenticator.writer = person;
    plugin.upstream.is_near = false;
    CHECK(accounts("/my/incidents", "incidents") == "us eu ");
    CHECK(accounts("/my/on-call?account=eu", "shifts") == "eu ");
    plugin.second.ends_with("GET /users?", backstage::Answer::End::unreachable);
    CHECK(accounts("/my/incidents", "incidents") == "us -eu");
    plugin.second.answers_with("GET /users?", 200, R"({"users":[]})");
    CHECK(accounts("/my/incidents", "incidents") == "us ");
    plugin.upstream.answers_with("GET /users?", 200, R"({"users":[]})");
    CHECK(plugin.get("/my/on-call").status == 404);
}

TEST_CASE("lists of several things say how old the oldest is, and no shift that is over is one's own") {
    World world;
    world.authenticator.writer.ref = "user:default/ana";
    world.room.options.people["user:default/ana"] = "ana@example.com";
    world.upstream.answers_with("GET /users?", 200, R"({"users":[{"id":"U1","email":"ana@example.com"}]})");
    world.upstream.answers_with("GET /services?", 200, R"({"services":[{"id":"P1"}]})");
    world.upstream.answers_with("GET /oncalls", 200, R"({"oncalls":[
        {"escalation_level":1,"start":"2026-09-21T09:00:00Z","end":"2026-09-21T14:13:10Z"},
        {"escalation_level":2,"start":"2026-09-21T14:13:10Z","end":"2026-09-21T17:00:00Z"}]})");
    for (const auto* list : {"GET /oncalls", "GET /incidents?"})
        world.upstream.answers[list].as_of = test::test_now - seconds{40};

    auto on_call = parsed(world.get("/my/on-call"));
    auto incidents = parsed(world.get("/my/incidents"));
    auto rows = parsed(world.send("POST", "/roll-up", R"({"selectors":[{"service_id":"P1"}]})"));

    for (const auto* list : {&on_call, &incidents, &rows}) CHECK(text_at(*list, "as_of") == "2026-09-21T14:12:40Z");
    REQUIRE(on_call.at("shifts").as_array().size() == 1);
    CHECK(on_call.at("shifts").at(0).at("level") == 2);
}

TEST_CASE("a preview tells who is rung when, by policy and own rules") {
    World world;
    world.upstream.answers_with("GET /users/U1/notification_rules", 200, R"({"notification_rules":[
        {"urgency":"high","start_delay_in_minutes":0,"contact_method":{"type":"push_notification_contact_method"}},
        {"urgency":"high","start_delay_in_minutes":2,"contact_method":{"type":"phone_contact_method"}},
        {"urgency":"high","start_delay_in_minutes":9,"contact_method":{"type":"sms_contact_method"}},
        {"urgency":"low","start_delay_in_minutes":0,"contact_method":{"type":"email_contact_method"}}]})");
    world.upstream.answers_with("GET /users/U2/notification_rules", 403, "{}");

    auto high = parsed(world.get("/preview?service_id=P1"));
    auto low = parsed(world.get("/preview?service_id=P1&urgency=low"));

    REQUIRE(high.at("steps").as_array().size() == 3);
    CHECK(text_at(high.at("steps").at(1), "channel") == "phone");
    CHECK(high.at("steps").at(1).at("at_seconds") == 120);
    CHECK(high.at("steps").at(2).at("at_seconds") == 300);
    CHECK(high.at("steps").at(2).at("channel").is_null());
    CHECK(text_at(high, "sentence") == "Rings Ana at once, Ben after 5 min.");
    CHECK(text_at(low, "sentence") == "Rings Ana at once.");
    CHECK(world.get("/preview?service_id=P1&urgency=x").status == 400);
    // Without one it is as the service decides.
    world.upstream.answers_with("GET /services/P1?", 200, R"({"service":{"id":"P1","escalation_policy":{"id":"E1"},
        "incident_urgency_rule":{"type":"constant","urgency":"low"}}})");
    CHECK(text_at(parsed(world.get("/preview?service_id=P1")), "sentence") == "Rings Ana at once.");
}

TEST_CASE("an account that can say what would happen is believed") {
    World world;
    world.upstream.answers_with("POST /console/simulations", 200, R"({"simulation":{"notifications":[
        {"after_seconds":0,"user":{"id":"U3","summary":"Cem"},"channel":"phone"}]}})");

    auto preview = parsed(world.get("/preview?service_id=P1"));

    CHECK(text_at(preview, "sentence") == "Rings Cem at once.");
    CHECK(text_at(preview.at("steps").at(0), "channel") == "phone");
}
