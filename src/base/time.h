#pragma once
// Instants and durations. Inside, every instant is a count of microseconds since 1970 UTC; answers show
// whole seconds. Nobody below the edges reads a clock: `now` is a parameter.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// The instant as microseconds since 1970, the form it has in the database.
constexpr std::int64_t to_micros(Timestamp t) { return t.time_since_epoch().count(); }

constexpr Timestamp from_micros(std::int64_t micros) { return Timestamp{Duration{micros}}; }

/// "2026-03-29T01:50:00Z", fractions cut off. `utc_offset` shifts the local time shown: "+02:00".
std::string format_iso8601(Timestamp t, seconds utc_offset = seconds{0});

/// Reads ISO 8601: date, or date and time with "T" or a blank, seconds and fraction optional, zone "Z",
/// "+hh:mm", "+hhmm", "+hh" or none. Absent when it is not a real date. `offset_given` tells whether
/// a zone was written; without one the time is taken as UTC.
struct ParsedTime {
    Timestamp at;
    bool offset_given = false;
};

std::optional<ParsedTime> parse_iso8601(std::string_view text);

}  // namespace callboard
