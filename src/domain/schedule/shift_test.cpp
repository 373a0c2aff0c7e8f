#include "domain/schedule/shift.h"

#include "domain/schedule/schedule_test_kit.h"

#include <doctest/doctest.h>

namespace callboard {

using namespace test;

namespace {

const std::vector<Override> no_overrides;

Override override_of(Window stretch, UserKey user) {
    return {.start = stretch.since, .end = stretch.until, .user = user};
}

}  // namespace

TEST_CASE("shifts are whole, however short the window") {
    const auto madrid = Place{"Europe/Madrid"};
    const auto schedule =
        Schedule{.time_zone = "Europe/Madrid",
                 .schedule_layers = {layer(madrid("2026-03-02 09:00"), one_week, {1, 2, 2, 3})}};

    CHECK(madrid.text(shifts(
              schedule, no_overrides, madrid.window("2026-03-15 00:00", "2026-03-15 01:00"))) ==
          "Mon 03-09 09:00 - Mon 03-23 09:00  2\n");
    CHECK(madrid.text(shifts(
              schedule, no_overrides, madrid.window("2026-03-09 00:00", "2026-03-23 09:00"))) ==
          "Mon 03-02 09:00 - Mon 03-09 09:00  1\n"
          "Mon 03-09 09:00 - Mon 03-23 09:00  2\n");
    CHECK(madrid.text(shift_at(schedule, no_overrides, madrid("2026-03-29 12:00"))) ==
          "Mon 03-23 09:00 - Mon 03-30 09:00  3\n");
    CHECK(shifts(schedule, no_overrides, madrid.window("2026-03-15 01:00", "2026-03-15 00:00"))
              .empty());
}

TEST_CASE("a shift of more than a year has no end, and no start when that is as far") {
    const auto utc = Place{"UTC"};
    auto alone = layer(utc("2026-01-01 00:00"), one_week, {1});
    auto schedule = Schedule{.time_zone = "UTC", .schedule_layers = {alone}};
    CHECK(utc.text(shift_at(schedule, no_overrides, utc("2026-06-01 00:00"))) ==
          "ever - ever  1\n");

    schedule.schedule_layers[0].start = utc("2025-08-01 00:00");
    schedule.schedule_layers[0].end = utc("2027-05-01 00:00");
    CHECK(utc.text(shift_at(schedule, no_overrides, utc("2026-06-01 00:00"))) ==
          "Fri 08-01 00:00 - Sat 05-01 00:00  1\n");
}

TEST_CASE("an override cuts a shift in two, and joins with a turn of the same person") {
    const auto utc = Place{"UTC"};
    const auto schedule = Schedule{
        .time_zone = "UTC", .schedule_layers = {layer(utc("2026-06-01 00:00"), one_week, {1, 2})}};
    const auto overrides =
        std::vector{override_of(utc.window("2026-06-03 00:00", "2026-06-04 00:00"), 2),
                    override_of(utc.window("2026-06-07 00:00", "2026-06-08 00:00"), 2)};
    CHECK(
        utc.text(shifts(schedule, overrides, utc.window("2026-06-02 00:00", "2026-06-09 00:00"))) ==
        "Mon 06-01 00:00 - Wed 06-03 00:00  1\n"
        "Wed 06-03 00:00 - Thu 06-04 00:00  2\n"
        "Thu 06-04 00:00 - Sun 06-07 00:00  1\n"
        "Sun 06-07 00:00 - Mon 06-15 00:00  2\n");
}

TEST_CASE("the next change is a hand-off, the end of cover, or its beginning") {
    const auto madrid = Place{"Europe/Madrid"};
    auto office = layer(madrid("2026-03-02 12:00"), one_day, {1, 2});
    office.restrictions = {daily(hours{9}, hours{8})};
    const auto schedule = Schedule{.time_zone = "Europe/Madrid", .schedule_layers = {office}};
    const auto change_after = [&](std::string_view t) {
        return madrid.text(next_change_after(schedule, no_overrides, madrid(t)).value());
    };
    CHECK(change_after("2026-03-28 10:00") == "Sat 03-28 12:00");
    CHECK(change_after("2026-03-28 12:00") == "Sat 03-28 17:00");
    CHECK(change_after("2026-03-28 17:00") == "Sun 03-29 09:00");
    CHECK(change_after("2026-03-29 02:30") == "Sun 03-29 09:00");

    const auto alone = Schedule{
        .time_zone = "UTC", .schedule_layers = {layer(madrid("2026-01-01 00:00"), one_week, {1})}};
    CHECK_FALSE(next_change_after(alone, no_overrides, madrid("2026-03-28 10:00")).has_value());
    CHECK_FALSE(
        next_change_after(Schedule{}, no_overrides, madrid("2026-03-28 10:00")).has_value());
}

TEST_CASE("the next shift of a person begins after the one that is running") {
    const auto utc = Place{"UTC"};
    const auto schedule =
        Schedule{.time_zone = "UTC",
                 .schedule_layers = {layer(utc("2026-06-01 00:00"), one_week, {1, 2, 3})}};
    const auto next = [&](UserKey user, std::string_view after) {
        return utc.text(next_on_call(schedule, no_overrides, user, utc(after)));
    };
    CHECK(next(2, "2026-06-03 00:00") == "Mon 06-08 00:00 - Mon 06-15 00:00  2\n");
    CHECK(next(1, "2026-06-03 00:00") == "Mon 06-22 00:00 - Mon 06-29 00:00  1\n");
    CHECK(next(1, "2026-06-01 00:00") == "Mon 06-22 00:00 - Mon 06-29 00:00  1\n");
    CHECK(next(1, "2026-05-31 23:59") == "Mon 06-01 00:00 - Mon 06-08 00:00  1\n");
    CHECK(next(4, "2026-06-03 00:00") == "none\n");
}

TEST_CASE("somebody who is on call for ever has no next shift") {
    const auto utc = Place{"UTC"};
    const auto schedule = Schedule{
        .time_zone = "UTC", .schedule_layers = {layer(utc("2026-06-01 00:00"), one_day, {1})}};
    CHECK_FALSE(next_on_call(schedule, no_overrides, 1, utc("2026-06-03 00:00")).has_value());
}

TEST_CASE("a next shift far ahead is found within a year and not beyond") {
    const auto utc = Place{"UTC"};
    auto turns = layer(utc("2026-06-01 00:00"), one_week, {});
    for (UserKey user = 0; user < 60; ++user)
        turns.users.push_back(user);
    const auto schedule = Schedule{.time_zone = "UTC", .schedule_layers = {turns}};
    CHECK(utc.text(next_on_call(schedule, no_overrides, 50, utc("2026-06-01 00:00"))) ==
          "Mon 05-17 00:00 - Mon 05-24 00:00  50\n");
    CHECK_FALSE(next_on_call(schedule, no_overrides, 55, utc("2026-06-01 00:00")).has_value());
}

TEST_CASE("instants that no schedule reckons with have no shift") {
    const auto forever = std::vector{override_of({Timestamp::min(), Timestamp::max()}, 1)};
    for (const auto t : {Timestamp::min(), Timestamp::max()}) {
        CHECK_FALSE(shift_at(Schedule{}, forever, t).has_value());
        CHECK_FALSE(next_change_after(Schedule{}, forever, t).has_value());
        CHECK_FALSE(next_on_call(Schedule{}, forever, 1, t).has_value());
    }
    CHECK(shift_at(Schedule{}, forever, Timestamp{}) == Shift{.user = 1});
}

}  // namespace callboard
