#include "domain/schedule/recurrence.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <libical/ical.h>

namespace callboard {

namespace {

using std::chrono::hh_mm_ss;
using std::chrono::year_month_day;

std::string upper(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

struct Line {
    /// RRULE, EXDATE or RDATE, in capitals.
    std::string name;
    /// Between the name and the colon: ";TZID=Europe/Madrid".
    std::string_view parameters;
    std::string_view value;
};

std::optional<Line> split(std::string_view text) {
    auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto head = text.substr(0, colon);
    auto semicolon = std::min(head.find(';'), head.size());
    return Line{upper(head.substr(0, semicolon)), head.substr(semicolon), text.substr(colon + 1)};
}

/// A date, or a date and time, of an EXDATE, an RDATE or an UNTIL.
struct Moment {
    LocalTime at;
    bool is_day = false;
    bool is_utc = false;
};

std::optional<int> number(std::string_view digits) {
    int value = 0;
    for (char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// "20260301", "20260301T080000" or "20260301T080000Z".
std::optional<Moment> parse_moment(std::string_view text) {
    Moment moment;
    if (text.ends_with('Z')) {
        moment.is_utc = true;
        text.remove_suffix(1);
    }
    moment.is_day = text.size() == 8 && !moment.is_utc;
    if (!moment.is_day && (text.size() != 15 || text[8] != 'T')) return std::nullopt;
    auto date = number(text.substr(0, 8));
    auto time = moment.is_day ? std::optional{0} : number(text.substr(9));
    if (!date || !time) return std::nullopt;
    year_month_day day{std::chrono::year{*date / 10'000},
                       std::chrono::month{static_cast<unsigned>(*date / 100 % 100)},
                       std::chrono::day{static_cast<unsigned>(*date % 100)}};
    if (!day.ok() || *time / 10'000 > 23 || *time / 100 % 100 > 59 || *time % 100 > 59) return std::nullopt;
    moment.at = local_days{day} + hours{*time / 10'000} + minutes{*time / 100 % 100} + seconds{*time % 100};
    return moment;
}

std::vector<std::string_view> parts(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    while (true) {
        auto end = text.find(separator);
        out.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

/// The zone that a line's times are in; absent when it names one that is unknown.
std::optional<Zone> zone_of(const Line& line, const Zone& otherwise) {
    for (auto part : parts(line.parameters, ';'))
        if (upper(part).starts_with("TZID=")) return Zone::find(part.substr(5));
    return otherwise;
}

LocalTime shown_in(const Zone& zone, const Moment& moment, const Zone& zone_of_moment) {
    if (moment.is_utc) return zone.to_local(Timestamp{moment.at.time_since_epoch()});
    if (moment.is_day || zone == zone_of_moment) return moment.at;
    return zone.to_local(zone_of_moment.to_instant(moment.at));
}

icaltimetype ical_time(LocalTime at) {
    auto day = std::chrono::floor<days>(at);
    year_month_day date{day};
    hh_mm_ss time{std::chrono::floor<seconds>(at - day)};
    auto out = icaltime_null_time();
    out.year = static_cast<int>(date.year());
    out.month = static_cast<int>(static_cast<unsigned>(date.month()));
    out.day = static_cast<int>(static_cast<unsigned>(date.day()));
    out.hour = static_cast<int>(time.hours().count());
    out.minute = static_cast<int>(time.minutes().count());
    out.second = static_cast<int>(time.seconds().count());
    return out;
}

LocalTime local_time(const icaltimetype& at) {
    year_month_day day{std::chrono::year{at.year},
                       std::chrono::month{static_cast<unsigned>(at.month)},
                       std::chrono::day{static_cast<unsigned>(at.day)}};
    return local_days{day} + hours{at.hour} + minutes{at.minute} + seconds{at.second};
}

struct IteratorEnd {
    void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};

/// What a part of the rule is, by its name: "COUNT=3".
std::string_view value_of(std::string_view rule, std::string_view name) {
    for (auto part : parts(rule, ';'))
        if (part.size() > name.size() && upper(part.substr(0, name.size())) == name && part[name.size()] == '=')
            return part.substr(name.size() + 1);
    return {};
}

icalrecurrencetype parse_rule(std::string_view text) { return icalrecurrencetype_from_string(upper(text).c_str()); }

std::optional<std::string> problem_of_rule(std::string_view text) {
    auto frequency = upper(value_of(text, "FREQ"));
    constexpr std::string_view allowed[] = {"HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    if (std::ranges::find(allowed, frequency) == std::end(allowed))
        return "RRULE FREQ must be one of: HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY";
    if (frequency == "HOURLY")
        for (auto part : parts(text, ';'))
            if (upper(part).starts_with("BY")) return "RRULE HOURLY may have INTERVAL, COUNT and UNTIL only";
    if (!value_of(text, "BYSECOND").empty() || !value_of(text, "BYMINUTE").empty())
        return "RRULE must not have BYSECOND or BYMINUTE";
    auto until = value_of(text, "UNTIL");
    if (!until.empty() && !parse_moment(upper(until))) return "RRULE UNTIL is not a date";
    if (!until.empty() && !value_of(text, "COUNT").empty()) return "RRULE must not have both COUNT and UNTIL";
    for (std::string_view name : {"INTERVAL", "COUNT"}) {
        auto value = value_of(text, name);
        auto count = value.size() <= 5 ? number(value) : std::nullopt;
        if (!value.empty() && (!count || *count < 1 || *count > 10'000))
            return fmt::format("RRULE {} must be between 1 and 10000", name);
    }
    if (parse_rule(text).freq == ICAL_NO_RECURRENCE) return "RRULE is not a rule of RFC 5545";
    return std::nullopt;
}

std::optional<std::string> problem_of_dates(const Line& line) {
    if (!zone_of(line, Zone{})) return line.name + " names an unknown time zone";
    for (auto value : parts(line.value, ','))
        if (!parse_moment(upper(value))) return line.name + " holds a value that is not a date and time";
    return std::nullopt;
}

/// How far apart the beginnings are where the rule says no more than that: the usual rules, and the ones to be quick
/// with.
std::optional<hours> plain_step(std::string_view text) {
    for (auto part : parts(text, ';')) {
        auto name = upper(part.substr(0, part.find('=')));
        if (name != "FREQ" && name != "INTERVAL" && name != "WKST") return std::nullopt;
    }
    auto frequency = upper(value_of(text, "FREQ"));
    auto interval = value_of(text, "INTERVAL");
    auto count = interval.empty() ? std::optional{1} : number(interval);
    if (!count) return std::nullopt;
    if (frequency == "HOURLY") return hours{*count};
    if (frequency == "DAILY") return days{*count};
    if (frequency == "WEEKLY") return days{7 * *count};
    return std::nullopt;
}

/// Hands each beginning by the rule to `take`, in order, until it says false.
template <class Take>
void follow_rule(std::string_view text, const Zone& zone, LocalTime first, LocalTime since, Take take) {
    if (auto step = plain_step(text)) {
        auto passed = since > first ? (since - first + *step - Duration{1}) / Duration{*step} : 0;
        auto at = first + passed * *step;
        for (int taken = 0; taken < recurrence_steps_max && take(at); ++taken) at += *step;
        return;
    }
    auto rule = parse_rule(text);
    auto until = parse_moment(upper(value_of(text, "UNTIL")));
    // Beyond the last day it names, or the instant it names, as the wall shows that.
    auto last =
        until ? shown_in(zone, *until, zone) + (until->is_day ? Duration{days{1}} : Duration{1}) : LocalTime::max();
    rule.until = icaltime_null_time();
    std::unique_ptr<icalrecur_iterator, IteratorEnd> iterator{icalrecur_iterator_new(rule, ical_time(first))};
    if (!iterator) return;
    if (rule.count == 0 && since > first) icalrecur_iterator_set_start(iterator.get(), ical_time(since));
    for (int step = 0; step < recurrence_steps_max; ++step) {
        auto next = icalrecur_iterator_next(iterator.get());
        if (icaltime_is_null_time(next)) return;
        auto at = local_time(next);
        if (at >= last || !take(at)) return;
    }
}

}  // namespace

std::vector<std::string> validate_recurrence(std::span<const std::string> lines) {
    if (lines.size() > recurrence_lines_max) return {"may have at most 200 lines"};
    std::vector<std::string> problems;
    int rules = 0;
    for (const auto& text : lines) {
        auto line = text.size() <= recurrence_line_characters_max ? split(text) : std::nullopt;
        bool is_rule = line && line->name == "RRULE";
        rules += is_rule ? 1 : 0;
        if (!line || (!is_rule && line->name != "EXDATE" && line->name != "RDATE"))
            problems.emplace_back("may hold lines of RRULE, EXDATE and RDATE only");
        else if (auto problem = is_rule ? problem_of_rule(line->value) : problem_of_dates(*line))
            problems.push_back(std::move(*problem));
    }
    if (rules != 1) problems.emplace_back("must contain exactly one RRULE");
    return problems;
}

std::vector<LocalTime>
beginnings(std::span<const std::string> lines, const Zone& zone, LocalTime first, LocalTime since, LocalTime until) {
    if (!validate_recurrence(lines).empty() || since >= until) return {};
    std::vector<LocalTime> found;
    std::vector<LocalTime> left_out;
    std::vector<LocalTime> days_left_out;
    auto in_range = [&](LocalTime at) { return at >= since && at < until; };
    for (const auto& text : lines) {
        auto line = *split(text);
        if (line.name == "RRULE") {
            follow_rule(line.value, zone, first, since, [&](LocalTime at) {
                if (in_range(at)) found.push_back(at);
                return at < until;
            });
            continue;
        }
        auto line_zone = *zone_of(line, zone);
        for (auto value : parts(line.value, ',')) {
            auto moment = *parse_moment(upper(value));
            auto at = shown_in(zone, moment, line_zone);
            if (line.name == "EXDATE") {
                (moment.is_day ? days_left_out : left_out).push_back(at);
                continue;
            }
            // A day that is added has its shift at the usual time.
            if (moment.is_day) at += first - std::chrono::floor<days>(first);
            if (in_range(at)) found.push_back(at);
        }
    }
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::ranges::sort(left_out);
    std::ranges::sort(days_left_out);
    std::erase_if(found, [&](LocalTime at) {
        return std::ranges::binary_search(left_out, at) ||
               std::ranges::binary_search(days_left_out, LocalTime{std::chrono::floor<days>(at)});
    });
    return found;
}

}  // namespace callboard
