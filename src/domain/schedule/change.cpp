#include "domain/schedule/change.h"

#include <algorithm>

namespace callboard {

bool has_ended(const ScheduleLayer& layer, Timestamp now) { return layer.end && *layer.end <= now; }

std::vector<ScheduleLayer>
replaced_layers(const std::vector<ScheduleLayer>& stored, const std::vector<ScheduleLayer>& sent, Timestamp now) {
    auto result = std::vector<ScheduleLayer>{};
    for (const auto& layer : stored) {
        if (std::ranges::find(sent, layer.id, &ScheduleLayer::id) != sent.end()) continue;
        auto& ended = result.emplace_back(layer);
        if (!has_ended(layer, now)) ended.end = std::max(layer.start, now);
    }
    result.insert(result.end(), sent.begin(), sent.end());
    return result;
}

Schedule without_ended_layers(const Schedule& schedule, Timestamp now) {
    auto result = schedule;
    std::erase_if(result.schedule_layers, [now](const ScheduleLayer& layer) {
        return layer.end && *layer.end >= layer.start && (*layer.end <= now || *layer.end == layer.start);
    });
    return result;
}

Removal removal_of(const ScheduleOverride& override_, Timestamp now) {
    if (override_.start > now) return Removal::erase;
    return override_.end > now ? Removal::cut : Removal::refuse;
}

}  // namespace callboard
