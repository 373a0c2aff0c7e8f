#include "domain/schedule/history.h"
#include "domain/schedule/render.h"
#include "domain/schedule/schedule_test_kit.h"

#include <doctest/doctest.h>

namespace callboard {

using namespace test;

namespace {

const std::vector<Override> no_overrides;

/// User 1 and 2 change daily at midnight; from Wednesday noon on it is user 3 alone.
struct Changed {
    Place utc{"UTC"};
    std::vector<ScheduleVersion> versions;

    Changed() {
        Schedule schedule{.time_zone = "UTC", .schedule_layers = {layer(utc("2026-06-01 00:00"), one_day, {1, 2})}};
        schedule.schedule_layers[0].id = 7;
        versions.push_back({utc("2026-06-01 08:00"), schedule});
        schedule.schedule_layers[0].users = {3};
        versions.push_back({utc("2026-06-03 12:00"), schedule});
    }

    [[nodiscard]] ScheduleHistory history() const { return ScheduleHistory(versions); }
};

}  // namespace

TEST_CASE("a change of a schedule leaves the past as it was") {
    Changed changed;

    auto entries =
        final_entries(changed.history(), no_overrides, changed.utc.window("2026-06-02 00:00", "2026-06-05 00:00"));

    CHECK(changed.utc.text(entries) == "Tue 06-02 00:00 - Wed 06-03 00:00  2\n"
                                       "Wed 06-03 00:00 - Wed 06-03 12:00  1\n"
                                       "Wed 06-03 12:00 - Fri 06-05 00:00  3\n");
    CHECK(on_call_at(changed.history(), no_overrides, changed.utc("2026-06-03 11:59")) == 1);
    CHECK(on_call_at(changed.history(), no_overrides, changed.utc("2026-06-03 12:00")) == 3);
}

TEST_CASE("the first version of a schedule counts for the time before it as well") {
    Changed changed;

    CHECK(on_call_at(changed.history(), no_overrides, changed.utc("2026-05-01 00:00")) == 2);
}

TEST_CASE("the entries of a layer are found by its id through all versions") {
    Changed changed;
    auto added = layer(changed.utc("2026-06-03 13:00"), one_day, {4});
    added.id = 8;
    added.start = changed.utc("2026-06-03 13:00");
    auto& layers = changed.versions.back().object.schedule_layers;
    layers.insert(layers.begin(), added);

    auto rendered = render(changed.history(), no_overrides, changed.utc.window("2026-06-03 00:00", "2026-06-04 00:00"));

    CHECK(changed.utc.text(rendered.schedule_layers[0].rendered_schedule_entries) ==
          "Wed 06-03 13:00 - Thu 06-04 00:00  4\n");
    CHECK(changed.utc.text(rendered.schedule_layers[1].rendered_schedule_entries) ==
          "Wed 06-03 00:00 - Wed 06-03 12:00  1\nWed 06-03 12:00 - Thu 06-04 00:00  3\n");
}

TEST_CASE("a turn that goes on across a change stays one entry") {
    Changed changed;
    // Wednesday is turn 2: user 1 of the two people before, and user 1 of these.
    changed.versions.back().object.schedule_layers[0].users = {4, 2, 1};

    auto rendered = render(changed.history(), no_overrides, changed.utc.window("2026-06-03 00:00", "2026-06-03 18:00"));

    CHECK(changed.utc.text(rendered.schedule_layers[0].rendered_schedule_entries) ==
          "Wed 06-03 00:00 - Wed 06-03 18:00  1\n");
}

TEST_CASE("a shift that a change began starts with the change") {
    Changed changed;

    auto shift = shift_at(changed.history(), no_overrides, changed.utc("2026-06-04 00:00"));

    REQUIRE(shift);
    CHECK(shift->start == changed.utc("2026-06-03 12:00"));
    CHECK(!shift->end);
}

TEST_CASE("another time zone does not move the hand-offs of the past") {
    auto utc = Place{"UTC"};
    Schedule schedule{.time_zone = "UTC", .schedule_layers = {layer(utc("2026-06-01 00:00"), one_day, {1, 2})}};
    schedule.schedule_layers[0].restrictions = {daily(hours{9}, hours{8})};
    std::vector<ScheduleVersion> versions{{utc("2026-06-01 00:00"), schedule}};
    schedule.time_zone = "Asia/Kolkata";
    versions.push_back({utc("2026-06-02 00:00"), schedule});

    auto entries =
        final_entries(ScheduleHistory(versions), no_overrides, utc.window("2026-06-01 00:00", "2026-06-03 00:00"));

    CHECK(utc.text(entries) == "Mon 06-01 09:00 - Mon 06-01 17:00  1\nTue 06-02 03:30 - Tue 06-02 11:30  2\n");
}

}  // namespace callboard
