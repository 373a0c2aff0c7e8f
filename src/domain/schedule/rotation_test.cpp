#include "domain/schedule/rotation.h"

#include "domain/schedule/schedule_test_kit.h"

#include <limits>

#include <doctest/doctest.h>

namespace callboard {

using namespace test;

namespace {

// The hand-offs that follow `first`, as the wall clock shows them.
std::string
handoffs(const Place& place, const ScheduleLayer& layer, std::string_view first, int count) {
    const auto rotation = Rotation::create(layer, place.zone).value();
    auto turn = rotation.turn_at(place(first));
    auto result = std::string{};
    for (int i = 0; i < count; ++i, ++turn)
        result += place.text(rotation.turn_start(turn)) + "\n";
    return result;
}

}  // namespace

TEST_CASE("the hand-off stays at its time of day across both moves of the clocks") {
    const auto madrid = Place{"Europe/Madrid"};
    const auto daily_turns = layer(madrid("2026-01-05 09:00"), one_day, {1, 2, 3});
    CHECK(handoffs(madrid, daily_turns, "2026-03-28 09:00", 3) ==
          "Sat 03-28 09:00\nSun 03-29 09:00\nMon 03-30 09:00\n");
    CHECK(handoffs(madrid, daily_turns, "2026-10-24 09:00", 3) ==
          "Sat 10-24 09:00\nSun 10-25 09:00\nMon 10-26 09:00\n");

    const auto new_york = Place{"America/New_York"};
    const auto weekly_turns = layer(new_york("2026-01-05 09:00"), one_week, {1, 2, 3});
    CHECK(handoffs(new_york, weekly_turns, "2026-03-02 09:00", 3) ==
          "Mon 03-02 09:00\nMon 03-09 09:00\nMon 03-16 09:00\n");
    CHECK(handoffs(new_york, weekly_turns, "2026-10-26 09:00", 3) ==
          "Mon 10-26 09:00\nMon 11-02 09:00\nMon 11-09 09:00\n");
}

TEST_CASE("a hand-off in the skipped hour happens right after it, one in the doubled hour the "
          "first time") {
    const auto madrid = Place{"Europe/Madrid"};
    const auto nights = layer(madrid("2026-01-05 02:30"), one_day, {1, 2});
    CHECK(handoffs(madrid, nights, "2026-03-28 02:30", 3) ==
          "Sat 03-28 02:30\nSun 03-29 03:00\nMon 03-30 02:30\n");

    const auto rotation = Rotation::create(nights, madrid.zone).value();
    const auto turn = rotation.turn_at(madrid("2026-10-25 02:30"));
    CHECK(rotation.turn_start(turn) == madrid("2026-10-25 00:00") + hours{2} + minutes{30});
    // The second 02:30 belongs to the turn that began at the first.
    CHECK(rotation.turn_at(madrid("2026-10-25 02:30") + hours{1}) == turn);
}

TEST_CASE("the half hour of Lord Howe and the midnights of Brazil and Newfoundland") {
    const auto lord_howe = Place{"Australia/Lord_Howe"};
    CHECK(handoffs(lord_howe,
                   layer(lord_howe("2025-01-06 02:15"), one_day, {1, 2}),
                   "2025-10-04 02:15",
                   3) == "Sat 10-04 02:15\nSun 10-05 02:30\nMon 10-06 02:15\n");

    // The day begins at 01:00: the midnight hand-off waits for it.
    const auto sao_paulo = Place{"America/Sao_Paulo"};
    const auto midnights = layer(sao_paulo("2018-01-01 00:00"), one_day, {1, 2});
    CHECK(handoffs(sao_paulo, midnights, "2018-11-03 00:00", 3) ==
          "Sat 11-03 00:00\nSun 11-04 01:00\nMon 11-05 00:00\n");
    // Midnight became 23:00: the doubled hour still belongs to Saturday.
    const auto rotation = Rotation::create(midnights, sao_paulo.zone).value();
    CHECK(rotation.turn_start(rotation.turn_at(sao_paulo("2018-02-17 12:00")) + 1) -
              sao_paulo("2018-02-17 00:00") ==
          hours{25});

    // Until 2011 Newfoundland moved its clocks at 00:01, back over midnight into the day before.
    const auto st_johns = Place{"America/St_Johns"};
    const auto turns = layer(st_johns("2010-01-01 00:00"), one_day, {1, 2});
    const auto newfoundland = Rotation::create(turns, st_johns.zone).value();
    const auto midnight = st_johns("2010-11-07 00:00");
    const auto sunday = newfoundland.turn_at(midnight);
    CHECK(newfoundland.turn_start(sunday) == midnight);
    CHECK(st_johns.text(midnight + minutes{30}) == "Sat 11-06 23:30");
    CHECK(newfoundland.turn_at(midnight + minutes{30}) == sunday);
}

TEST_CASE("a zone a quarter of an hour off and leap days need no special rule") {
    const auto kathmandu = Place{"Asia/Kathmandu"};
    const auto turns = layer(kathmandu("2024-01-01 18:15"), one_day, {1, 2});
    CHECK(turns.rotation_virtual_start == Place{"UTC"}("2024-01-01 12:30"));
    CHECK(handoffs(kathmandu, turns, "2024-02-28 18:15", 3) ==
          "Wed 02-28 18:15\nThu 02-29 18:15\nFri 03-01 18:15\n");
    CHECK(handoffs(kathmandu, turns, "2100-02-28 18:15", 2) ==
          "Sun 02-28 18:15\nMon 03-01 18:15\n");
}

TEST_CASE("turns that are not whole days count elapsed time") {
    const auto madrid = Place{"Europe/Madrid"};
    const auto turns = layer(madrid("2026-03-28 08:00"), 12 * 3'600, {1, 2});
    CHECK(handoffs(madrid, turns, "2026-03-28 20:00", 3) ==
          "Sat 03-28 20:00\nSun 03-29 09:00\nSun 03-29 21:00\n");
}

TEST_CASE("turns before the virtual start follow the same order backwards") {
    const auto madrid = Place{"Europe/Madrid"};
    for (const auto length : {one_day, std::int64_t{3'600}}) {
        const auto turns = layer(madrid("2026-01-05 09:00"), length, {10, 11, 12});
        const auto rotation = Rotation::create(turns, madrid.zone).value();
        CHECK(rotation.turn_at(madrid("2026-01-05 09:00")) == 0);
        CHECK(rotation.turn_at(madrid("2026-01-05 09:00") - Duration{1}) == -1);
        CHECK(rotation.user_of(0) == 10);
        CHECK(rotation.user_of(-1) == 12);
        CHECK(rotation.user_of(-2) == 11);
        CHECK(rotation.user_of(-3) == 10);
        CHECK(rotation.user_of(-4) == 12);
        CHECK(rotation.turn_start(-1) == madrid("2026-01-05 09:00") - seconds{length});
    }
}

TEST_CASE("the turn of a day that a zone left out is empty") {
    const auto apia = Place{"Pacific/Apia"};
    const auto turns = layer(apia("2011-12-01 00:00"), one_day, {1, 2});
    const auto rotation = Rotation::create(turns, apia.zone).value();
    const auto thursday = rotation.turn_at(apia("2011-12-29 12:00"));
    CHECK(rotation.turn_start(thursday + 1) == rotation.turn_start(thursday + 2));
    CHECK(rotation.turn_at(apia("2011-12-31 00:00")) == thursday + 2);
    CHECK(rotation.turn_at(apia("2011-12-31 00:00") - Duration{1}) == thursday);
}

TEST_CASE("a layer that can yield nobody has no rotation") {
    const auto zone = Zone{};
    const auto good = layer(Timestamp{}, one_day, {1});
    CHECK(Rotation::create(good, zone).has_value());

    auto bad = good;
    bad.users.clear();
    CHECK_FALSE(Rotation::create(bad, zone).has_value());

    using Limits = std::numeric_limits<std::int64_t>;
    for (const auto length :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{59}, Limits::min(), Limits::max()}) {
        bad = good;
        bad.rotation_turn_length_seconds = length;
        CHECK_FALSE(Rotation::create(bad, zone).has_value());
    }
    for (const auto start : {Timestamp::min(), Timestamp::max()}) {
        bad = good;
        bad.rotation_virtual_start = start;
        CHECK_FALSE(Rotation::create(bad, zone).has_value());
    }
}

}  // namespace callboard
