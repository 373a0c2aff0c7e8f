#include "http/events_v2/parse.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace callboard::http {

namespace {

const std::string key = "abcdefghijklmnopqrstuvwxyz012345";

std::string event_with(const std::string& payload) {
    return R"({"routing_key":")" + key + R"(","event_action":"trigger","payload":)" + payload + "}";
}

std::vector<std::string> problems_of(std::string body) {
    auto parsed = parse_event(body, "");
    const auto* problems = std::get_if<Problems>(&parsed);
    return problems ? problems->errors : std::vector<std::string>{};
}

bool unreadable(std::string body) { return std::holds_alternative<Unreadable>(parse_event(body, "")); }

}  // namespace

TEST_CASE("a complete trigger becomes an event with a document of what was sent") {
    auto body =
        R"({"routing_key":")" + key +
        R"(","event_action":"trigger","dedup_key":"d","client":"C","links":[{"href":"https://x","text":"t"}],)"
        R"("payload":{"summary":"s","source":"h","severity":"error","custom_details":{"a":[1,2]},"unknown":1}})";

    auto parsed = parse_event(body, "");

    const auto* event = std::get_if<Event>(&parsed);
    REQUIRE(event);
    CHECK(event->dedup_key == "d");
    CHECK(event->severity == Severity::error);
    CHECK(event->document == R"({"client":"C","source":"h","custom_details":{"a":[1,2]},)"
                             R"("links":[{"href":"https://x","text":"t"}]})");
}

TEST_CASE("details are stored as they were sent, without the blanks") {
    auto body = event_with(R"({"summary":"s","source":"h","severity":"info","custom_details":
        { "n": [ 1 , -2, 18446744073709551615, 1.0, 2.5e30, true, false, null ], "t": "a\"\\\u0001ü", "o": {}, "a": [ ] }})");

    auto parsed = parse_event(body, "");

    CHECK(std::get<Event>(parsed).document ==
          R"({"source":"h","custom_details":{"n":[1,-2,18446744073709551615,1.0,2.5e+30,true,false,null],)"
          R"("t":"a\"\\\u0001ü","o":{},"a":[]}})");
}

TEST_CASE("whole numbers of any size are taken, those beyond 64 bits as fractions") {
    auto body =
        event_with(R"({"summary":"s","source":"h","severity":"info","custom_details":{"n":18446744073709551616}})");

    auto parsed = parse_event(body, "");

    CHECK(std::get<Event>(parsed).document == R"({"source":"h","custom_details":{"n":18446744073709551616.0}})");
}

TEST_CASE("details nested deeper than readers can follow become text below that") {
    std::string deep(1'000, '[');
    deep += std::string(1'000, ']');
    auto body = event_with(R"({"summary":"s","source":"h","severity":"info","custom_details":)" + deep + "}");

    auto parsed = parse_event(body, "");

    const auto& document = std::get<Event>(parsed).document;
    auto as_text = fmt::format("{}\"{}", std::string(64, '['), std::string(936, '['));
    CHECK(document.find(as_text) != std::string::npos);
}

TEST_CASE("of several members with one name the last counts") {
    std::string body =
        R"({"routing_key":")" + key +
        R"(","event_action":"resolve","event_action":"trigger",)"
        R"("payload":null,"payload":{"summary":"first","summary":"last","source":"h","severity":"info"}})";

    auto parsed = parse_event(body, "");

    CHECK(std::get<Event>(parsed).action == EventAction::trigger);
    CHECK(std::get<Event>(parsed).summary == "last");
}

TEST_CASE("every problem is told at once, in the API's words") {
    CHECK(
        problems_of(R"({"routing_key":"short","event_action":"trigger","payload":{"severity":"Critical"}})") ==
        std::vector<std::string>{
            "Length of 'routing_key' is incorrect (should be 32 characters)",
            "'payload.summary' is missing or blank",
            "'payload.source' is missing or blank",
            "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"});
}

TEST_CASE("a summary may have 1024 characters, not bytes") {
    std::string umlauts;
    for (int i = 0; i < 1024; ++i) umlauts += "ü";
    CHECK(problems_of(event_with(R"({"summary":")" + umlauts + R"(","source":"h","severity":"info"})")).empty());
    CHECK(problems_of(event_with(R"({"summary":")" + umlauts + R"(x","source":"h","severity":"info"})")) ==
          std::vector<std::string>{"'summary' is too long (maiximum is 1024 characters)"});
}

TEST_CASE("what is no JSON object is unreadable") {
    for (const auto* body : {"",
                             "nonsense",
                             "[]",
                             "3",
                             "null",
                             R"({"routing_key":)",
                             "{\"a\":\"\xff\"}",
                             R"({"a":1} trailing)",
                             R"({"payload":{"custom_details":{"x":nope}}})"})
        CHECK_MESSAGE(unreadable(body), body);
    CHECK(unreadable(std::string(5'000, '[')));
}

TEST_CASE("acknowledge and resolve need only the key") {
    for (const auto* action : {"acknowledge", "resolve"}) {
        auto start = R"({"routing_key":")" + key + R"(","event_action":")" + action + '"';
        CHECK(problems_of(start + R"(,"dedup_key":"d","payload":null})").empty());
        CHECK(problems_of(start + R"(,"dedup_key":"d","payload":{"severity":"odd"}})").empty());
        CHECK(problems_of(start + R"(,"dedup_key":""})") ==
              std::vector<std::string>{"'dedup_key' is missing or blank"});
    }
}

TEST_CASE("a trigger without a key is given one") {
    auto body = event_with(R"({"summary":"s","source":"h","severity":"info"})");
    auto parsed = parse_event(body, "");
    CHECK(std::get<Event>(parsed).dedup_key.size() == 32);
}

TEST_CASE("the key of the header counts only when the body names none") {
    auto other = std::string(32, 'z');
    std::string without = R"({"event_action":"trigger","payload":{"summary":"s","source":"h","severity":"info"}})";
    auto parsed = parse_event(without, other);
    CHECK(std::get<Event>(parsed).routing_key == other);

    auto body = event_with(R"({"summary":"s","source":"h","severity":"info"})");
    auto named = parse_event(body, other);
    CHECK(std::get<Event>(named).routing_key == key);
}

TEST_CASE("NUL characters are left out") {
    auto body = event_with(R"({"summary":"a\u0000b","source":"h","severity":"info"})");
    auto parsed = parse_event(body, "");
    CHECK(std::get<Event>(parsed).summary == "ab");
}

TEST_CASE("the first version's events mean the same") {
    auto body = R"({"service_key":")" + key +
                R"(","event_type":"trigger","incident_key":"k","description":"d","details":{"a":1},)"
                R"("contexts":[{"type":"link","href":"https://x"},{"type":"image","src":"https://y"}]})";

    auto parsed = parse_event_v1(body);

    const auto* event = std::get_if<Event>(&parsed);
    REQUIRE(event);
    CHECK(event->summary == "d");
    CHECK(event->severity == Severity::critical);
    CHECK(event->document == R"({"source":"Events API v1","custom_details":{"a":1},)"
                             R"("links":[{"type":"link","href":"https://x"}],)"
                             R"("images":[{"type":"image","src":"https://y"}]})");
}

TEST_CASE("a change event needs a summary and nothing else") {
    auto body = R"({"routing_key":")" + key + R"(","payload":{"summary":"deployed"}})";
    auto parsed = parse_change_event(body, "");
    CHECK(std::get<ChangeEventInput>(parsed).summary == "deployed");

    auto empty = R"({"routing_key":")" + key + R"(","payload":{}})";
    auto refused = parse_change_event(empty, "");
    CHECK(std::get<Problems>(refused).errors == std::vector<std::string>{"'payload.summary' is missing or blank"});
}

}  // namespace callboard::http
