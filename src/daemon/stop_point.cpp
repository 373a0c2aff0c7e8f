#include "daemon/stop_point.h"

#include <algorithm>
#include <array>
#include <csignal>

namespace callboard {

namespace {

constexpr std::array<std::string_view, 8> steps{
    "decided", "committed", "claimed", "sent", "recorded", "hook_claimed", "hook_sent", "hook_recorded"};

int number_of(std::string_view step) {
    auto found = std::find(steps.begin(), steps.end(), step);
    return found == steps.end() ? -1 : static_cast<int>(found - steps.begin());
}

}  // namespace

bool StopPoints::arm(std::string_view step) {
    auto number = number_of(step);
    armed_ = number;
    return number >= 0;
}

void StopPoints::pass(std::string_view step) noexcept {
    auto armed = armed_.load(std::memory_order_relaxed);
    // Every thread of the process stops; only SIGCONT or SIGKILL get through.
    if (armed >= 0 && armed == number_of(step)) std::raise(SIGSTOP);
}

}  // namespace callboard
