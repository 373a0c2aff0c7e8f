#pragma once
// A schedule through time. A change holds from the moment it is made: what people saw and did before stays true, so
// the past is rendered from the versions that were valid then, and the future from the latest one.

#include "base/version.h"
#include "domain/schedule/schedule.h"

#include <span>
#include <vector>

namespace callboard {

using ScheduleVersion = Version<Schedule>;

/// A handle, as cheap to copy as a span; the schedules must outlive it.
class ScheduleHistory {
public:
    /// A schedule that never was any different.
    ScheduleHistory(const Schedule& schedule) : only_(&schedule) {}  // NOLINT(google-explicit-constructor)

    /// Oldest first, at least one. The first one counts for all the time before it as well: a new schedule may say who
    /// has been on call so far.
    explicit ScheduleHistory(std::span<const ScheduleVersion> versions) : versions_(versions) {}

    /// A part of a window and the version that is valid in it.
    struct Stretch {
        Window window;
        const Schedule* schedule = nullptr;
    };

    /// The parts that make up `window`, in order, each with a version of its own; none for an empty window.
    [[nodiscard]] std::vector<Stretch> stretches(Window window) const;

    [[nodiscard]] const Schedule& at(Timestamp t) const;

    [[nodiscard]] const Schedule& latest() const;

private:
    const Schedule* only_ = nullptr;
    std::span<const ScheduleVersion> versions_;
};

}  // namespace callboard
