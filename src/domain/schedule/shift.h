#pragma once
// Shifts: the whole, unbroken stretches during which one person is on call by the final schedule.
// Where a rendered window shows pieces, a shift has its true beginning and end, also beyond any
// window. These serve the on-call list, hand-off notices and "when am I next".
//
// Ends are looked for up to a year away (render_reach_max), step by step, so that the usual answer,
// a few days off, is cheap and a rotation of one person still ends the search.

#include "domain/schedule/history.h"
#include "domain/schedule/schedule.h"

#include <optional>
#include <span>
#include <vector>

namespace callboard {

struct Shift {
    /// Absent: the shift began more than a year before the instants asked about.
    std::optional<Timestamp> start = {};
    /// Absent: the shift goes on for more than a year, as far as anybody planned for ever.
    std::optional<Timestamp> end = {};
    UserKey user = 0;

    bool operator==(const Shift&) const = default;
};

/// The shifts that overlap `window`, in order, none of them cut. Long windows are shortened as in
/// render().
std::vector<Shift> shifts(const ScheduleHistory& history, std::span<const Override> overrides, Window window);

/// The shift that is running at `t`; absent when nobody is on call.
std::optional<Shift> shift_at(const ScheduleHistory& history, std::span<const Override> overrides, Timestamp t);

/// The first instant after `t` at which another person, or nobody, or somebody again, is on call.
/// Absent when nothing changes within a year.
std::optional<Timestamp>
next_change_after(const ScheduleHistory& history, std::span<const Override> overrides, Timestamp t);

/// The user's first shift that begins after `after`, within a year; one that is running does not
/// count. (REST: `next_oncall_for_user`.)
std::optional<Shift>
next_on_call(const ScheduleHistory& history, std::span<const Override> overrides, UserKey user, Timestamp after);

}  // namespace callboard
