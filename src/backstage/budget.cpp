#include "backstage/budget.h"

#include <algorithm>
#include <cmath>

namespace callboard::backstage {

/// Under the mutex.
void Budget::fill(Timestamp now) {
    auto passed = static_cast<double>((now - filled_at_).count());
    tokens_ = std::min(burst(), tokens_ + std::max(passed, 0.0) * per_micro());
    filled_at_ = now;
}

std::optional<seconds> Budget::take(Timestamp now) {
    std::lock_guard lock(mutex_);
    if (now < closed_until_) return std::chrono::ceil<seconds>(closed_until_ - now);
    fill(now);
    if (tokens_ < 1) return seconds{std::max<long>(std::lround(std::ceil((1 - tokens_) / per_micro() / 1e6)), 1)};
    tokens_ -= 1;
    return std::nullopt;
}

bool Budget::is_scarce(Timestamp now) {
    std::lock_guard lock(mutex_);
    fill(now);
    return tokens_ < burst() / 2;
}

void Budget::wait_until(Timestamp at) {
    std::lock_guard lock(mutex_);
    closed_until_ = std::max(closed_until_, at);
}

}  // namespace callboard::backstage
