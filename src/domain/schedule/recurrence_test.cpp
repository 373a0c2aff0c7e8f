#include "domain/schedule/recurrence.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

LocalTime local(std::string_view text) { return LocalTime{parse_iso8601(text)->at.time_since_epoch()}; }

using Lines = std::vector<std::string>;

/// The beginnings as texts, of shifts that count from Sunday, 1 March 2026, 09:00.
std::vector<std::string>
found(const Lines& lines, std::string_view since, std::string_view until, std::string_view zone = "UTC") {
    std::vector<std::string> out;
    for (auto at : beginnings(lines, *Zone::find(zone), local("2026-03-01T09:00:00"), local(since), local(until)))
        out.push_back(format_iso8601(Timestamp{at.time_since_epoch()}).substr(0, 16));
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a rule is counted from the first shift, wherever one looks") {
    Lines lines{"RRULE:FREQ=DAILY;INTERVAL=3"};
    CHECK(found(lines, "2026-03-01", "2026-03-08") ==
          Texts{"2026-03-01T09:00", "2026-03-04T09:00", "2026-03-07T09:00"});
    CHECK(found(lines, "2026-03-05", "2026-03-11") == Texts{"2026-03-07T09:00", "2026-03-10T09:00"});
    CHECK(found({"RRULE:FREQ=DAILY;COUNT=3"}, "2026-03-02", "2026-04-01") ==
          Texts{"2026-03-02T09:00", "2026-03-03T09:00"});
}

TEST_CASE("the last day of UNTIL counts, an instant of it is looked up on the wall") {
    CHECK(found({"RRULE:FREQ=DAILY;UNTIL=20260302"}, "2026-03-01", "2026-04-01").size() == 2);
    CHECK(found({"RRULE:FREQ=DAILY;UNTIL=20260302T090000"}, "2026-03-01", "2026-04-01").size() == 2);
    CHECK(found({"RRULE:FREQ=DAILY;UNTIL=20260302T085959"}, "2026-03-01", "2026-04-01").size() == 1);
    // 08:00 UTC is 09:00 in Madrid.
    CHECK(found({"RRULE:FREQ=DAILY;UNTIL=20260302T080000Z"}, "2026-03-01", "2026-04-01", "Europe/Madrid").size() == 2);
    CHECK(found({"RRULE:FREQ=DAILY;UNTIL=20260302T075959Z"}, "2026-03-01", "2026-04-01", "Europe/Madrid").size() == 1);
}

TEST_CASE("monthly and yearly rules follow RFC 5545") {
    CHECK(found({"RRULE:FREQ=MONTHLY;BYDAY=1MO"}, "2026-03-01", "2026-06-01") ==
          Texts{"2026-03-02T09:00", "2026-04-06T09:00", "2026-05-04T09:00"});
    CHECK(found({"RRULE:FREQ=MONTHLY;BYMONTHDAY=31"}, "2026-03-01", "2026-07-01") ==
          Texts{"2026-03-31T09:00", "2026-05-31T09:00"});
    CHECK(found({"RRULE:FREQ=YEARLY"}, "2026-01-01", "2028-12-01").size() == 3);
    CHECK(found({"RRULE:FREQ=HOURLY;INTERVAL=6"}, "2026-03-02", "2026-03-03").size() == 4);
}

TEST_CASE("dates are taken out and added, in whatever zone they are written") {
    Lines lines{"RRULE:FREQ=DAILY",
                "EXDATE:20260302T090000,20260303T100000",
                "EXDATE;VALUE=DATE:20260304",
                "RDATE:20260305T120000",
                "RDATE;VALUE=DATE:20260306"};
    CHECK(found(lines, "2026-03-01", "2026-03-07") ==
          Texts{"2026-03-01T09:00", "2026-03-03T09:00", "2026-03-05T09:00", "2026-03-05T12:00", "2026-03-06T09:00"});
    CHECK(found({"RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20260302T080000Z"}, "2026-03-01", "2026-03-07", "Europe/Madrid") ==
          Texts{"2026-03-01T09:00"});
    CHECK(found({"RRULE:FREQ=DAILY;COUNT=2", "EXDATE;TZID=America/New_York:20260302T040000"},
                "2026-03-01",
                "2026-03-07") == Texts{"2026-03-01T09:00"});
}

TEST_CASE("lines that cannot be reckoned with are refused, and give nothing") {
    const std::vector<Lines> wrong{{},
                                   {"FREQ=DAILY"},
                                   {"RRULE:"},
                                   {"RRULE:FREQ=MINUTELY"},
                                   {"RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY"},
                                   {"RRULE:FREQ=DAILY;INTERVAL=0"},
                                   {"RRULE:FREQ=DAILY;INTERVAL=99999999999"},
                                   {"RRULE:FREQ=DAILY;COUNT=1;UNTIL=20260301"},
                                   {"RRULE:FREQ=DAILY;BYSECOND=1"},
                                   {"RRULE:FREQ=HOURLY;BYDAY=MO"},
                                   {"RRULE:FREQ=WEEKLY;BYDAY=QQ"},
                                   {"RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"},
                                   {"RRULE:FREQ=DAILY", "EXDATE:20261301T000000"},
                                   {"RRULE:FREQ=DAILY", "EXDATE;TZID=Mars/Olympus:20260301T000000"},
                                   {"RRULE:FREQ=DAILY", "RDATE:20260301T250000"}};
    for (const auto& lines : wrong) {
        CAPTURE(lines.empty() ? "" : lines.back());
        CHECK_FALSE(validate_recurrence(lines).empty());
        CHECK(found(lines, "2026-03-01", "2026-04-01").empty());
    }
    CHECK(validate_recurrence(Lines(201, "RRULE:FREQ=DAILY")).size() == 1);
}

TEST_CASE("a rule that never comes true ends the search") {
    CHECK(found({"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "2026-03-01", "2030-01-01").empty());
}

}  // namespace callboard
