#pragma once
// A schedule: who is on call when, as people describe it.
//
// A schedule is a stack of *layers*. A layer is a rotation: people take turns of equal length in a
// fixed order, counted from `rotation_virtual_start`, and only inside the layer's restrictions if
// it has any. Where two layers yield somebody at once, the one created last wins. *Overrides* put a
// person on call for a stretch whatever the layers say; of two overrides the one made later wins.
// Source of the shape: REST v2, "Schedules". The rules are in render.h.

#include "base/describe.h"
#include "base/time.h"
#include "domain/calendar/zone.h"
#include "domain/ids.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

// The keys of the things a schedule speaks about. Change them here, nowhere else.
using UserKey = std::int64_t;
using LayerKey = std::int64_t;
using OverrideKey = std::int64_t;

// Limits. Beyond them a schedule is refused by validate(), and a layer that got past it yields
// nobody.
inline constexpr std::size_t schedule_layers_max = 60;
inline constexpr std::size_t layer_restrictions_max = 100;
inline constexpr std::size_t layer_name_characters_max = 100;
inline constexpr std::int64_t turn_length_seconds_min = 60;
inline constexpr std::int64_t turn_length_seconds_max = 36'500 * std::int64_t{86'400};  // A century.
inline constexpr std::int64_t daily_restriction_seconds_max = 86'400;
inline constexpr std::int64_t weekly_restriction_seconds_max = 604'800;

enum class RestrictionType { daily_restriction, weekly_restriction };
DESCRIBE_ENUM(RestrictionType, daily_restriction, weekly_restriction)

/// When a layer is open: every day, or once a week, from a time on the wall clock.
struct Restriction {
    RestrictionType type = RestrictionType::daily_restriction;
    /// Wall clock, counted from 00:00, below 24 hours.
    seconds start_time_of_day = {};
    /// Monday is 1, Sunday 7. Absent for a daily restriction.
    std::optional<int> start_day_of_week = {};
    /// On the wall clock. A full day (daily) or week (weekly) never closes.
    std::int64_t duration_seconds = 0;

    bool operator==(const Restriction&) const = default;
};
DESCRIBE(Restriction, type, start_time_of_day, start_day_of_week, duration_seconds)

/// A rotation and the stretch of time in which it counts.
struct ScheduleLayer {
    LayerKey id = 0;
    std::string name = {};
    /// The layer yields nobody before it.
    Timestamp start = {};
    /// The layer yields nobody from here on. Absent: it goes on.
    std::optional<Timestamp> end = {};
    /// Where turn 0 begins; may lie before or after `start`.
    Timestamp rotation_virtual_start = {};
    std::int64_t rotation_turn_length_seconds = 0;
    /// In rotation order. Empty is allowed and yields nobody.
    std::vector<UserKey> users = {};
    /// The layer is open while any of them is. Empty: always.
    std::vector<Restriction> restrictions = {};

    bool operator==(const ScheduleLayer&) const = default;
};
DESCRIBE(ScheduleLayer, id, name, start, end, rotation_virtual_start, rotation_turn_length_seconds, users, restrictions)

/// How a schedule says who is on call: by layers of which one wins (REST v2), or by shifts that may overlap (v3).
enum class ScheduleKind { layered, shift_based };
DESCRIBE_ENUM(ScheduleKind, layered, shift_based)

/// Whom a shift is given to. `nobody` is a slot that is left free on purpose.
using MemberKey = std::int64_t;
inline constexpr MemberKey nobody = 0;

/// How an event gives its shifts to its members.
enum class ShiftStrategy { rotating_member, every_member };
DESCRIBE_ENUM(ShiftStrategy, rotating_member, every_member)

/// Shifts that come back by a rule of RFC 5545. The rule is reckoned on the wall clock of `time_zone`.
struct ShiftEvent {
    ShiftEventId id;
    std::string name = {};
    /// The first shift, as the clock on the wall shows it, written as if that were UTC.
    Timestamp start_time = {};
    Timestamp end_time = {};
    std::string time_zone = {};
    /// The event yields shifts in [effective_since, effective_until). Absent: it goes on.
    Timestamp effective_since = {};
    std::optional<Timestamp> effective_until = {};
    /// One RRULE, any number of EXDATE and RDATE, as they were sent.
    std::vector<std::string> recurrence = {};
    ShiftStrategy strategy = ShiftStrategy::rotating_member;
    /// rotating_member: shifts in a row for each member.
    int shifts_per_member = 1;
    std::vector<MemberKey> members = {};

    bool operator==(const ShiftEvent&) const = default;
};
DESCRIBE(ShiftEvent,
         id,
         name,
         start_time,
         end_time,
         time_zone,
         effective_since,
         effective_until,
         recurrence,
         strategy,
         shifts_per_member,
         members)

/// Events that follow each other; at any time at most one of them is effective.
struct ShiftRotation {
    ShiftRotationId id;
    std::vector<ShiftEvent> events = {};

    bool operator==(const ShiftRotation&) const = default;
};
DESCRIBE(ShiftRotation, id, events)

struct Schedule {
    /// Name in the tz database. One that is unknown counts as UTC: somebody at a wrong hour is
    /// better than nobody, should a name ever leave the database.
    std::string time_zone = {};
    /// In the order of their creation, oldest first: the last one that yields somebody wins.
    std::vector<ScheduleLayer> schedule_layers = {};
    ScheduleKind kind = ScheduleKind::layered;
    /// Of a shift-based schedule, which has no layers. All of them count at once: see shift_plan.h.
    std::vector<ShiftRotation> rotations = {};
    // What the rules do not look at.
    ScheduleId id = {};
    std::string name = {};
    std::optional<std::string> description = {};
    std::vector<TeamId> teams = {};
    Timestamp created_at = {};
    std::optional<Timestamp> deleted_at = {};

    bool operator==(const Schedule&) const = default;
};
DESCRIBE(Schedule, id, name, description, time_zone, schedule_layers, kind, rotations, teams, created_at, deleted_at)

/// Everybody named by its layers and events, each once, in the order of their first turn.
std::vector<UserKey> people_of(const Schedule& schedule);

/// The zone the schedule is reckoned in.
Zone zone_of(const Schedule& schedule);

/// One person on call for a stretch, whatever the layers say.
struct Override {
    OverrideKey id = 0;
    Timestamp start = {};
    Timestamp end = {};
    UserKey user = 0;
    /// Grows with every override made; the larger wins. Of equals the later in the list wins.
    std::int64_t made_order = 0;

    bool operator==(const Override&) const = default;
};

/// An override as it is stored; ids grow, so they are the order in which overrides were made.
struct ScheduleOverride {
    OverrideId id;
    ScheduleId schedule;
    Timestamp start;
    Timestamp end;
    UserId user;
    Timestamp created_at;

    bool operator==(const ScheduleOverride&) const = default;
};
DESCRIBE(ScheduleOverride, id, schedule, start, end, user, created_at)

/// A shift of a shift-based schedule that belongs to no event.
struct CustomShift {
    CustomShiftId id;
    ScheduleId schedule;
    Timestamp start_time;
    Timestamp end_time;
    MemberKey member = nobody;
    Timestamp created_at;

    bool operator==(const CustomShift&) const = default;
};
DESCRIBE(CustomShift, id, schedule, start_time, end_time, member, created_at)

/// Puts one member in another's place, in the shifts of one rotation or in one custom shift.
struct ShiftOverride {
    ShiftOverrideId id;
    ScheduleId schedule;
    /// One of the two.
    std::optional<ShiftRotationId> rotation;
    std::optional<CustomShiftId> custom_shift;
    Timestamp start_time;
    Timestamp end_time;
    MemberKey overridden_member = nobody;
    MemberKey overriding_member = nobody;
    Timestamp created_at;

    bool operator==(const ShiftOverride&) const = default;
};
DESCRIBE(ShiftOverride,
         id,
         schedule,
         rotation,
         custom_shift,
         start_time,
         end_time,
         overridden_member,
         overriding_member,
         created_at)

/// A stretch of time, `since` included and `until` not.
struct Window {
    Timestamp since = {};
    Timestamp until = {};

    bool operator==(const Window&) const = default;
};

}  // namespace callboard
