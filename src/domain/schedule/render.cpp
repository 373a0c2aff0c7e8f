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

RenderedEntries layer_entries(const ScheduleLayer& layer, const Zone& zone, Window window) {
    const auto rotation = Rotation::create(layer, zone);
    const auto stretch = intersection(window, lifetime_of(layer));
    if (!rotation || is_empty(stretch)) return {};

    const auto open =
        layer.restrictions.empty() ? std::vector<Window>{stretch} : openings(layer.restrictions, zone, stretch);
    auto entries = RenderedEntries{};
    auto turn = rotation->turn_at(stretch.since);
    auto turn_end = rotation->turn_start(turn + 1);
    for (const auto& opening : open) {
        auto at = opening.since;
        while (at < opening.until) {
            while (turn_end <= at) turn_end = rotation->turn_start(++turn + 1);
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
        if (!is_empty(stretch) && !is_empty(intersection(stretch, window))) in_window.push_back(&override_);
    }
    std::ranges::stable_sort(in_window, {}, &Override::made_order);

    auto lists = std::vector<RenderedEntries>{};
    lists.reserve(in_window.size());
    for (const auto* override_ : in_window) {
        lists.push_back(
            {{std::max(override_->start, window.since), std::min(override_->end, window.until), override_->user}});
    }
    return overlay_all(std::move(lists));
}

// The window widened until no turn or override that reaches into it is cut, at most by `reach`
// either way.
Window widened(const ScheduleHistory& history, std::span<const Override> overrides, Window window, Duration reach) {
    auto wide = window;
    const auto last = window.until - Duration{1};
    const auto include_turns = [&](const Schedule& schedule, const auto& include) {
        const auto zone = zone_of(schedule);
        for (const auto& layer : schedule.schedule_layers) {
            const auto rotation = Rotation::create(layer, zone);
            if (rotation && !is_empty(intersection(window, lifetime_of(layer)))) include(*rotation);
        }
    };
    include_turns(history.at(window.since), [&](const Rotation& rotation) {
        wide.since = std::min(wide.since, rotation.turn_start(rotation.turn_at(window.since)));
    });
    include_turns(history.at(last), [&](const Rotation& rotation) {
        wide.until = std::max(wide.until, rotation.turn_start(rotation.turn_at(last) + 1));
    });
    for (const auto& override_ : overrides) {
        const auto stretch = Window{.since = override_.start, .until = override_.end};
        if (is_empty(stretch) || is_empty(intersection(stretch, window))) continue;
        wide.since = std::min(wide.since, stretch.since);
        wide.until = std::max(wide.until, stretch.until);
    }
    return intersection(wide, {.since = window.since - reach, .until = window.until + reach});
}

// What one version yields in its stretch, layer by layer.
std::vector<RenderedEntries> layer_lists(const ScheduleHistory::Stretch& stretch) {
    const auto zone = zone_of(*stretch.schedule);
    auto lists = std::vector<RenderedEntries>{};
    for (const auto& layer : stretch.schedule->schedule_layers)
        lists.push_back(layer_entries(layer, zone, stretch.window));
    return lists;
}

// Appends what a later version yields. A turn that goes on under it stays one entry.
void append(RenderedEntries& entries, const RenderedEntries& later) {
    auto from = later.begin();
    if (!entries.empty() && from != later.end() && entries.back().end == from->start &&
        entries.back().user == from->user) {
        entries.back().end = from->end;
        ++from;
    }
    entries.insert(entries.end(), from, later.end());
}

// The place among the latest version's layers of a layer of another one; absent when it is gone.
std::optional<std::size_t> place_in_latest(const ScheduleHistory& history, const Schedule& version, std::size_t place) {
    const auto& latest = history.latest();
    if (&version == &latest) return place;
    const auto& layers = latest.schedule_layers;
    const auto found = std::ranges::find(layers, version.schedule_layers[place].id, &ScheduleLayer::id);
    if (found == layers.end()) return std::nullopt;
    return static_cast<std::size_t>(found - layers.begin());
}

SubSchedule sub_schedule(const RenderedEntries& entries, Window window) {
    auto result = SubSchedule{};
    std::ranges::copy_if(
        entries, std::back_inserter(result.rendered_schedule_entries), [&](const RenderedEntry& entry) {
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

Duration version_span_limit(const Schedule& schedule) {
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
    const auto seconds_max = static_cast<double>(std::chrono::floor<seconds>(render_span_max).count());
    if (steps_per_second * seconds_max <= render_steps_max) return render_span_max;
    return seconds{static_cast<std::int64_t>(render_steps_max / steps_per_second)};
}

}  // namespace

Duration span_limit(const ScheduleHistory& history) {
    auto limit = render_span_max;
    for (const auto& stretch : history.stretches({.since = schedule_instant_min, .until = schedule_instant_max})) {
        limit = std::min(limit, version_span_limit(*stretch.schedule));
    }
    return limit;
}

Window renderable_window(const ScheduleHistory& history, Window window) {
    const auto since = std::clamp(window.since, schedule_instant_min, schedule_instant_max);
    const auto until = std::clamp(window.until, schedule_instant_min, schedule_instant_max);
    return {.since = since, .until = std::min(until, since + span_limit(history))};
}

RenderedSchedule
render(const ScheduleHistory& history, std::span<const Override> overrides, Window window, Overflow overflow) {
    auto result = RenderedSchedule{};
    result.window = renderable_window(history, window);
    result.schedule_layers.resize(history.latest().schedule_layers.size());
    if (is_empty(result.window)) return result;

    const auto reach = std::min(render_reach_max, span_limit(history));
    const auto wide = overflow == Overflow::cut ? result.window : widened(history, overrides, result.window, reach);
    auto by_layer = std::vector<RenderedEntries>(result.schedule_layers.size());
    auto by_all_layers = RenderedEntries{};
    for (const auto& stretch : history.stretches(wide)) {
        auto lists = layer_lists(stretch);
        for (std::size_t i = 0; i < lists.size(); ++i) {
            const auto place = place_in_latest(history, *stretch.schedule, i);
            if (place) append(by_layer[*place], lists[i]);
        }
        append(by_all_layers, overlay_all(std::move(lists)));
    }
    for (std::size_t i = 0; i < by_layer.size(); ++i)
        result.schedule_layers[i] = sub_schedule(by_layer[i], result.window);

    const auto by_overrides = override_entries(overrides, wide);
    result.overrides_subschedule = sub_schedule(by_overrides, result.window);
    result.final_schedule = sub_schedule(overlay(by_all_layers, by_overrides), result.window);

    auto& final_list = result.final_schedule.rendered_schedule_entries;
    final_list = join_neighbours(final_list);
    return result;
}

RenderedEntries final_entries(const ScheduleHistory& history, std::span<const Override> overrides, Window window) {
    auto by_all_layers = RenderedEntries{};
    const auto wanted = renderable_window(history, window);
    for (const auto& stretch : history.stretches(wanted)) append(by_all_layers, overlay_all(layer_lists(stretch)));
    return join_neighbours(overlay(by_all_layers, override_entries(overrides, wanted)));
}

std::optional<UserKey> on_call_at(const ScheduleHistory& history, std::span<const Override> overrides, Timestamp t) {
    if (t < schedule_instant_min || t >= schedule_instant_max) return std::nullopt;
    const Override* winner = nullptr;
    for (const auto& override_ : overrides) {
        if (t < override_.start || t >= override_.end) continue;
        if (winner == nullptr || override_.made_order >= winner->made_order) winner = &override_;
    }
    if (winner != nullptr) return winner->user;

    const auto& schedule = history.at(t);
    const auto zone = zone_of(schedule);
    for (const auto& layer : std::views::reverse(schedule.schedule_layers)) {
        if (const auto user = user_at(layer, zone, t)) return user;
    }
    return std::nullopt;
}

}  // namespace callboard
