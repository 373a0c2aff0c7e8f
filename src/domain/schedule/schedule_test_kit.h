#pragma once
// Words for the tests of schedules: instants written as local time, and entries read back as lines
// such as "Sat 03-28 09:00 - Sun 03-29 09:00  1". Only tests include this.

#include "domain/calendar/zone.h"
#include "domain/schedule/entries.h"
#include "domain/schedule/shift.h"

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::test {

/// "2026-03-29 01:50" as the wall clock of a zone shows it.
inline LocalTime local(std::string_view text) {
    int y = 0;
    unsigned m = 0;
    unsigned d = 0;
    int hour = 0;
    int minute = 0;
    std::sscanf(std::string{text}.c_str(), "%d-%u-%u %d:%d", &y, &m, &d, &hour, &minute);
    const auto date = std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d};
    return LocalTime{local_days{date}} + hours{hour} + minutes{minute};
}

struct Place {
    Zone zone;

    explicit Place(std::string_view name) : zone(Zone::find(name).value()) {}

    Timestamp operator()(std::string_view local_text) const {
        return zone.to_instant(local(local_text));
    }

    Window window(std::string_view since, std::string_view until) const {
        return {.since = (*this)(since), .until = (*this)(until)};
    }

    std::string text(Timestamp t) const {
        static constexpr const char* names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        const auto day = zone.local_day_of(t);
        const auto date = std::chrono::year_month_day{day};
        const auto minute_of_day = std::chrono::floor<minutes>(zone.time_of_day(t)).count();
        char buffer[64];
        std::snprintf(buffer,
                      sizeof buffer,
                      "%s %02u-%02u %02d:%02d",
                      names[std::chrono::weekday{day}.c_encoding()],
                      static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()),
                      static_cast<int>(minute_of_day / 60),
                      static_cast<int>(minute_of_day % 60));
        return buffer;
    }

    std::string text(const RenderedEntries& entries) const {
        auto result = std::string{};
        for (const auto& entry : entries) {
            result += text(entry.start) + " - " + text(entry.end) + "  " +
                      std::to_string(entry.user) + "\n";
        }
        return result;
    }

    std::string text(const std::vector<Shift>& shifts) const {
        auto result = std::string{};
        for (const auto& shift : shifts) {
            result += (shift.start ? text(*shift.start) : "ever") + " - " +
                      (shift.end ? text(*shift.end) : "ever") + "  " + std::to_string(shift.user) +
                      "\n";
        }
        return result;
    }

    std::string text(const std::optional<Shift>& shift) const {
        return shift ? text(std::vector{*shift}) : "none\n";
    }
};

inline constexpr std::int64_t one_day = 86'400;
inline constexpr std::int64_t one_week = 604'800;

/// A layer that has always been there and takes its turns from `virtual_start`.
inline ScheduleLayer
layer(Timestamp virtual_start, std::int64_t turn_length_seconds, std::vector<UserKey> users) {
    auto result = ScheduleLayer{};
    result.start = virtual_start - days{3'650};
    result.rotation_virtual_start = virtual_start;
    result.rotation_turn_length_seconds = turn_length_seconds;
    result.users = std::move(users);
    return result;
}

inline Restriction daily(hours start, hours duration) {
    return {.type = RestrictionType::daily_restriction,
            .start_time_of_day = start,
            .duration_seconds = seconds{duration}.count()};
}

inline Restriction weekly(int day_of_week, hours start, hours duration) {
    return {.type = RestrictionType::weekly_restriction,
            .start_time_of_day = start,
            .start_day_of_week = day_of_week,
            .duration_seconds = seconds{duration}.count()};
}

}  // namespace callboard::test
