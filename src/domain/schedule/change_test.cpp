#include "domain/schedule/change.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp now = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + hours{12};

ScheduleLayer layer_of(LayerKey id, Timestamp start, std::optional<Timestamp> end = std::nullopt) {
    ScheduleLayer layer;
    layer.id = id;
    layer.start = start;
    layer.end = end;
    return layer;
}

}  // namespace

TEST_CASE("a layer that is left out ends now and stays") {
    std::vector stored{layer_of(1, now - days{1}), layer_of(2, now - days{1})};

    auto layers = replaced_layers(stored, {layer_of(2, now - days{1}), layer_of(0, now)}, now);

    REQUIRE(layers.size() == 3);
    CHECK(layers[0].id == 1);
    CHECK(layers[0].end == now);
    CHECK(layers[1].id == 2);
    CHECK(!layers[1].end);
    CHECK(layers[2].id == 0);
}

TEST_CASE("a layer that is left out before it began ends where it would have started") {
    auto layers = replaced_layers({layer_of(1, now + days{1})}, {}, now);

    REQUIRE(layers.size() == 1);
    CHECK(layers[0].end == now + days{1});
}

TEST_CASE("a layer that had ended keeps its end when it is left out") {
    auto layers = replaced_layers({layer_of(1, now - days{2}, now - days{1})}, {}, now);

    REQUIRE(layers.size() == 1);
    CHECK(layers[0].end == now - days{1});
}

TEST_CASE("layers that are over do not count against the limits, one that ends before it starts is judged") {
    Schedule schedule;
    schedule.schedule_layers = {layer_of(1, now - days{2}, now - days{1}),
                                layer_of(2, now + days{1}, now + days{1}),
                                layer_of(3, now - days{1}, now - days{2}),
                                layer_of(4, now - days{1})};

    auto left = without_ended_layers(schedule, now);

    REQUIRE(left.schedule_layers.size() == 2);
    CHECK(left.schedule_layers[0].id == 3);
    CHECK(left.schedule_layers[1].id == 4);
}

TEST_CASE("an override is erased before it begins, cut while it runs and kept once it is over") {
    ScheduleOverride override_;
    override_.start = now;
    override_.end = now + hours{1};

    CHECK(removal_of(override_, now - hours{1}) == Removal::erase);
    CHECK(removal_of(override_, now) == Removal::cut);
    CHECK(removal_of(override_, now + hours{1}) == Removal::refuse);
}

}  // namespace callboard
