#include "base/clock.h"

namespace callboard {

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Timestamp AdjustableClock::now() const {
    if (auto held = held_at_.load()) return from_micros(held);
    return SystemClock{}.now() + Duration{offset_.load()};
}

void AdjustableClock::advance(Duration by) {
    offset_ += by.count();
    if (held_at_.load()) held_at_ += by.count();
}

}  // namespace callboard
