#include "domain/schedule/render.h"

#include "domain/schedule/schedule_test_kit.h"

#include <limits>

#include <doctest/doctest.h>

namespace callboard {

using namespace test;

namespace {

Schedule schedule_in(std::string_view zone, std::vector<ScheduleLayer> layers) {
    return {.time_zone = std::string{zone}, .schedule_layers = std::move(layers)};
}

Override override_of(Window stretch, UserKey user, std::int64_t made_order) {
    return {.id = made_order,
            .start = stretch.since,
            .end = stretch.until,
            .user = user,
            .made_order = made_order};
}

const std::vector<Override> no_overrides;

std::string final_text(const Place& place,
                       const Schedule& schedule,
                       const std::vector<Override>& overrides,
                       Window window,
                       Overflow overflow = Overflow::cut) {
    const auto rendered = render(schedule, overrides, window, overflow);
    return place.text(rendered.final_schedule.rendered_schedule_entries);
}

}  // namespace

TEST_CASE("people take turns, and the window cuts the first and the last") {
    const auto madrid = Place{"Europe/Madrid"};
    const auto schedule =
        schedule_in("Europe/Madrid", {layer(madrid("2026-03-02 09:00"), one_day, {1, 2, 3})});
    const auto rendered =
        render(schedule, no_overrides, madrid.window("2026-03-28 00:00", "2026-03-30 12:00"));

    CHECK(madrid.text(rendered.final_schedule.rendered_schedule_entries) ==
          "Sat 03-28 00:00 - Sat 03-28 09:00  2\n"
          "Sat 03-28 09:00 - Sun 03-29 09:00  3\n"
          "Sun 03-29 09:00 - Mon 03-30 09:00  1\n"
          "Mon 03-30 09:00 - Mon 03-30 12:00  2\n");
    CHECK(rendered.final_schedule.rendered_coverage_percentage == 100.0);
    CHECK(rendered.schedule_layers[0] == rendered.final_schedule);
    CHECK(rendered.overrides_subschedule == SubSchedule{});
}

TEST_CASE("overflow shows the entries at the edges whole") {
    // The example of the API's documentation: a daily hand-off at midnight and a window of four
    // hours.
    const auto utc = Place{"UTC"};
    const auto schedule = schedule_in("UTC", {layer(utc("2011-05-01 00:00"), one_day, {1, 2})});
    const auto window = utc.window("2011-06-01 10:00", "2011-06-01 14:00");
    CHECK(final_text(utc, schedule, no_overrides, window) ==
          "Wed 06-01 10:00 - Wed 06-01 14:00  2\n");
    CHECK(final_text(utc, schedule, no_overrides, window, Overflow::whole) ==
          "Wed 06-01 00:00 - Thu 06-02 00:00  2\n");

    // Beyond the window, too, an override takes its part of the turn.
    const auto overrides =
        std::vector{override_of(utc.window("2011-06-01 20:00", "2011-06-03 00:00"), 9, 1)};
    CHECK(final_text(utc, schedule, overrides, window, Overflow::whole) ==
          "Wed 06-01 00:00 - Wed 06-01 20:00  2\n");
    const auto rendered = render(schedule, overrides, window, Overflow::whole);
    CHECK(rendered.overrides_subschedule.rendered_schedule_entries.empty());
    CHECK(utc.text(rendered.schedule_layers[0].rendered_schedule_entries) ==
          "Wed 06-01 00:00 - Thu 06-02 00:00  2\n");
    CHECK(rendered.final_schedule.rendered_coverage_percentage == 100.0);
}

TEST_CASE("coverage is measured on the window, with and without overflow") {
    const auto utc = Place{"UTC"};
    auto office = layer(utc("2026-06-01 00:00"), one_day, {1});
    office.restrictions = {daily(hours{9}, hours{6})};
    const auto schedule = schedule_in("UTC", {office, layer(utc("2026-06-01 00:00"), one_day, {})});
    const auto window = utc.window("2026-06-01 12:00", "2026-06-02 12:00");
    for (const auto overflow : {Overflow::cut, Overflow::whole}) {
        const auto rendered = render(schedule, no_overrides, window, overflow);
        CHECK(rendered.schedule_layers[0].rendered_coverage_percentage == 25.0);
        CHECK(rendered.schedule_layers[1].rendered_coverage_percentage == 0.0);
        CHECK(rendered.final_schedule.rendered_coverage_percentage == 25.0);
    }
}

TEST_CASE("a layer shows every turn, the final schedule joins the turns of one person") {
    const auto utc = Place{"UTC"};
    const auto schedule = schedule_in("UTC", {layer(utc("2026-06-01 00:00"), one_day, {1, 1, 2})});
    const auto rendered =
        render(schedule, no_overrides, utc.window("2026-06-01 00:00", "2026-06-04 00:00"));
    CHECK(utc.text(rendered.schedule_layers[0].rendered_schedule_entries) ==
          "Mon 06-01 00:00 - Tue 06-02 00:00  1\n"
          "Tue 06-02 00:00 - Wed 06-03 00:00  1\n"
          "Wed 06-03 00:00 - Thu 06-04 00:00  2\n");
    CHECK(utc.text(rendered.final_schedule.rendered_schedule_entries) ==
          "Mon 06-01 00:00 - Wed 06-03 00:00  1\n"
          "Wed 06-03 00:00 - Thu 06-04 00:00  2\n");
}

TEST_CASE("the last-created layer that yields somebody wins, and leaves the rest to those below") {
    const auto madrid = Place{"Europe/Madrid"};
    auto nights = layer(madrid("2026-06-01 00:00"), one_week, {20, 21});
    nights.restrictions = {daily(hours{22}, hours{10})};
    auto weekend = layer(madrid("2026-06-01 00:00"), one_week, {30});
    weekend.restrictions = {weekly(6, hours{0}, hours{48})};
    const auto schedule = schedule_in(
        "Europe/Madrid", {layer(madrid("2026-06-01 00:00"), one_week, {10}), nights, weekend});

    CHECK(final_text(madrid,
                     schedule,
                     no_overrides,
                     madrid.window("2026-06-05 12:00", "2026-06-08 12:00")) ==
          "Fri 06-05 12:00 - Fri 06-05 22:00  10\n"
          "Fri 06-05 22:00 - Sat 06-06 00:00  20\n"
          "Sat 06-06 00:00 - Mon 06-08 00:00  30\n"
          "Mon 06-08 00:00 - Mon 06-08 08:00  21\n"
          "Mon 06-08 08:00 - Mon 06-08 12:00  10\n");
}

TEST_CASE("the turn changes inside an opening, and the layer shows both") {
    const auto madrid = Place{"Europe/Madrid"};
    auto nights = layer(madrid("2026-03-02 02:00"), one_day, {1, 2});
    nights.restrictions = {daily(hours{22}, hours{8})};
    CHECK(final_text(madrid,
                     schedule_in("Europe/Madrid", {nights}),
                     no_overrides,
                     madrid.window("2026-03-28 12:00", "2026-03-29 12:00")) ==
          "Sat 03-28 22:00 - Sun 03-29 03:00  1\n"
          "Sun 03-29 03:00 - Sun 03-29 06:00  2\n");
}

TEST_CASE("a layer yields nobody before its start, from its end on, or without users") {
    const auto utc = Place{"UTC"};
    auto past = layer(utc("2026-06-01 00:00"), one_day, {1, 2, 3});
    past.start = utc("2026-05-30 12:00");
    past.end = utc("2026-06-01 12:00");
    auto schedule = schedule_in("UTC", {past});
    const auto window = utc.window("2026-05-29 00:00", "2026-06-03 00:00");
    // Turns before the virtual start count backwards through the users.
    CHECK(final_text(utc, schedule, no_overrides, window) ==
          "Sat 05-30 12:00 - Sun 05-31 00:00  2\n"
          "Sun 05-31 00:00 - Mon 06-01 00:00  3\n"
          "Mon 06-01 00:00 - Mon 06-01 12:00  1\n");
    CHECK_FALSE(on_call_at(schedule, no_overrides, *past.end).has_value());
    CHECK(on_call_at(schedule, no_overrides, *past.end - Duration{1}) == 1);
    CHECK(on_call_at(schedule, no_overrides, past.start) == 2);
    CHECK_FALSE(on_call_at(schedule, no_overrides, past.start - Duration{1}).has_value());

    schedule.schedule_layers[0].end = past.start;
    CHECK(final_text(utc, schedule, no_overrides, window).empty());
    schedule.schedule_layers[0].end.reset();
    schedule.schedule_layers[0].users.clear();
    CHECK(final_text(utc, schedule, no_overrides, window).empty());
}

TEST_CASE("of overlapping overrides the later-made one wins, whatever their order in the list") {
    const auto utc = Place{"UTC"};
    const auto schedule = schedule_in("UTC", {layer(utc("2026-06-01 00:00"), one_week, {1})});
    const auto window = utc.window("2026-06-01 00:00", "2026-06-02 00:00");
    const auto long_one = override_of(utc.window("2026-06-01 06:00", "2026-06-01 18:00"), 7, 1);
    const auto short_one = override_of(utc.window("2026-06-01 10:00", "2026-06-01 12:00"), 8, 2);

    for (const auto& overrides :
         {std::vector{long_one, short_one}, std::vector{short_one, long_one}}) {
        const auto rendered = render(schedule, overrides, window);
        const auto split = std::string{"Mon 06-01 06:00 - Mon 06-01 10:00  7\n"
                                       "Mon 06-01 10:00 - Mon 06-01 12:00  8\n"
                                       "Mon 06-01 12:00 - Mon 06-01 18:00  7\n"};
        CHECK(utc.text(rendered.overrides_subschedule.rendered_schedule_entries) == split);
        CHECK(rendered.overrides_subschedule.rendered_coverage_percentage == 50.0);
        CHECK(utc.text(rendered.final_schedule.rendered_schedule_entries) ==
              "Mon 06-01 00:00 - Mon 06-01 06:00  1\n" + split +
                  "Mon 06-01 18:00 - Tue 06-02 00:00  1\n");
        CHECK(on_call_at(schedule, overrides, utc("2026-06-01 11:00")) == 8);
        CHECK(on_call_at(schedule, overrides, utc("2026-06-01 12:00")) == 7);
    }
}

TEST_CASE("an override fills a gap, and one that ends before it starts is nothing") {
    const auto utc = Place{"UTC"};
    const auto schedule = schedule_in("UTC", {});
    const auto overrides =
        std::vector{override_of(utc.window("2026-06-01 06:00", "2026-06-01 07:00"), 7, 1),
                    override_of(utc.window("2026-06-01 09:00", "2026-06-01 08:00"), 8, 2)};
    CHECK(
        final_text(utc, schedule, overrides, utc.window("2026-06-01 00:00", "2026-06-02 00:00")) ==
        "Mon 06-01 06:00 - Mon 06-01 07:00  7\n");
    CHECK_FALSE(on_call_at(schedule, overrides, utc("2026-06-01 08:30")).has_value());
}

TEST_CASE("an unknown time zone counts as UTC, so that somebody is on call") {
    const auto utc = Place{"UTC"};
    const auto schedule =
        schedule_in("Mars/Olympus", {layer(utc("2026-06-01 00:00"), one_day, {1, 2})});
    CHECK(on_call_at(schedule, no_overrides, utc("2026-06-02 12:00")) == 2);
}

TEST_CASE("an empty or backward window renders to nothing") {
    const auto utc = Place{"UTC"};
    const auto schedule = schedule_in("UTC", {layer(utc("2026-06-01 00:00"), one_day, {1})});
    for (const auto& window : {utc.window("2026-06-01 00:00", "2026-06-01 00:00"),
                               utc.window("2026-06-02 00:00", "2026-06-01 00:00")}) {
        const auto rendered = render(schedule, no_overrides, window, Overflow::whole);
        CHECK(rendered.schedule_layers == std::vector{SubSchedule{}});
        CHECK(rendered.final_schedule == SubSchedule{});
        CHECK(final_entries(schedule, no_overrides, window).empty());
    }
}

TEST_CASE("absurd schedules and windows end soon and do no harm") {
    const auto utc = Place{"UTC"};
    const auto ever = Window{.since = Timestamp::min(), .until = Timestamp::max()};
    const auto from_now = Window{.since = utc("2026-06-01 00:00"), .until = Timestamp::max()};
    using Limits = std::numeric_limits<std::int64_t>;
    for (const auto length :
         {Limits::min(), std::int64_t{0}, std::int64_t{1}, std::int64_t{60}, Limits::max()}) {
        auto busy = layer(utc("2026-06-01 00:00"), length, {1, 2});
        busy.start = Timestamp::min();
        auto schedule = schedule_in("Europe/Madrid", {busy});
        schedule.schedule_layers.resize(schedule_layers_max, busy);
        for (const auto& window : {ever, from_now}) {
            const auto rendered = render(schedule, no_overrides, window, Overflow::whole);
            const auto yields = length == 60;
            CHECK(rendered.final_schedule.rendered_schedule_entries.empty() != yields);
            CHECK(rendered.window.until - rendered.window.since <= render_span_max);
        }
        CHECK_FALSE(on_call_at(schedule, no_overrides, Timestamp::min()).has_value());
        CHECK_FALSE(on_call_at(schedule, no_overrides, Timestamp::max()).has_value());
    }
    const auto forever =
        std::vector{Override{.start = Timestamp::min(), .end = Timestamp::max(), .user = 5}};
    const auto rendered = render(schedule_in("UTC", {}), forever, from_now, Overflow::whole);
    REQUIRE(rendered.final_schedule.rendered_schedule_entries.size() == 1);
    CHECK(rendered.final_schedule.rendered_schedule_entries[0].start ==
          from_now.since - render_reach_max);
}

}  // namespace callboard
