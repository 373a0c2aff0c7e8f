#pragma once
// What a change may do to a schedule and to an override. Both keep to one rule: the past never changes.

#include "domain/schedule/schedule.h"

#include <vector>

namespace callboard {

/// It yields nobody any more.
bool has_ended(const ScheduleLayer& layer, Timestamp now);

/// The layers after somebody replaced `stored` by `sent`, both oldest first. A layer that was saved never vanishes:
/// one that was left out ends now, or where it would have started. Those left out come first, as the weakest.
std::vector<ScheduleLayer>
replaced_layers(const std::vector<ScheduleLayer>& stored, const std::vector<ScheduleLayer>& sent, Timestamp now);

/// Only the layers that can still yield somebody, or that end before they start: what there is to judge and count.
Schedule without_ended_layers(const Schedule& schedule, Timestamp now);

/// How an override is taken back.
enum class Removal {
    erase,   ///< It has not begun.
    cut,     ///< It is running: it ends now.
    refuse,  ///< It is over.
};

Removal removal_of(const ScheduleOverride& override_, Timestamp now);

}  // namespace callboard
