#pragma once
// What a shift-based schedule says, worked out in the plainest way: an oracle that shares no code and no method with
// shift_plan.cpp. It walks day by day over the calendar and asks of every day whether the rule names it, makes a list
// of all shifts there are, gives them out one after the other, and then asks of every minute who holds it.
//
// It knows the rules that the generator of the property test makes: DAILY and WEEKLY with INTERVAL, BYDAY, COUNT and
// UNTIL, and EXDATE.

#include "domain/schedule/schedule.h"
#include "schedule_oracle.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace callboard::oracle {

/// An event in words of the test: the texts are made from it, and the oracle reads it instead of the texts.
struct PlainEvent {
    ShiftEvent event;
    bool weekly = false;
    int interval = 1;
    /// ISO, Monday is 1. Empty: the day of the first shift.
    std::set<unsigned> weekdays = {};
    std::optional<int> count = {};
    /// The last day on which a shift may begin.
    std::optional<date::local_days> until_day = {};
    std::set<date::local_days> days_left_out = {};
};

struct PlainShift {
    Minute begin;
    Minute end;
    std::vector<UserKey> members;
};

/// The first minute at which the wall has shown `local` or more.
inline Minute first_shown(const date::time_zone* zone, LocalMinute local) {
    auto t = Minute{local.time_since_epoch()} - days{2};
    // Far from it by the hour: clocks go back by two hours at most.
    while (wall_clock(zone, t) < local) t += wall_clock(zone, t + minutes{240}) < local ? minutes{60} : minutes{1};
    return t;
}

inline bool is_named(const PlainEvent& plain, date::local_days first, date::local_days day) {
    if (day < first) return false;
    if (!plain.weekly) {
        bool in_step = (day - first).count() % plain.interval == 0;
        return in_step && (plain.weekdays.empty() || plain.weekdays.contains(date::weekday{day}.iso_encoding()));
    }
    auto monday = [](date::local_days of) { return of - days{date::weekday{of}.iso_encoding() - 1}; };
    if ((monday(day) - monday(first)).count() / 7 % plain.interval != 0) return false;
    auto weekday = date::weekday{day}.iso_encoding();
    return plain.weekdays.empty() ? weekday == date::weekday{first}.iso_encoding() : plain.weekdays.contains(weekday);
}

/// Every shift of the event that begins before `last_day`, with whom it is for.
inline std::vector<PlainShift> shifts_of(const PlainEvent& plain, date::local_days last_day) {
    const auto& event = plain.event;
    const auto* zone = date::locate_zone(event.time_zone);
    const auto begin = LocalMinute{std::chrono::floor<minutes>(event.start_time).time_since_epoch()};
    const auto length = std::chrono::floor<minutes>(event.end_time - event.start_time);
    const auto first = date::floor<days>(begin);
    std::vector<PlainShift> shifts;
    int named = 0;
    int given = 0;
    for (auto day = first; day < last_day; day += days{1}) {
        if (plain.until_day && day > *plain.until_day) break;
        if (plain.count && named >= *plain.count) break;
        if (!is_named(plain, first, day)) continue;
        ++named;
        if (plain.days_left_out.contains(day)) continue;
        const auto local = LocalMinute{day} + (begin - LocalMinute{first});
        const auto since = std::chrono::floor<minutes>(event.effective_since);
        auto from = std::max(first_shown(zone, local), since);
        auto to = first_shown(zone, local + length);
        if (event.effective_until) to = std::min(to, std::chrono::floor<minutes>(*event.effective_until));
        if (from >= to) continue;
        const auto number = given++;
        auto members = event.members;
        if (event.strategy == ShiftStrategy::rotating_member)
            members = {
                event.members[static_cast<std::size_t>(number / event.shifts_per_member) % event.members.size()]};
        shifts.push_back({from, to, std::move(members)});
    }
    return shifts;
}

/// The members who hold a shift of the event at `t`, with overrides as they were made.
inline std::vector<UserKey>
holders_at(const std::vector<PlainShift>& shifts, const std::vector<ShiftOverride>& overrides, Minute t) {
    std::vector<UserKey> holders;
    for (const auto& shift : shifts) {
        if (t < shift.begin || t >= shift.end) continue;
        for (auto scheduled : shift.members) {
            auto holder = scheduled;
            for (const auto& override_ : overrides)
                if (t >= override_.start_time && t < override_.end_time &&
                    (override_.overridden_member == scheduled || override_.overridden_member == holder))
                    holder = override_.overriding_member;
            holders.push_back(holder);
        }
    }
    return holders;
}

}  // namespace callboard::oracle
