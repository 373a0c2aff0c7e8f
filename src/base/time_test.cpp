#include "base/time.h"

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("ISO 8601 is read in the forms that clients send") {
    struct Case {
        const char* text;
        const char* utc;
    };

    for (auto [text, utc] : {Case{"2026-03-29", "2026-03-29T00:00:00Z"},
                             Case{"2026-03-29T01:50", "2026-03-29T01:50:00Z"},
                             Case{"2026-03-29T01:50:07Z", "2026-03-29T01:50:07Z"},
                             Case{"2015-07-17T08:42:58.315+0000", "2015-07-17T08:42:58Z"},
                             Case{"2026-03-29 01:50:07", "2026-03-29T01:50:07Z"},
                             Case{"2026-03-29T01:50:07+02:00", "2026-03-28T23:50:07Z"},
                             Case{"2026-03-29T01:50:07-0330", "2026-03-29T05:20:07Z"},
                             Case{"2024-02-29T24:00:00Z", "2024-03-01T00:00:00Z"}}) {
        auto parsed = parse_iso8601(text);
        REQUIRE_MESSAGE(parsed.has_value(), text);
        CHECK(format_iso8601(parsed->at) == utc);
    }
}

TEST_CASE("dates that do not exist are refused") {
    for (auto text : {"",
                      "yesterday",
                      "2026-02-29",
                      "2026-13-01",
                      "2026-03-29T25:00",
                      "2026-03-29T01:60",
                      "2026-03-29T01:50:07+25:00",
                      "2026-03-29T01:50:07Zx",
                      "-026-03-29"})
        CHECK_FALSE(parse_iso8601(text).has_value());
}

TEST_CASE("an offset shifts the local time shown") {
    auto t = parse_iso8601("2026-07-01T22:30:00Z")->at;

    CHECK(format_iso8601(t, hours{2}) == "2026-07-02T00:30:00+02:00");
    CHECK(format_iso8601(t, -(hours{3} + minutes{30})) == "2026-07-01T19:00:00-03:30");
}

}  // namespace callboard
