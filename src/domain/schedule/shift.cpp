#include "domain/schedule/shift.h"

#include "domain/schedule/render.h"
#include "domain/schedule/rotation.h"

#include <algorithm>

namespace callboard {

namespace {

// The first look covers a weekly turn; each further one is this much longer.
constexpr Duration first_look = days{8};
constexpr int look_growth = 4;

bool may_be_asked(Timestamp t) { return t >= schedule_instant_min && t < schedule_instant_max; }

// The final schedule around an instant, in steps that grow, until a year away.
class Search {
public:
    Search(const ScheduleHistory& history, std::span<const Override> overrides)
        : history_(history), overrides_(overrides), reach_(std::min(render_reach_max, span_limit(history))) {}

    // When the user, on call until at least `from`, is no longer. Absent when that is out of reach.
    std::optional<Timestamp> end_of_duty(UserKey user, Timestamp from) const {
        const auto horizon = from + reach_;
        auto look = first_look;
        for (auto at = from; at < horizon; look *= look_growth) {
            const auto until = std::min(at + look, horizon);
            const auto entries = final_entries(history_, overrides_, {.since = at, .until = until});
            if (entries.empty() || entries.front().start > at || entries.front().user != user) return at;
            if (entries.front().end < until) return entries.front().end;
            at = until;
        }
        return std::nullopt;
    }

    // Since when the user, on call from `until` at the latest, has been. Absent when out of reach.
    std::optional<Timestamp> start_of_duty(UserKey user, Timestamp until) const {
        const auto horizon = until - reach_;
        auto look = first_look;
        for (auto at = until; at > horizon; look *= look_growth) {
            const auto since = std::max(at - look, horizon);
            const auto entries = final_entries(history_, overrides_, {.since = since, .until = at});
            if (entries.empty() || entries.back().end < at || entries.back().user != user) return at;
            if (entries.back().start > since) return entries.back().start;
            at = since;
        }
        return std::nullopt;
    }

    // The first entry from `from` on for which `wanted` holds; none may hold at `from`. Its end may
    // be that of the search's step.
    template <class Wanted>
    std::optional<RenderedEntry> first_after(Timestamp from, const Wanted& wanted) const {
        const auto horizon = from + reach_;
        auto look = first_look;
        for (auto at = from; at < horizon; look *= look_growth) {
            const auto until = std::min(at + look, horizon);
            const auto entries = final_entries(history_, overrides_, {.since = at, .until = until});
            const auto found = std::ranges::find_if(entries, wanted);
            if (found != entries.end()) return *found;
            at = until;
        }
        return std::nullopt;
    }

private:
    ScheduleHistory history_;
    std::span<const Override> overrides_;
    Duration reach_;
};

bool knows(const Schedule& schedule, UserKey user) {
    return std::ranges::any_of(schedule.schedule_layers, [&](const ScheduleLayer& layer) {
        return std::ranges::find(layer.users, user) != layer.users.end();
    });
}

// The year in which the search looks holds no version but these.
bool knows(const ScheduleHistory& history, std::span<const Override> overrides, UserKey user, Timestamp after) {
    if (std::ranges::find(overrides, user, &Override::user) != overrides.end()) return true;
    const auto stretches = history.stretches({.since = after, .until = after + render_reach_max});
    return std::ranges::any_of(stretches, [&](const auto& stretch) { return knows(*stretch.schedule, user); });
}

}  // namespace

std::vector<Shift> shifts(const ScheduleHistory& history, std::span<const Override> overrides, Window window) {
    const auto stretch = renderable_window(history, window);
    const auto entries = final_entries(history, overrides, stretch);
    auto result = std::vector<Shift>{};
    result.reserve(entries.size());
    for (const auto& entry : entries) result.push_back({entry.start, entry.end, entry.user});

    const auto search = Search{history, overrides};
    if (!entries.empty() && entries.front().start == stretch.since) {
        result.front().start = search.start_of_duty(entries.front().user, stretch.since);
    }
    if (!entries.empty() && entries.back().end == stretch.until) {
        result.back().end = search.end_of_duty(entries.back().user, stretch.until);
    }
    return result;
}

std::optional<Shift> shift_at(const ScheduleHistory& history, std::span<const Override> overrides, Timestamp t) {
    if (!may_be_asked(t)) return std::nullopt;
    const auto user = on_call_at(history, overrides, t);
    if (!user) return std::nullopt;
    const auto search = Search{history, overrides};
    return Shift{.start = search.start_of_duty(*user, t), .end = search.end_of_duty(*user, t), .user = *user};
}

std::optional<Timestamp>
next_change_after(const ScheduleHistory& history, std::span<const Override> overrides, Timestamp t) {
    if (!may_be_asked(t)) return std::nullopt;
    const auto search = Search{history, overrides};
    if (const auto user = on_call_at(history, overrides, t)) return search.end_of_duty(*user, t);
    const auto next = search.first_after(t, [](const RenderedEntry&) { return true; });
    if (!next) return std::nullopt;
    return next->start;
}

std::optional<Shift>
next_on_call(const ScheduleHistory& history, std::span<const Override> overrides, UserKey user, Timestamp after) {
    if (!may_be_asked(after) || !knows(history, overrides, user, after)) return std::nullopt;
    const auto search = Search{history, overrides};
    auto from = std::optional<Timestamp>{after};
    if (on_call_at(history, overrides, after) == user) from = search.end_of_duty(user, after);
    if (!from) return std::nullopt;

    const auto is_theirs = [user](const RenderedEntry& entry) { return entry.user == user; };
    const auto next = search.first_after(*from, is_theirs);
    if (!next) return std::nullopt;
    return Shift{.start = next->start, .end = search.end_of_duty(user, next->end), .user = user};
}

}  // namespace callboard
