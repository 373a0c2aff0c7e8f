#pragma once
// What a schedule says, worked out in the plainest way: an oracle for the renderer, with which it
// shares no code and no method.
//
// It walks minute by minute and never asks when something happens. It keeps the *latest local time
// the wall clock has shown so far*. "A skipped time means the first instant after the gap, one that
// occurs twice its first occurrence" then says simply: whatever is due at a local time has happened
// once the latest time shown is not before it. So the turn and the open restrictions of a minute
// are read off that one number. Runs of minutes with the same answer are the entries. All times
// given must be whole minutes.

#include "domain/schedule/entries.h"
#include "domain/schedule/schedule.h"

#include <algorithm>
#include <vector>

// Debian builds the library on the system's database; without this the class layouts would differ.
#ifndef USE_OS_TZDB
#define USE_OS_TZDB 1
#endif
#include <date/tz.h>

namespace callboard::oracle {

using Minute = std::chrono::sys_time<minutes>;
using LocalMinute = date::local_time<minutes>;

inline constexpr int override_source = 1'000;

// What one minute says: where its person comes from, which turn or override, and who it is.
struct Answer {
    int source = -1;  // Number of the layer, or override_source; -1 for nobody.
    std::int64_t turn = 0;
    UserKey user = 0;

    bool operator==(const Answer&) const = default;
};

inline std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

inline LocalMinute wall_clock(const date::time_zone* zone, Minute t) {
    return std::chrono::floor<minutes>(zone->to_local(t));
}

inline bool is_open(const Restriction& restriction, LocalMinute shown) {
    const bool is_daily = restriction.type == RestrictionType::daily_restriction;
    if (restriction.duration_seconds == (is_daily ? 86'400 : 604'800)) return true;
    const auto today = std::chrono::floor<days>(shown);
    for (auto day = today - days{8}; day <= today; day += days{1}) {
        const auto iso = date::weekday{day}.iso_encoding();
        if (!is_daily && static_cast<int>(iso) != restriction.start_day_of_week.value()) continue;
        const auto opens = day + restriction.start_time_of_day;
        if (shown >= opens && shown < opens + seconds{restriction.duration_seconds}) return true;
    }
    return false;
}

inline Answer layer_answer(const Schedule& schedule,
                           int number,
                           const date::time_zone* zone,
                           Minute t,
                           LocalMinute shown) {
    const auto& layer = schedule.schedule_layers[static_cast<std::size_t>(number)];
    if (t < layer.start || (layer.end && t >= *layer.end) || layer.users.empty()) return {};
    const auto& restrictions = layer.restrictions;
    if (!restrictions.empty() &&
        std::ranges::none_of(restrictions, [&](const auto& one) { return is_open(one, shown); })) {
        return {};
    }
    const auto length = layer.rotation_turn_length_seconds / 60;
    const auto anchor = std::chrono::floor<minutes>(layer.rotation_virtual_start);
    const auto passed =
        length % (24 * 60) == 0 ? shown - wall_clock(zone, anchor) : minutes{t - anchor};
    const auto turn = floor_divide(passed.count(), length);
    auto position = turn % std::ssize(layer.users);
    if (position < 0) position += std::ssize(layer.users);
    return {number, turn, layer.users[static_cast<std::size_t>(position)]};
}

inline Answer override_answer(const std::vector<Override>& overrides, Minute t) {
    auto best = Answer{};
    auto best_order = std::int64_t{-1};
    for (const auto& override_ : overrides) {
        if (t < override_.start || t >= override_.end || override_.made_order <= best_order)
            continue;
        best = {override_source, override_.id, override_.user};
        best_order = override_.made_order;
    }
    return best;
}

// A run of minutes with one answer.
struct Run {
    RenderedEntry entry;
    Answer answer;
};

class Runs {
public:
    void add(Minute t, const Answer& answer) {
        if (answer.source == -1) return;
        if (!runs_.empty() && runs_.back().entry.end == t && runs_.back().answer == answer) {
            runs_.back().entry.end = t + minutes{1};
        } else {
            runs_.push_back({{t, t + minutes{1}, answer.user}, answer});
        }
    }

    RenderedEntries touching(Window window) const {
        auto result = RenderedEntries{};
        for (const auto& run : runs_) {
            if (run.entry.start < window.until && run.entry.end > window.since)
                result.push_back(run.entry);
        }
        return result;
    }

private:
    std::vector<Run> runs_;
};

inline RenderedEntries joined(const RenderedEntries& entries) {
    auto result = RenderedEntries{};
    for (const auto& entry : entries) {
        if (!result.empty() && result.back().end == entry.start &&
            result.back().user == entry.user) {
            result.back().end = entry.end;
        } else {
            result.push_back(entry);
        }
    }
    return result;
}

struct Oracle {
    std::vector<Runs> layers;
    Runs overrides;
    Runs final_;
    RenderedEntries shifts;  // The final runs, joined by person.
};

inline Oracle
walk(const Schedule& schedule, const std::vector<Override>& overrides, Window window) {
    const auto* zone = date::locate_zone(schedule.time_zone);
    auto oracle = Oracle{};
    oracle.layers.resize(schedule.schedule_layers.size());
    const auto since = std::chrono::floor<minutes>(window.since);
    auto shown = wall_clock(zone, since - hours{48});
    for (auto t = since - hours{48}; t < window.until; t += minutes{1}) {
        shown = std::max(shown, wall_clock(zone, t));
        if (t < since) continue;
        auto final_answer = Answer{};
        for (int number = 0; number < std::ssize(schedule.schedule_layers); ++number) {
            const auto answer = layer_answer(schedule, number, zone, t, shown);
            oracle.layers[static_cast<std::size_t>(number)].add(t, answer);
            if (answer.source != -1) final_answer = answer;
        }
        const auto from_override = override_answer(overrides, t);
        oracle.overrides.add(t, from_override);
        oracle.final_.add(t, from_override.source == -1 ? final_answer : from_override);
    }
    oracle.shifts = joined(oracle.final_.touching(window));
    return oracle;
}

}  // namespace callboard::oracle
