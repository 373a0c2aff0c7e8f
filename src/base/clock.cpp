#include "base/clock.h"

namespace callboard {

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Timestamp AdjustableClock::now() const { return SystemClock{}.now() + Duration{offset_.load()}; }

}  // namespace callboard
