#pragma once
// When a restricted layer is open.
//
// A restriction opens at its time of day on its day and closes when the wall clock has moved on by
// its duration: 22:00 for ten hours ends at 08:00, whether the night has nine, ten or eleven hours.
// A full day (daily) or week (weekly) never closes. A layer is open while any of its restrictions
// is.

#include "domain/calendar/zone.h"
#include "domain/schedule/schedule.h"

#include <span>
#include <vector>

namespace callboard {

/// The stretches of `window` in which one of the restrictions is open, in order, none touching the
/// next. A restriction that validate() would refuse is never open. Cost: one step per day or week
/// and restriction.
std::vector<Window>
openings(std::span<const Restriction> restrictions, const Zone& zone, Window window);

}  // namespace callboard
