#pragma once
// A time zone, and the two questions the product asks of it: what does the clock on the wall show
// at this instant, and when does the clock on the wall first show this time.
//
// The second question has no plain answer on the nights when clocks are moved. Ours is one
// sentence: *a local time happens at the first instant at which the wall clock has reached it.* A
// time that is skipped therefore means the first instant after the gap, and one that occurs twice
// its first occurrence; and because "has reached" can only grow, later local times never come
// before earlier ones.
//
// The rules come from the system's time-zone database through the date library, whose header stays
// out of this one because it is slow to compile. The library applies the transitions written in the
// database's files, which end in 2037; later instants keep the last offset.

#include "base/time.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace date {
class time_zone;
}

namespace callboard {

/// What a wall clock shows: date and time of day without a zone.
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;
using std::chrono::local_days;

/// A stretch of time, begin included and end not, during which a zone keeps one offset.
struct OffsetPeriod {
    Timestamp begin;
    Timestamp end;
    seconds utc_offset{0};

    bool operator==(const OffsetPeriod&) const = default;
};

/// A handle, as cheap to copy as a pointer. Safe to use from any thread: the database behind it is
/// read once and never changes. Instants and local times must lie within the years -9999 to 9999.
class Zone {
public:
    /// UTC, which needs no database.
    Zone() = default;

    /// Looks a zone up by its name in the tz database ("Europe/Madrid"). Absent when there is no
    /// such zone or its file cannot be read. The first call for a zone reads its file.
    static std::optional<Zone> find(std::string_view name);

    /// The name under which the zone was found; it lives as long as the program.
    std::string_view name() const;

    seconds offset_at(Timestamp t) const { return period_at(t).utc_offset; }

    OffsetPeriod period_at(Timestamp t) const;

    LocalTime to_local(Timestamp t) const;

    /// The first instant at which the wall clock has reached `local`.
    Timestamp to_instant(LocalTime local) const;

    /// The local calendar day on which `t` falls.
    local_days local_day_of(Timestamp t) const;

    /// What the wall clock shows at `t`, counted from 00:00; not the time elapsed since midnight.
    Duration time_of_day(Timestamp t) const;

    bool operator==(const Zone&) const = default;

private:
    explicit Zone(const date::time_zone* zone) : zone_(zone) {}

    const date::time_zone* zone_ = nullptr;  // Absent means UTC.
};

}  // namespace callboard
