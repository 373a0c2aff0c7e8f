#pragma once
// Shift-based schedules (REST v3): from rotations, custom shifts and overrides to who is on call.
//
// - A rotation's events yield shifts: an event's shift begins whenever its rule says, on the wall clock of its zone,
// and
//   lasts on that clock as long as its first one. Only what lies in [effective_since, effective_until) counts.
// - rotating_member: the shifts that are left after EXDATE are counted from effective_since on; shift n is for member
//   n / shifts_per_member, over and over. every_member: all of them.
// - A custom shift is for its one member.
// - All of this counts at once: unlike layers, shifts that overlap put several people on call.
// - An override puts another member in one's place, in one rotation or one custom shift. It finds those to whom the
//   shift was given and those who stand in for them; the later-made one wins.
// - A slot may be left free on purpose; nobody is on call then.
// The past is rendered from the versions that were valid then, as for layers.

#include "domain/schedule/entries.h"
#include "domain/schedule/history.h"
#include "domain/schedule/render.h"
#include "domain/schedule/schedule.h"
#include "domain/schedule/shift.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace callboard {

// Limits of REST v3, and ours where it names none.
inline constexpr std::size_t rotation_events_max = 5;
inline constexpr std::size_t event_members_max = 20;
inline constexpr std::size_t schedule_rotations_max = 60;
inline constexpr int shifts_per_member_max = 10'000;
inline constexpr Duration shift_length_max = days{366};
/// Shifts of one event, counted by member, that begin before the first one ends.
inline constexpr std::size_t event_slots_at_once_max = 1'000;

/// What decides who is on call, of one schedule.
struct ShiftPlan {
    ScheduleHistory history;
    std::span<const CustomShift> custom_shifts;
    /// In the order in which they were made.
    std::span<const ShiftOverride> overrides;
};

/// One member's part of a shift, from one source.
struct AssignedShift {
    Timestamp start;
    Timestamp end;
    /// `nobody` where the slot is left free.
    MemberKey member = nobody;
    /// To whom it was given before any override.
    MemberKey scheduled = nobody;
    /// One of the two.
    std::optional<ShiftRotationId> rotation;
    std::optional<CustomShiftId> custom_shift;
    std::optional<ShiftOverrideId> override_;

    bool operator==(const AssignedShift&) const = default;
};

/// All that touches `window`, in the order of beginnings; cut at its edges, or whole.
std::vector<AssignedShift> assigned_shifts(const ShiftPlan& plan, Window window, Overflow overflow);

/// The same to be shown: absent when there are more than render_entries_max, or when finding them takes more than
/// render_steps_max steps.
std::optional<std::vector<AssignedShift>> shown_shifts(const ShiftPlan& plan, Window window, Overflow overflow);

/// The share of `window`, 0 to 100, in which somebody is on call.
double coverage_of(std::span<const AssignedShift> shifts, Window window);

/// Everybody on call at `t`, each once.
std::vector<UserKey> users_on_call_at(const ShiftPlan& plan, Timestamp t);

// The same questions as in shift.h, with the same reach or as far as render_steps_max steps lead beyond the first
// days; shifts of different people may overlap here.
std::vector<Shift> shifts(const ShiftPlan& plan, Window window);
std::optional<Timestamp> next_change_after(const ShiftPlan& plan, Timestamp t);

/// What is wrong with an event, by member: {"members", "may hold at most 20"}.
struct EventProblem {
    std::string member;
    std::string message;
};

std::vector<EventProblem> validate(const ShiftEvent& event);

/// Whether the two are effective at a common time.
bool overlap(const ShiftEvent& a, const ShiftEvent& b);

}  // namespace callboard
