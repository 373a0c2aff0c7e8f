#include "domain/schedule/restriction.h"

#include <algorithm>

namespace callboard {

namespace {

days period_of(const Restriction& restriction) {
    switch (restriction.type) {
    case RestrictionType::daily_restriction:
        return days{1};
    case RestrictionType::weekly_restriction:
        return days{7};
    }
    return days{1};
}

bool opens_at_all(const Restriction& restriction) {
    if (restriction.duration_seconds <= 0) return false;
    if (restriction.start_time_of_day < seconds{0} || restriction.start_time_of_day >= days{1})
        return false;
    if (restriction.type == RestrictionType::daily_restriction) return true;
    return restriction.start_day_of_week && *restriction.start_day_of_week >= 1 &&
           *restriction.start_day_of_week <= 7;
}

bool never_closes(const Restriction& restriction) {
    return seconds{restriction.duration_seconds} >= period_of(restriction);
}

// The first day not before `day` on which the restriction opens.
local_days first_opening_day(const Restriction& restriction, local_days day) {
    if (restriction.type == RestrictionType::daily_restriction) return day;
    const auto wanted = std::chrono::weekday{static_cast<unsigned>(*restriction.start_day_of_week)};
    return day + (wanted - std::chrono::weekday{day});
}

void add_openings(std::vector<Window>& openings,
                  const Restriction& restriction,
                  const Zone& zone,
                  Window window) {
    const auto period = period_of(restriction);
    // One that is still open when the window begins opened at most one period earlier. Where clocks
    // went back over midnight the wall may show the day before although the next one has been
    // reached.
    const auto first_day = zone.local_day_of(window.since) - period;
    const auto last_day = zone.local_day_of(window.until) + days{1};
    for (auto day = first_opening_day(restriction, first_day); day <= last_day; day += period) {
        const auto opens = LocalTime{day} + restriction.start_time_of_day;
        const auto closes = opens + seconds{restriction.duration_seconds};
        const auto opening = Window{.since = std::max(zone.to_instant(opens), window.since),
                                    .until = std::min(zone.to_instant(closes), window.until)};
        if (opening.since < opening.until) openings.push_back(opening);
    }
}

void join_touching(std::vector<Window>& windows) {
    std::size_t kept = 0;
    for (const auto& window : windows) {
        if (kept > 0 && window.since <= windows[kept - 1].until) {
            windows[kept - 1].until = std::max(windows[kept - 1].until, window.until);
        } else {
            windows[kept++] = window;
        }
    }
    windows.resize(kept);
}

}  // namespace

std::vector<Window>
openings(std::span<const Restriction> restrictions, const Zone& zone, Window window) {
    auto result = std::vector<Window>{};
    for (const auto& restriction : restrictions) {
        if (!opens_at_all(restriction)) continue;
        if (never_closes(restriction)) return {window};
        add_openings(result, restriction, zone, window);
    }
    std::ranges::sort(result, {}, &Window::since);
    join_touching(result);
    return result;
}

}  // namespace callboard
