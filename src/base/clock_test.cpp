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

TEST_CASE("time never goes back: a system clock that was set back is waited for at half the speed") {
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
    CHECK(pass(minutes{20}) == noon + minutes{20});
    CHECK(pass(minutes{40}) == noon + minutes{40});
    CHECK(pass(minutes{60}) == noon + minutes{70});
    CHECK(wall == noon + minutes{70});
    CHECK(pass(minutes{1}) == noon + minutes{71});

    wall += hours{5};
    CHECK(clock.now() == wall);

    wall -= days{2};
    CHECK(clock.now() == wall);
    CHECK(pass(minutes{1}) == wall);
}

TEST_CASE("after a start time goes on from where it was") {
    auto noon = std::chrono::sys_days{std::chrono::year{2037} / 3 / 29} + hours{12};
    Timestamp wall = noon;
    Duration running{0};
    ForwardClock clock([&] { return wall; }, [&] { return running; });

    clock.go_on_from(noon + minutes{5});

    CHECK(clock.now() == noon + minutes{5});
    wall += minutes{10};
    running += minutes{10};
    CHECK(clock.now() == noon + minutes{10});
}

}  // namespace callboard
