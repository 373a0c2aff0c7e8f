#pragma once
// For tests of crashes: the process stops dead at a named step of the way of a page or a webhook, as if it hung there,
// until somebody kills it. Without --clock-control nobody can ask for that and passing a step costs one comparison.

#include <atomic>
#include <functional>
#include <string_view>

namespace callboard {

/// Called at "decided" (before the commit), "committed" (it is due), "claimed", "sent" and "recorded" of a page, and at
/// the last three of a webhook or what is told in a channel: "hook_claimed", "hook_sent", "hook_recorded".
using StopPoint = std::function<void(std::string_view step)>;

class StopPoints {
public:
    /// At which step, from now on; false when there is none of that name.
    bool arm(std::string_view step);
    void pass(std::string_view step) noexcept;

private:
    std::atomic<int> armed_{-1};
};

/// `stops` outlives it.
inline StopPoint stop_point_of(StopPoints& stops) {
    return [&stops](std::string_view step) { stops.pass(step); };
}

}  // namespace callboard
