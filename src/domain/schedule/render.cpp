#include "domain/schedule/render.h"

#include "domain/calendar/zone.h"
#include "domain/schedule/restriction.h"
#include "domain/schedule/rotation.h"

#include <algorithm>
#include <ranges>

namespace callboard {

namespace {

Window intersection(Window a, Window b) {
    return {.since = std::max(a.since, b.since), .until = std::min(a.until, b.until)};
}

bool is_empty(Window window) { return window.since >= window.until; }

Window lifetime_of(const ScheduleLayer& layer) {
    return {.since = layer.start, .until = layer.end.value_or(Timestamp::max())};
}

Zone zone_of(const Schedule& schedule) { return Zone::find(schedule.time_zone).value_or(Zone{}); }

RenderedEntries layer_entries(const ScheduleLayer& layer, const Zone& zone, Window window) {
    const auto rotation = Rotation::create(layer, zone);
    const auto stretch = intersection(window, lifetime_of(layer));
    if (!rotation || is_empty(stretch)) return {};

    const auto open = layer.restrictions.empty() ? std::vector<Window>{stretch}
                                                 : openings(layer.restrictions, zone, stretch);
    auto entries = RenderedEntries{};
    auto turn = rotation->turn_at(stretch.since);
    auto turn_end = rotation->turn_start(turn + 1);
    for (const auto& opening : open) {
        auto at = opening.since;
        while (at < opening.until) {
            while (turn_end <= at)
                turn_end = rotation->turn_start(++turn + 1);
            const auto end = std::min(turn_end, opening.until);
            entries.push_back({at, end, rotation->user_of(turn)});
            at = end;
        }
    }
    return entries;
}

// Later-made overrides lie over earlier ones.
RenderedEntries override_entries(std::span<const Override> overrides, Window window) {
    auto in_window = std::vector<const Override*>{};
    for (const auto& override_ : overrides) {
        const auto stretch = Window{.since = override_.start, .until = override_.end};
        if (!is_empty(stretch) && !is_empty(intersection(stretch, window)))
            in_window.push_back(&override_);
    }
    std::ranges::stable_sort(in_window, {}, &Override::made_order);

    auto lists = std::vector<RenderedEntries>{};
    lists.reserve(in_window.size());
    for (const auto* override_ : in_window) {
        lists.push_back({{std::max(override_->start, window.since),
                          std::min(override_->end, window.until),
                          override_->user}});
    }
    return overlay_all(std::move(lists));
}

// The window widened until no turn or override that reaches into it is cut, at most by `reach`
// either way.
Window widened(const Schedule& schedule,
               const Zone& zone,
               std::span<const Override> overrides,
               Window window,
               Duration reach) {
    auto wide = window;
    const auto include = [&wide](Window stretch) {
        wide.since = std::min(wide.since, stretch.since);
        wide.until = std::max(wide.until, stretch.until);
    };
    for (const auto& layer : schedule.schedule_layers) {
        const auto rotation = Rotation::create(layer, zone);
        if (!rotation || is_empty(intersection(window, lifetime_of(layer)))) continue;
        include({.since = rotation->turn_start(rotation->turn_at(window.since)),
                 .until = rotation->turn_start(rotation->turn_at(window.until - Duration{1}) + 1)});
    }
    for (const auto& override_ : overrides) {
        const auto stretch = Window{.since = override_.start, .until = override_.end};
        if (!is_empty(stretch) && !is_empty(intersection(stretch, window))) include(stretch);
    }
    return intersection(wide, {.since = window.since - reach, .until = window.until + reach});
}

SubSchedule sub_schedule(const RenderedEntries& entries, Window window) {
    auto result = SubSchedule{};
    std::ranges::copy_if(entries,
                         std::back_inserter(result.rendered_schedule_entries),
                         [&](const RenderedEntry& entry) {
                             return entry.start < window.until && window.since < entry.end;
                         });
    result.rendered_coverage_percentage = coverage_percentage(entries, window);
    return result;
}

// Absent when the layer yields nobody at `t`.
std::optional<UserKey> user_at(const ScheduleLayer& layer, const Zone& zone, Timestamp t) {
    const auto instant = Window{.since = t, .until = t + Duration{1}};
    if (is_empty(intersection(instant, lifetime_of(layer)))) return std::nullopt;
    const auto rotation = Rotation::create(layer, zone);
    if (!rotation) return std::nullopt;
    if (!layer.restrictions.empty() && openings(layer.restrictions, zone, instant).empty()) {
        return std::nullopt;
    }
    return rotation->user_of(rotation->turn_at(t));
}

}  // namespace

Duration span_limit(const Schedule& schedule) {
    auto steps_per_second = 0.0;
    for (const auto& layer : schedule.schedule_layers) {
        if (layer.rotation_turn_length_seconds < turn_length_seconds_min) continue;
        steps_per_second += 1.0 / static_cast<double>(layer.rotation_turn_length_seconds);
        for (const auto& restriction : layer.restrictions) {
            steps_per_second += restriction.type == RestrictionType::daily_restriction
                                    ? 1.0 / static_cast<double>(daily_restriction_seconds_max)
                                    : 1.0 / static_cast<double>(weekly_restriction_seconds_max);
        }
    }
    const auto seconds_max =
        static_cast<double>(std::chrono::floor<seconds>(render_span_max).count());
    if (steps_per_second * seconds_max <= render_steps_max) return render_span_max;
    return seconds{static_cast<std::int64_t>(render_steps_max / steps_per_second)};
}

Window renderable_window(const Schedule& schedule, Window window) {
    const auto since = std::clamp(window.since, schedule_instant_min, schedule_instant_max);
    const auto until = std::clamp(window.until, schedule_instant_min, schedule_instant_max);
    return {.since = since, .until = std::min(until, since + span_limit(schedule))};
}

RenderedSchedule render(const Schedule& schedule,
                        std::span<const Override> overrides,
                        Window window,
                        Overflow overflow) {
    const auto zone = zone_of(schedule);
    auto result = RenderedSchedule{};
    result.window = renderable_window(schedule, window);
    result.schedule_layers.resize(schedule.schedule_layers.size());
    if (is_empty(result.window)) return result;

    const auto reach = std::min(render_reach_max, span_limit(schedule));
    const auto wide = overflow == Overflow::cut
                          ? result.window
                          : widened(schedule, zone, overrides, result.window, reach);
    auto lists = std::vector<RenderedEntries>{};
    for (std::size_t i = 0; i < schedule.schedule_layers.size(); ++i) {
        lists.push_back(layer_entries(schedule.schedule_layers[i], zone, wide));
        result.schedule_layers[i] = sub_schedule(lists.back(), result.window);
    }
    lists.push_back(override_entries(overrides, wide));
    result.overrides_subschedule = sub_schedule(lists.back(), result.window);
    result.final_schedule = sub_schedule(overlay_all(std::move(lists)), result.window);

    auto& final_list = result.final_schedule.rendered_schedule_entries;
    final_list = join_neighbours(final_list);
    return result;
}

RenderedEntries
final_entries(const Schedule& schedule, std::span<const Override> overrides, Window window) {
    const auto zone = zone_of(schedule);
    const auto stretch = renderable_window(schedule, window);
    if (is_empty(stretch)) return {};
    auto lists = std::vector<RenderedEntries>{};
    for (const auto& layer : schedule.schedule_layers) {
        lists.push_back(layer_entries(layer, zone, stretch));
    }
    lists.push_back(override_entries(overrides, stretch));
    return join_neighbours(overlay_all(std::move(lists)));
}

std::optional<UserKey>
on_call_at(const Schedule& schedule, std::span<const Override> overrides, Timestamp t) {
    if (t < schedule_instant_min || t >= schedule_instant_max) return std::nullopt;
    const Override* winner = nullptr;
    for (const auto& override_ : overrides) {
        if (t < override_.start || t >= override_.end) continue;
        if (winner == nullptr || override_.made_order >= winner->made_order) winner = &override_;
    }
    if (winner != nullptr) return winner->user;

    const auto zone = zone_of(schedule);
    for (const auto& layer : std::views::reverse(schedule.schedule_layers)) {
        if (const auto user = user_at(layer, zone, t)) return user;
    }
    return std::nullopt;
}

}  // namespace callboard
