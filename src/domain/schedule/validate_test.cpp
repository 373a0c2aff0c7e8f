#include "domain/schedule/validate.h"

#include <functional>
#include <limits>

#include <doctest/doctest.h>

namespace callboard {

namespace {

using Errors = std::vector<std::string>;

ScheduleLayer good_layer() {
    auto layer = ScheduleLayer{};
    layer.name = "Nights";
    layer.rotation_turn_length_seconds = 86'400;
    layer.users = {1, 2};
    return layer;
}

Errors errors_after(const std::function<void(Schedule&, ScheduleLayer&)>& change) {
    auto schedule = Schedule{.time_zone = "Europe/Madrid", .schedule_layers = {good_layer()}};
    auto layer = good_layer();
    change(schedule, layer);
    schedule.schedule_layers.push_back(layer);
    return validate(schedule);
}

Errors errors_of(const Restriction& restriction) {
    return errors_after(
        [&](Schedule&, ScheduleLayer& layer) { layer.restrictions = {restriction}; });
}

constexpr auto daily = RestrictionType::daily_restriction;
constexpr auto weekly = RestrictionType::weekly_restriction;

}  // namespace

TEST_CASE("a sensible schedule has no errors") {
    CHECK(errors_after([](Schedule&, ScheduleLayer&) {}).empty());
    CHECK(errors_after([](Schedule&, ScheduleLayer& layer) { layer.users.clear(); }).empty());
    CHECK(validate(Schedule{.time_zone = "UTC", .schedule_layers = {}}).empty());
}

TEST_CASE("the time zone must exist") {
    CHECK(errors_after([](Schedule& schedule, ScheduleLayer&) {
              schedule.time_zone = "Mars/Olympus";
          }) == Errors{"Time zone is not a known time zone"});
}

TEST_CASE("a turn is at least a minute and at most a century") {
    const auto errors_of_length = [](std::int64_t length) {
        return errors_after(
            [&](Schedule&, ScheduleLayer& layer) { layer.rotation_turn_length_seconds = length; });
    };
    CHECK(errors_of_length(0) == Errors{"Rotation turn length seconds must be greater than 0"});
    CHECK(errors_of_length(-86'400) ==
          Errors{"Rotation turn length seconds must be greater than 0"});
    CHECK(errors_of_length(59) ==
          Errors{"Rotation turn length seconds must be greater than or equal to 60"});
    CHECK(errors_of_length(60).empty());
    CHECK(errors_of_length(turn_length_seconds_max).empty());
    CHECK(errors_of_length(std::numeric_limits<std::int64_t>::max()) ==
          Errors{"Rotation turn length seconds must be less than or equal to 3153600000"});
}

TEST_CASE("the virtual start is a whole minute, also before 1970") {
    const auto errors_of_start = [](seconds since_1970) {
        return errors_after([&](Schedule&, ScheduleLayer& layer) {
            layer.rotation_virtual_start = Timestamp{since_1970};
        });
    };
    CHECK(errors_of_start(seconds{-120}).empty());
    CHECK(errors_of_start(seconds{-121}) ==
          Errors{"Rotation virtual start must be on a whole minute"});
    CHECK(errors_of_start(seconds{61}) ==
          Errors{"Rotation virtual start must be on a whole minute"});
}

TEST_CASE("a restriction lasts between a second and its whole day or week") {
    const auto daily_error =
        Errors{"Duration seconds must be between 1 and 86400 for a daily restriction"};
    const auto weekly_error =
        Errors{"Duration seconds must be between 1 and 604800 for a weekly restriction"};
    CHECK(errors_of({.type = daily, .duration_seconds = 0}) == daily_error);
    CHECK(errors_of({.type = daily, .duration_seconds = 1}).empty());
    CHECK(errors_of({.type = daily, .duration_seconds = 86'400}).empty());
    CHECK(errors_of({.type = daily, .duration_seconds = 86'401}) == daily_error);
    CHECK(errors_of({.type = weekly, .start_day_of_week = 1, .duration_seconds = -1}) ==
          weekly_error);
    CHECK(errors_of({.type = weekly, .start_day_of_week = 1, .duration_seconds = 604'800}).empty());
    CHECK(errors_of({.type = weekly, .start_day_of_week = 1, .duration_seconds = 604'801}) ==
          weekly_error);
}

TEST_CASE("a weekly restriction needs a day of the week, a daily one does not") {
    const auto error = Errors{"Start day of week must be in 1, 2, 3, 4, 5, 6, 7"};
    CHECK(errors_of({.type = weekly, .duration_seconds = 3'600}) == error);
    CHECK(errors_of({.type = weekly, .start_day_of_week = 0, .duration_seconds = 3'600}) == error);
    CHECK(errors_of({.type = weekly, .start_day_of_week = 7, .duration_seconds = 3'600}).empty());
    CHECK(errors_of({.type = weekly, .start_day_of_week = 8, .duration_seconds = 3'600}) == error);
    CHECK(errors_of({.type = daily, .duration_seconds = 3'600}).empty());
}

TEST_CASE("a restriction starts at a time of day") {
    const auto error = Errors{"Start time of day must be between 00:00:00 and 23:59:59"};
    CHECK(errors_of({.start_time_of_day = seconds{-1}, .duration_seconds = 1}) == error);
    CHECK(errors_of({.start_time_of_day = seconds{86'399}, .duration_seconds = 1}).empty());
    CHECK(errors_of({.start_time_of_day = seconds{86'400}, .duration_seconds = 1}) == error);
}

TEST_CASE("a layer does not end before it starts, but may end at its start") {
    const auto errors_of_end = [](seconds end) {
        return errors_after([&](Schedule&, ScheduleLayer& layer) {
            layer.start = Timestamp{seconds{100}};
            layer.end = Timestamp{end};
        });
    };
    CHECK(errors_of_end(seconds{99}) == Errors{"Layer must end after its start"});
    CHECK(errors_of_end(seconds{100}).empty());
}

TEST_CASE("numbers of layers and restrictions and the length of a layer's name have limits") {
    const auto layers = [](std::size_t count) {
        return errors_after([&](Schedule& schedule, ScheduleLayer& layer) {
            schedule.schedule_layers.assign(count - 1, layer);
        });
    };
    CHECK(layers(60).empty());
    CHECK(layers(61) == Errors{"Schedule layers may have at most 60 layers"});

    CHECK(errors_after([](Schedule&, ScheduleLayer& layer) {
              layer.restrictions.assign(101, Restriction{.duration_seconds = 60});
          }) == Errors{"Restrictions may have at most 100 restrictions per layer"});

    const auto named = [](std::size_t characters) {
        return errors_after([&](Schedule&, ScheduleLayer& layer) {
            layer.name.clear();
            for (std::size_t i = 0; i < characters; ++i)
                layer.name += "é";
        });
    };
    CHECK(named(100).empty());
    CHECK(named(101) == Errors{"Layer name is too long (maximum is 100 characters)"});
}

TEST_CASE("every fault is named, each once") {
    CHECK(errors_after([](Schedule& schedule, ScheduleLayer& layer) {
              layer.rotation_turn_length_seconds = 0;
              layer.restrictions = {{.type = weekly, .duration_seconds = 0}};
              schedule.schedule_layers.assign(2, layer);
          }) == Errors{"Rotation turn length seconds must be greater than 0",
                       "Duration seconds must be between 1 and 604800 for a weekly restriction",
                       "Start day of week must be in 1, 2, 3, 4, 5, 6, 7"});
}

TEST_CASE("an override ends after its start") {
    auto override_ = Override{.start = Timestamp{seconds{10}}, .end = Timestamp{seconds{11}}};
    CHECK(validate(override_).empty());
    override_.end = override_.start;
    CHECK(validate(override_) == Errors{"Override must end after its start"});
    override_.end = override_.start - seconds{1};
    CHECK(validate(override_) == Errors{"Override must end after its start"});
}

}  // namespace callboard
