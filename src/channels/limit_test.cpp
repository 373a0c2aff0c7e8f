#include "channels/limit.h"

#include <doctest/doctest.h>

namespace callboard::channels {

namespace {

const Timestamp noon = parse_iso8601("2026-03-29T12:00:00Z")->at;

int begun_at(Limit& limit, Timestamp now, int wanted) {
    int begun = 0;
    for (int i = 0; i < wanted; ++i)
        if (!limit.begin(now)) ++begun;
    return begun;
}

}  // namespace

TEST_CASE("a provider without limits always has room") {
    Limit limit({});
    CHECK(begun_at(limit, noon, 1'000) == 1'000);
    CHECK_FALSE(limit.throttle(noon));
}

TEST_CASE(
    "no more messages begin in any second than a provider takes, and the next may when the first is a second old") {
    Limit limit({.per_second = 3});
    CHECK(begun_at(limit, noon, 2) == 2);
    CHECK(begun_at(limit, noon + std::chrono::milliseconds{600}, 5) == 1);

    auto full = limit.throttle(noon + std::chrono::milliseconds{999});
    REQUIRE(full);
    CHECK(full->until == noon + seconds{1});
    CHECK(full->why == "takes no more than 3 a second");

    CHECK(begun_at(limit, noon + seconds{1}, 5) == 2);
    CHECK(begun_at(limit, noon + std::chrono::milliseconds{1'600}, 5) == 1);
}

TEST_CASE("the limits of a second and of a minute hold together") {
    Limit limit({.per_second = 2, .per_minute = 5});
    int begun = 0;
    for (int tenth = 0; tenth < 600; ++tenth)
        begun += begun_at(limit, noon + std::chrono::milliseconds{100 * tenth}, 3);
    CHECK(begun == 5);
    CHECK(begun_at(limit, noon + minutes{1}, 3) == 2);
}

TEST_CASE("as many as a provider takes at once are on their way, and one that ends makes room") {
    Limit limit({.at_once = 2});
    CHECK(begun_at(limit, noon, 3) == 2);
    limit.end();
    CHECK(begun_at(limit, noon, 3) == 1);
}

TEST_CASE("a provider that asks to be left alone is, but not for longer than somebody can wait") {
    Limit limit({});
    limit.pause(seconds{30}, noon);
    limit.pause(std::nullopt, noon);
    REQUIRE(limit.throttle(noon));
    CHECK(limit.throttle(noon)->until == noon + seconds{30});
    CHECK_FALSE(limit.throttle(noon + seconds{30}));

    limit.pause(seconds{86'400}, noon);
    CHECK_FALSE(limit.throttle(noon + Limit::pause_max));
}

TEST_CASE("a clock that is set back makes nobody wait for it to catch up") {
    Limit limit({.per_minute = 1});
    CHECK(begun_at(limit, noon, 1) == 1);
    CHECK_FALSE(limit.throttle(noon - hours{1}));

    limit.pause(seconds{30}, noon);
    CHECK_FALSE(limit.throttle(noon - hours{1}));
}

}  // namespace callboard::channels
