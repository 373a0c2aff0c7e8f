#include "channels/limit.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::channels {

namespace {

/// The end of the time in which `most` may begin, when they have begun already. A clock that was set back leaves times
/// that have not come; those make nobody wait.
std::optional<Timestamp> full_until(const std::deque<Timestamp>& begun, int most, Duration window, Timestamp now) {
    if (most == 0 || begun.size() < static_cast<std::size_t>(most)) return std::nullopt;
    auto oldest = begun[begun.size() - static_cast<std::size_t>(most)];
    if (oldest > now || oldest + window <= now) return std::nullopt;
    return oldest + window;
}

}  // namespace

std::optional<Throttle> Limit::throttle(Timestamp now) const {
    std::lock_guard lock(mutex_);
    return throttle_with_lock(now);
}

std::optional<Throttle> Limit::throttle_with_lock(Timestamp now) const {
    // Longer nobody asked for: the clock was set back meanwhile.
    if (now < paused_until_ && paused_until_ <= now + pause_max)
        return Throttle{paused_until_, "asked to be left alone for a while"};
    if (auto until = full_until(begun_, config_.per_minute, minutes{1}, now))
        return Throttle{*until, fmt::format("takes no more than {} a minute", config_.per_minute)};
    if (auto until = full_until(begun_, config_.per_second, seconds{1}, now))
        return Throttle{*until, fmt::format("takes no more than {} a second", config_.per_second)};
    if (config_.at_once > 0 && on_their_way_ >= config_.at_once)
        return Throttle{now + at_once_pause, fmt::format("takes no more than {} at once", config_.at_once)};
    return std::nullopt;
}

std::optional<Throttle> Limit::begin(Timestamp now) {
    std::lock_guard lock(mutex_);
    if (auto full = throttle_with_lock(now)) return full;
    ++on_their_way_;
    begun_.push_back(now);
    while (begun_.size() > static_cast<std::size_t>(std::max(config_.per_minute, config_.per_second)))
        begun_.pop_front();
    return std::nullopt;
}

void Limit::end() {
    std::lock_guard lock(mutex_);
    --on_their_way_;
}

void Limit::pause(std::optional<seconds> length, Timestamp now) {
    std::lock_guard lock(mutex_);
    auto until = now + std::clamp(length.value_or(seconds{1}), seconds{1}, pause_max);
    paused_until_ = std::max(paused_until_, until);
}

}  // namespace callboard::channels
