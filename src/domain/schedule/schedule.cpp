#include "domain/schedule/schedule.h"

namespace callboard {

Zone zone_of(const Schedule& schedule) { return Zone::find(schedule.time_zone).value_or(Zone{}); }

}  // namespace callboard
