#include "base/clock.h"

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("a clock that is held moves only when it is told to") {
    AdjustableClock clock;
    auto before = clock.now();
    clock.advance(hours{1});
    CHECK(clock.now() >= before + hours{1});
    auto noon = std::chrono::sys_days{std::chrono::year{2037} / 3 / 29} + hours{12};
    clock.hold(noon);
    CHECK(clock.now() == noon);
    clock.advance(minutes{1});
    CHECK(clock.now() == noon + minutes{1});
}

TEST_CASE("a system clock that was set back is waited for, and time goes a tenth slower meanwhile") {
    auto noon = std::chrono::sys_days{std::chrono::year{2037} / 3 / 29} + hours{12};
    Timestamp wall = noon;
    Duration running{0};
    ForwardClock clock([&] { return wall; }, [&] { return running; });
    auto pass = [&](Duration by) {
        wall += by;
        running += by;
        return clock.now();
    };
    CHECK(clock.now() == noon);
    CHECK(pass(minutes{10}) == noon + minutes{10});

    wall -= hours{1};
    CHECK(clock.now() == noon + minutes{10});
    CHECK(pass(minutes{20}) == noon + minutes{28});
    CHECK(pass(minutes{40}) == noon + minutes{64});
    CHECK(pass(minutes{540}) == noon + minutes{550});
    CHECK(wall == noon + minutes{550});
    CHECK(pass(minutes{1}) == noon + minutes{551});

    wall += hours{5};
    CHECK(clock.now() == wall);
}

TEST_CASE("a system clock that was wrong altogether is followed") {
    auto noon = std::chrono::sys_days{std::chrono::year{2037} / 3 / 29} + hours{12};
    Timestamp wall = noon;
    ForwardClock clock([&] { return wall; }, [] { return Duration{0}; });
    CHECK(clock.now() == noon);

    wall -= hours{3};
    CHECK(clock.now() == noon - hours{3});
    clock.go_on_from(noon + days{365});
    CHECK(clock.now() == noon - hours{3});
}

TEST_CASE("after a start time goes on from where it was") {
    auto noon = std::chrono::sys_days{std::chrono::year{2037} / 3 / 29} + hours{12};
    Timestamp wall = noon;
    Duration running{0};
    ForwardClock clock([&] { return wall; }, [&] { return running; });

    clock.go_on_from(noon + minutes{5});

    CHECK(clock.now() == noon + minutes{5});
    wall += minutes{2};
    running += minutes{2};
    CHECK(clock.now() == noon + minutes{5} + seconds{108});
    // Nobody looked for so long that the system's has caught up.
    wall += minutes{10};
    running += minutes{10};
    CHECK(clock.now() == wall);
}

}  // namespace callboard
