#pragma once
// `since` and `until` of a list.

#include "domain/calendar/zone.h"
#include "http/kit/request.h"

#include <optional>

namespace callboard::http {

/// `since` is included, `until` is not. Absent: no bound.
struct TimeRange {
    std::optional<Timestamp> since;
    std::optional<Timestamp> until;
};

/// Times without an offset are local to `zone`. Errors: 2004 for what is no time, 2005 when it ends before it begins.
Result<TimeRange> time_range_of(const Request& request, Zone zone);

/// The same where only UTC, written with a Z, is allowed.
Result<TimeRange> utc_time_range_of(const Request& request);

}  // namespace callboard::http
