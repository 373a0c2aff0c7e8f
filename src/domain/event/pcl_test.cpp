#include "domain/event/pattern.h"
#include "domain/event/pcl.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

EventValue text(std::string value) { return EventValue{std::move(value)}; }

/// {"event":{"summary":"[PROD] Disk full","severity":"critical","load":3,"share":0.5,"custom_details":{…}}}
EventValue sample() {
    EventValue root;
    auto& event = root.member_or_new("event");
    event.member_or_new("summary") = text("[PROD] Disk full\nin it");
    event.member_or_new("severity") = text("critical");
    event.member_or_new("load") = EventValue{std::int64_t{3}};
    event.member_or_new("share") = EventValue{0.5};
    event.member_or_new("nothing") = EventValue{};
    event.member_or_new("really") = EventValue{true};
    auto& details = event.member_or_new("custom_details");
    details.member_or_new("disk name") = text("sda");
    EventList list;
    list.push_back(text("first"));
    list.emplace_back(std::int64_t{4});
    details.member_or_new("list") = EventValue{std::move(list)};
    root.member_or_new("variables").member_or_new("host") = text("db1");
    return root;
}

/// Monday, 2022-01-03 20:00 UTC, which is noon in Los Angeles.
const Timestamp monday = Timestamp{seconds{1'641'240'000}};

PclCondition condition(std::string_view pcl) {
    auto parsed = PclCondition::parse(pcl);
    if (auto* problem = std::get_if<PclProblem>(&parsed)) FAIL(std::string{pcl}, ": ", problem->sentence());
    return std::get<PclCondition>(parsed);
}

bool holds(std::string_view pcl, const EventValue& root, Timestamp now) {
    RecentCounts counts;
    return condition(pcl).holds({root, now, counts, "rule"});
}

bool holds(std::string_view pcl) { return holds(pcl, sample(), monday); }

std::string problem(std::string_view pcl) {
    auto parsed = PclCondition::parse(pcl);
    const auto* found = std::get_if<PclProblem>(&parsed);
    return found ? found->sentence() : "none";
}

}  // namespace

TEST_CASE("conditions hold as the reference of PCL says") {
    for (const auto* pcl : {
             "event.severity matches 'CRITICAL'",
             "event.severity matches exactly 'critical'",
             "not event.severity matches exactly 'Critical'",
             "event.summary matches part 'prod'",
             "not event.summary matches part exactly 'prod'",
             "event.summary matches regex 'disk.*it'",
             "event.summary matches regex '^in it$'",
             "not event.summary matches regex '(?-m)^in it'",
             "not event.summary matches regex '(?-s)full.in'",
             "event.summary matches regex exactly '(?i)DISK'",
             "not event.summary matches regex exactly 'DISK'",
             "event.load == 3",
             "event.load == 3.0",
             "not event.load == '3'",
             "event.load matches '3'",
             "event.load > 2 and event.load >= 3 and event.load < 4 and event.load <= 3",
             "event.share < 1",
             "2.5 < event.load",
             "event.severity == 'critical'",
             "not event.severity == 'Critical'",
             "event.custom_details['disk name'] == 'sda'",
             "event.custom_details.list[0] == 'first'",
             "event.custom_details.list[1] == 4",
             "event.custom_details.list matches part '\"first\",4'",
             "event.custom_details exists",
             "event.nothing exists",
             "not event.custom_details.list[2] exists",
             "not event.missing > 2",
             "not event.missing matches ''",
             "not event.missing == event.gone",
             "event.summary > 2 or event.load > 2",
             "event.really",
             "not event.severity",
             "variables.host == 'db1'",
             "event.severity matches part event.severity",
             "true and not false",
             "now in Mon,Wed,Fri 01:00:00 to 15:00:00 America/Los_Angeles",
             "not (now in Mon,Wed,Fri 01:00:00 to 15:00:00 Etc/UTC)",
             "now > 2022-01-03 11:59:59 America/Los_Angeles",
             "now < 2022-01-03 12:00:01 America/Los_Angeles",
         })
        CHECK_MESSAGE(holds(pcl), pcl);
}

TEST_CASE("not binds closer than and, and closer than or") {
    CHECK(holds("true or false and false"));
    CHECK_FALSE(holds("(true or false) and false"));
    CHECK(holds("not false and true"));
    CHECK_FALSE(holds("not (false or true)"));
}

TEST_CASE("a schedule goes by the clock on the wall") {
    auto at = [](int hour, int minute) {
        // 2021-11-07, when New York's clocks go back at 06:00 UTC.
        return Timestamp{seconds{1'636'243'200 + hour * 3600 + minute * 60}};
    };
    constexpr auto pcl = "now in Sun 01:30:00 to 03:15:00 America/New_York";
    CHECK_FALSE(holds(pcl, sample(), at(5, 0)));
    CHECK(holds(pcl, sample(), at(5, 30)));
    CHECK_FALSE(holds(pcl, sample(), at(6, 0)));
    CHECK_FALSE(holds(pcl, sample(), at(6, 15)));
    CHECK(holds(pcl, sample(), at(6, 30)));
    CHECK(holds(pcl, sample(), at(8, 0)));
    CHECK(holds(pcl, sample(), at(8, 15)));
    CHECK_FALSE(holds(pcl, sample(), at(8, 30)));
}

TEST_CASE("a schedule that ends before it begins ends on the next day") {
    constexpr auto night = "now in Wed 22:00:00 to 08:00:00 Etc/UTC";
    auto wednesday = monday - hours{20} + days{2};  // 00:00
    CHECK_FALSE(holds(night, sample(), wednesday + hours{7}));
    CHECK(holds(night, sample(), wednesday + hours{22}));
    CHECK(holds(night, sample(), wednesday + hours{31}));
    CHECK_FALSE(holds(night, sample(), wednesday + hours{33}));
    constexpr auto whole_days = "now in Sat,Sun 12:00:00 to 12:00:00 Etc/UTC";
    auto saturday = wednesday + days{3};
    CHECK_FALSE(holds(whole_days, sample(), saturday + hours{11}));
    CHECK(holds(whole_days, sample(), saturday + hours{13}));
    CHECK(holds(whole_days, sample(), saturday + days{2} + hours{11}));
    CHECK_FALSE(holds(whole_days, sample(), saturday + days{2} + hours{13}));
}

TEST_CASE("a count is of the events that reached the condition, within its span") {
    auto often = condition("event.load == 3 and trigger_count over 1 minute > 2");
    RecentCounts counts;
    auto root = sample();
    auto at = [&](int second) { return often.holds({root, monday + seconds{second}, counts, "rule"}); };
    CHECK_FALSE(at(0));
    CHECK_FALSE(at(10));
    CHECK(at(20));
    CHECK(at(30));
    CHECK_FALSE(at(100));
    root.member_or_new("event").member_or_new("load") = EventValue{std::int64_t{1}};
    CHECK_FALSE(at(101));
    CHECK(counts.by_name.size() == 1);
    CHECK(counts.by_name.begin()->second.total(monday + seconds{101}, seconds{60}) == 1);
}

TEST_CASE("a count that resets begins anew once it was enough") {
    auto third = condition("resetting_trigger_count over 1 hour 30 minutes >= 3");
    RecentCounts counts;
    auto root = sample();
    int held = 0;
    for (int i = 0; i < 9; ++i) held += third.holds({root, monday + seconds{i}, counts, "rule"}) ? 1 : 0;
    CHECK(held == 3);
}

TEST_CASE("events that end a problem are not counted") {
    auto often = condition("trigger_count over 1 minute > 1");
    RecentCounts counts;
    counts.counting = false;
    for (int i = 0; i < 5; ++i) CHECK_FALSE(often.holds({sample(), monday, counts, "rule"}));
}

TEST_CASE("what is wrong with a condition is said with its place") {
    CHECK(problem("event.severity matchs 'x'") == "expected the end, `and` or `or` at character 16");
    CHECK(problem("event.severity matches 'x") == "expected a closing quote at character 24");
    CHECK(problem("event.a > ") == "expected a value at character 11");
    CHECK(problem("(event.a > 1") == "expected `)` at character 13");
    CHECK(problem("data.a == 1") ==
          "a path begins with event, raw_event, variables or cache_var, not with data at character 1");
    CHECK(problem("'ü' == event.x matches") == "expected the end, `and` or `or` at character 16");
    CHECK(problem("event.a matches regex event.b") ==
          "a regular expression must be written out in quotes at character 23");
    CHECK(problem("event.a matches regex '('").starts_with("is not a regular expression of RE2: missing ):"));
    CHECK(problem("event.a matches regex 'a{1001}'").find("repetition") != std::string::npos);
    CHECK(problem("'a' exists") == "only a path can exist at character 11");
    CHECK(problem("event.a in Mon 09:00:00 to 17:00:00 Etc/UTC") == "only `now` can be in a schedule at character 11");
    CHECK(problem("now in Man 09:00:00 to 17:00:00 Etc/UTC") ==
          "expected a day: Mon, Tue, Wed, Thu, Fri, Sat or Sun at character 8");
    CHECK(problem("now in Mon 09:00:00 to 25:00:00 Etc/UTC") == "is no time of day at character 24");
    CHECK(problem("now in Mon 09:00:00 to 17:00:00 Europe/Nowhere") ==
          "expected a time zone, as Europe/Madrid at character 33");
    CHECK(problem("now > 2022-02-30 00:00:00 Etc/UTC") == "is no date at character 7");
    CHECK(problem("trigger_count over 5 > 1") == "expected seconds, minutes, hours or days at character 20");
    CHECK(problem("trigger_count over 5 minutes 2 minutes > 1") == "has a unit twice at character 30");
    CHECK(problem("trigger_count over 31 days > 1") == "expected a time span of at most 30 days at character 20");
    CHECK(problem("trigger_count over 5 minutes") == "is neither true nor false at character 29");
    CHECK(problem("now") == "is neither true nor false at character 4");
    CHECK(problem("99999999999999999999 > 1") == "the number is too large at character 1");
    CHECK(problem("") == "expected a value at character 1");
    CHECK(problem("event.a == 1 and") == "expected a value at character 17");
}

TEST_CASE("a condition has limits") {
    auto repeat = [](std::string_view part, int times) {
        std::string out;
        for (int i = 0; i < times; ++i) out += part;
        return out;
    };
    CHECK(problem(repeat("(", 32) + "true" + repeat(")", 32)) == "none");
    CHECK(problem(repeat("(", 33) + "true" + repeat(")", 33)).starts_with("is nested deeper than 32 levels"));
    CHECK(problem(repeat("not ", 40) + "true").starts_with("is nested deeper than 32 levels"));
    CHECK(problem("true" + repeat(" or true", 63)) == "none");
    CHECK(problem("true" + repeat(" or true", 64)).starts_with("has more than 64 comparisons"));
    CHECK(problem("event.a == '" + repeat("x", 1'024) + "'") == "none");
    CHECK(problem("event.a == '" + repeat("x", 1'025) + "'").starts_with("a text is longer than 1024 bytes"));
    CHECK(problem(repeat(" ", 2'048) + "true").starts_with("is longer than 2048 bytes"));
    CHECK(problem("event" + repeat(".a", 31) + " exists") == "none");
    CHECK(problem("event" + repeat(".a", 32) + " exists") != "none");
}

TEST_CASE("a condition is written anew with the same meaning") {
    for (const auto* pcl : {
             "event.a > 5 and not event.b < 6 or event.c == 2",
             "event.a > 5 and (not event.b < 6 or event.c == 2)",
             "event.a == 1 and (event.b == 2 and event.c == 3)",
             "not (event.a exists and event['odd name'][3].x matches regex exactly 'a\\\\d\\'')",
             "now in Mon,Fri 09:00:00 to 17:00:00 Europe/Madrid",
             "now > 2021-12-04 19:00:42 America/Los_Angeles",
             "resetting_trigger_count over 1 hour 30 minutes >= -4.5e10",
             "event.a matches part exactly event.b",
         }) {
        auto written = condition(pcl).text();
        CHECK_MESSAGE(condition(written).text() == written, written);
    }
    CHECK(condition("event.a > 5 and not event.b < 6 or event.c == 2").text() ==
          "event.a > 5 and not event.b < 6 or event.c == 2");
    CHECK(condition("(event.a exists)").text() == "event.a exists");
}

TEST_CASE("what is cut stays text") {
    auto cut = [](std::string text, std::size_t max) {
        cut_to_bytes(text, max);
        return text;
    };
    CHECK(cut("abc", 3) == "abc");
    CHECK(cut("ab\xc3\xbc", 3) == "ab");
    CHECK(cut("\xe2\x82\xac", 2).empty());
    CHECK(std::holds_alternative<Pattern::Problem>(Pattern::extraction("a\\C")));
    CHECK(std::holds_alternative<Pattern>(Pattern::extraction("a\\\\C")));
}

TEST_CASE("a regular expression is of a certain size, and looks at the beginning of a text") {
    CHECK(condition("true or event.a matches regex '(a.{0,90}b.{0,90}a){2}c'").is_too_complicated());
    CHECK_FALSE(condition("event.a matches regex 'a.{0,90}b'").is_too_complicated());
    CHECK_FALSE(condition("event.a matches '" + std::string(1'000, 'a') + "'").is_too_complicated());
    CHECK(std::get<Pattern>(Pattern::extraction("(a.{0,90}b.{0,90}a){2}c")).is_too_complicated());
    auto part = std::get<Pattern>(Pattern::condition("b", Pattern::Case::ignore));
    CHECK(part.is_in(std::string(8'191, 'a') + "b"));
    CHECK_FALSE(part.is_in(std::string(8'192, 'a') + "b"));
    CHECK(Pattern::literal("b", Pattern::Case::ignore, false)->is_in(std::string(8'192, 'a') + "b"));
    auto all = std::get<Pattern>(Pattern::extraction("(?s).*"));
    CHECK(all.extract(std::string(8'191, 'a') + "\xc3\xbc")->size() == 8'191);
}

TEST_CASE("where the work for an event is spent no condition holds") {
    auto root = sample();
    RecentCounts counts;
    const std::string name = "rule";
    RuleWork work;
    auto with_work = [&](std::string_view pcl) { return condition(pcl).holds({root, monday, counts, name, &work}); };
    CHECK(with_work("'abc' matches regex 'b'"));
    CHECK(work.left < rule_work_max);
    work.left = 0;
    CHECK(with_work("true or 'abc' matches regex 'b'"));
    CHECK_FALSE(with_work("'abc' matches regex 'b'"));
    CHECK(work.is_spent);
    CHECK_FALSE(with_work("not 'abc' matches regex 'x'"));
    CHECK_FALSE(with_work("true"));
}

TEST_CASE("an extraction takes what its groups caught, or the whole match") {
    auto extract = [](std::string_view regex, std::string_view from) {
        return std::get<Pattern>(Pattern::extraction(regex)).extract(from);
    };
    CHECK(extract("hostname: (.*)", "hostname: db1") == "db1");
    CHECK(extract("(a)(x)?(b)", "ab") == "ab");
    CHECK(extract("[0-9]+", "disk 42 full") == "42");
    CHECK_FALSE(extract("[0-9]+", "none").has_value());
}

}  // namespace callboard
