#include "domain/schedule/restriction.h"

#include "domain/schedule/schedule_test_kit.h"

#include <limits>

#include <doctest/doctest.h>

namespace callboard {

using namespace test;

namespace {

std::string open_times(const Place& place,
                       const std::vector<Restriction>& restrictions,
                       std::string_view since,
                       std::string_view until) {
    auto result = std::string{};
    for (const auto& opening : openings(restrictions, place.zone, place.window(since, until))) {
        result += place.text(opening.since) + " - " + place.text(opening.until) + "\n";
    }
    return result;
}

}  // namespace

TEST_CASE("a night shift closes by the wall clock on every night of the year") {
    const auto madrid = Place{"Europe/Madrid"};
    const auto nights = std::vector{daily(hours{22}, hours{10})};
    CHECK(open_times(madrid, nights, "2026-03-27 12:00", "2026-03-30 12:00") ==
          "Fri 03-27 22:00 - Sat 03-28 08:00\n"
          "Sat 03-28 22:00 - Sun 03-29 08:00\n"
          "Sun 03-29 22:00 - Mon 03-30 08:00\n");
    CHECK(open_times(madrid, nights, "2026-10-24 12:00", "2026-10-26 12:00") ==
          "Sat 10-24 22:00 - Sun 10-25 08:00\n"
          "Sun 10-25 22:00 - Mon 10-26 08:00\n");

    const auto long_night =
        openings(nights, madrid.zone, madrid.window("2026-10-24 12:00", "2026-10-25 12:00"));
    REQUIRE(long_night.size() == 1);
    CHECK(long_night[0].until - long_night[0].since == hours{11});
}

TEST_CASE("the window cuts an opening on both sides") {
    const auto madrid = Place{"Europe/Madrid"};
    CHECK(
        open_times(madrid, {daily(hours{22}, hours{10})}, "2026-05-01 03:00", "2026-05-01 23:00") ==
        "Fri 05-01 03:00 - Fri 05-01 08:00\n"
        "Fri 05-01 22:00 - Fri 05-01 23:00\n");
}

TEST_CASE("a weekly restriction runs on over the end of the week") {
    const auto new_york = Place{"America/New_York"};
    const auto weekend = std::vector{weekly(6, hours{20}, hours{36})};
    CHECK(open_times(new_york, weekend, "2026-06-01 00:00", "2026-06-15 00:00") ==
          "Mon 06-01 00:00 - Mon 06-01 08:00\n"
          "Sat 06-06 20:00 - Mon 06-08 08:00\n"
          "Sat 06-13 20:00 - Mon 06-15 00:00\n");
    CHECK(open_times(
              new_york, {weekly(7, hours{0}, hours{24})}, "2026-06-01 00:00", "2026-06-09 00:00") ==
          "Sun 06-07 00:00 - Mon 06-08 00:00\n");
    // Nearly a whole week: closed for one hour on Wednesday.
    CHECK(open_times(new_york,
                     {weekly(3, hours{12}, hours{167})},
                     "2026-06-01 00:00",
                     "2026-06-05 00:00") == "Mon 06-01 00:00 - Wed 06-03 11:00\n"
                                            "Wed 06-03 12:00 - Fri 06-05 00:00\n");
}

TEST_CASE("a full day or week never closes, whatever the clocks do") {
    const auto madrid = Place{"Europe/Madrid"};
    for (const auto& always : {daily(hours{9}, hours{24}), weekly(4, hours{9}, hours{168})}) {
        CHECK(open_times(madrid, {always}, "2026-03-20 00:00", "2026-04-05 00:00") ==
              "Fri 03-20 00:00 - Sun 04-05 00:00\n");
    }
}

TEST_CASE("restrictions that touch or overlap are one opening") {
    const auto utc = Place{"UTC"};
    CHECK(open_times(
              utc,
              {daily(hours{13}, hours{4}), daily(hours{9}, hours{4}), daily(hours{10}, hours{1})},
              "2026-05-01 00:00",
              "2026-05-02 00:00") == "Fri 05-01 09:00 - Fri 05-01 17:00\n");
    CHECK(open_times(utc,
                     {daily(hours{0}, hours{12}), daily(hours{12}, hours{12})},
                     "2026-05-01 00:00",
                     "2026-05-03 00:00") == "Fri 05-01 00:00 - Sun 05-03 00:00\n");
}

TEST_CASE(
    "an opening that lies in the skipped hour is empty, one in the doubled hour happens once") {
    const auto madrid = Place{"Europe/Madrid"};
    const auto at_two = std::vector{daily(hours{2}, hours{1})};
    CHECK(open_times(madrid, at_two, "2026-03-28 12:00", "2026-03-30 12:00") ==
          "Mon 03-30 02:00 - Mon 03-30 03:00\n");
    const auto autumn =
        openings(at_two, madrid.zone, madrid.window("2026-10-25 00:00", "2026-10-26 00:00"));
    REQUIRE(autumn.size() == 1);
    // From the first 02:00 to 03:00, which comes two hours later.
    CHECK(autumn[0].until - autumn[0].since == hours{2});
}

TEST_CASE("where clocks go back over midnight the new day's opening stays open") {
    const auto st_johns = Place{"America/St_Johns"};
    const auto midnight = st_johns("2010-11-07 00:00");
    const auto from_midnight = std::vector{daily(hours{0}, hours{2})};
    // The wall shows Saturday 23:30 again, half an hour after Sunday began.
    const auto again = Window{.since = midnight + minutes{30}, .until = midnight + minutes{31}};
    CHECK(openings(from_midnight, st_johns.zone, again) == std::vector{again});
}

TEST_CASE("a restriction that makes no sense never opens") {
    const auto utc = Place{"UTC"};
    using Limits = std::numeric_limits<std::int64_t>;
    auto restrictions = std::vector<Restriction>{
        {.duration_seconds = 0},
        {.duration_seconds = -1},
        {.duration_seconds = Limits::min()},
        {.start_time_of_day = seconds{Limits::max()}, .duration_seconds = 60},
        {.start_time_of_day = seconds{-1}, .duration_seconds = 60},
        {.type = RestrictionType::weekly_restriction, .duration_seconds = 60},
        {.type = RestrictionType::weekly_restriction,
         .start_day_of_week = 0,
         .duration_seconds = 60},
        {.type = RestrictionType::weekly_restriction,
         .start_day_of_week = 8,
         .duration_seconds = 60},
    };
    CHECK(open_times(utc, restrictions, "2026-01-01 00:00", "2026-02-01 00:00").empty());

    restrictions = {{.duration_seconds = Limits::max()}};
    CHECK(open_times(utc, restrictions, "2026-01-01 00:00", "2026-01-02 00:00") ==
          "Thu 01-01 00:00 - Fri 01-02 00:00\n");
}

}  // namespace callboard
