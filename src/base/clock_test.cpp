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

}  // namespace callboard
