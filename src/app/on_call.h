#pragma once
// Who is on call: escalation policies met with schedules, read from the store.

#include "domain/escalation/escalation_policy.h"
#include "domain/schedule/history.h"
#include "domain/schedule/schedule.h"
#include "domain/schedule/shift.h"
#include "domain/schedule/shift_plan.h"
#include "storage/tx.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace callboard {

/// A schedule with all that decides who was, is and will be on call from some moment on.
struct ScheduleInTime {
    /// Oldest first; the last one is the schedule as it is now.
    std::vector<ScheduleVersion> versions;
    std::vector<Override> overrides;
    /// Of a shift-based schedule.
    std::vector<CustomShift> custom_shifts = {};
    std::vector<ShiftOverride> shift_overrides = {};

    [[nodiscard]] const Schedule& schedule() const { return versions.back().object; }

    [[nodiscard]] ScheduleHistory history() const { return ScheduleHistory(versions); }

    [[nodiscard]] bool is_shift_based() const { return schedule().kind == ScheduleKind::shift_based; }

    [[nodiscard]] ShiftPlan plan() const { return {history(), custom_shifts, shift_overrides}; }

    // What the rest of the program asks, whatever the kind. From its deletion on nobody is on call by it.

    /// At most one for layers.
    [[nodiscard]] std::vector<UserKey> users_on_call_at(Timestamp t) const;
    /// Whole shifts that overlap the window; those that run at its beginning when it has no length.
    [[nodiscard]] std::vector<Shift> shifts(Window window) const;
    [[nodiscard]] std::optional<Timestamp> next_change_after(Timestamp t) const;

private:
    [[nodiscard]] std::vector<Shift> shifts_of_kind(Window window) const;
};

/// The schedule as it was at `since` and ever after; absent when it is unknown or was deleted by then.
std::optional<ScheduleInTime> load_schedule(Tx& tx, ScheduleId id, Timestamp since);

/// The same for a row that was read already.
ScheduleInTime load_schedule(Tx& tx, Schedule schedule, Timestamp since);

/// The counter of the turns at a level that takes turns.
std::string turns_of(EscalationRuleId rule);

/// The next turn there, from 0.
std::int64_t take_turn(Tx& tx, EscalationRuleId rule);

/// How many had been taken at a moment; absent when that was not kept.
std::optional<std::int64_t> turns_taken_at(Tx& tx, EscalationRuleId rule, Timestamp at);

/// The users of each level of `policy` at one moment, and until when that answer holds.
struct OnCallAnswer {
    OnCallByLevel levels;
    Timestamp valid_until;
    /// What could not be read, by level: one sentence each.
    std::multimap<int, std::string> unreadable = {};
};

/// `at` may be now or later. Deleted users are on call nowhere, and nobody is by what cannot be read.
OnCallAnswer on_call_by_level(Tx& tx, const EscalationPolicy& policy, Timestamp at);

/// One row of GET /oncalls: a person at one level of one policy, by one schedule or directly.
struct OnCallEntry {
    EscalationPolicyId escalation_policy;
    int escalation_level = 1;
    UserId user;
    /// Absent with start and end: on call permanently, as a direct target.
    std::optional<ScheduleId> schedule;
    std::optional<Timestamp> start;
    std::optional<Timestamp> end;

    bool operator==(const OnCallEntry&) const = default;
};

/// Answers for many policies; each schedule and each user is read once.
class OnCallReader {
public:
    /// A window of no length asks about one moment. The transaction must outlive the reader.
    OnCallReader(Tx& tx, Window window) : tx_(tx), window_(window) {}

    using Wanted = std::function<bool(const EscalationTarget&)>;
    /// Whether the policy as it was may be shown: it may have been another team's.
    using Shown = std::function<bool(const EscalationPolicy&)>;

    /// Everyone on call by `policy` at any moment of the window, whole shifts, in the order of levels and targets.
    /// Only targets that are `wanted` are looked at.
    std::vector<OnCallEntry> entries(const EscalationPolicy& policy, const Wanted& wanted);

    /// The same by the policy as it was at each moment of the window: what only an earlier version knew ends when that
    /// was changed, or the policy deleted, and what only a later one knows begins then.
    std::vector<OnCallEntry> entries_in_time(const EscalationPolicy& policy, const Wanted& wanted, const Shown& shown);

    /// The schedule's shifts that overlap the window; none when it is unknown, was deleted before or cannot be read.
    const std::vector<Shift>& shifts_of(ScheduleId id);

private:
    /// At some moment of the window.
    bool exists(UserId id);

    Tx& tx_;
    Window window_;
    std::unordered_map<ScheduleId, std::vector<Shift>> shifts_;
    std::unordered_map<UserId, bool> users_;
};

}  // namespace callboard
