// Random shift-based schedules against the oracle of shift_oracle.h, minute by minute around moves of the clocks, and
// against themselves.
//
// The seed is printed; CALLBOARD_SEED repeats a run, CALLBOARD_CASES changes how many cases it has.

#include "chance.h"
#include "domain/schedule/recurrence.h"
#include "domain/schedule/shift_plan.h"
#include "shift_oracle.h"

#include <algorithm>
#include <string>

#include <date/date.h>
#include <doctest/doctest.h>

namespace callboard {

using namespace oracle;
using chance::cases;
using chance::Chance;
using chance::seed;

namespace {

const std::vector<std::string> shift_zones = {"Europe/Madrid",
                                              "America/New_York",
                                              "America/St_Johns",
                                              "Australia/Lord_Howe",
                                              "Asia/Kathmandu",
                                              "Africa/Casablanca",
                                              "America/Santiago",
                                              "Asia/Beirut",
                                              "UTC"};

Minute near_a_move(Chance& chance, const date::time_zone* zone) {
    const auto from = date::sys_days{date::year{2015} / 6 / 1} + days{chance.between(0, 3'650)};
    const auto move = zone->get_info(from).end;
    const bool is_soon = move < from + days{3'650};
    return std::chrono::floor<minutes>(is_soon ? move : date::sys_seconds{from}) +
           minutes{chance.between(-1'440, 1'440)};
}

std::string day_text(date::local_days day) { return date::format("%Y%m%d", day); }

void write_rule(Chance& chance, PlainEvent& plain, date::local_days first, date::local_days around) {
    constexpr std::array names{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    plain.weekly = chance.one_in(2);
    plain.interval = static_cast<int>(chance.between(1, 3));
    auto rule = std::string{plain.weekly ? "RRULE:FREQ=WEEKLY" : "RRULE:FREQ=DAILY"};
    if (plain.interval > 1) rule += ";INTERVAL=" + std::to_string(plain.interval);
    if (chance.one_in(2)) {
        for (auto count = chance.between(1, 4); count > 0; --count)
            plain.weekdays.insert(static_cast<unsigned>(chance.between(1, 7)));
        // What a rule says of a first day that it does not name differs from reader to reader.
        plain.weekdays.insert(date::weekday{first}.iso_encoding());
        auto separator = ";BYDAY=";
        for (auto weekday : plain.weekdays) {
            rule += separator + std::string{names[weekday - 1]};
            separator = ",";
        }
    }
    if (chance.one_in(4)) {
        plain.count = static_cast<int>(chance.between(1, 60));
        rule += ";COUNT=" + std::to_string(*plain.count);
    } else if (chance.one_in(4)) {
        plain.until_day = around + days{chance.between(-3, 5)};
        rule += ";UNTIL=" + day_text(*plain.until_day);
    }
    plain.event.recurrence = {rule};
    while (chance.one_in(3)) {
        auto day = around + days{chance.between(-3, 3)};
        plain.days_left_out.insert(day);
        plain.event.recurrence.push_back("EXDATE;VALUE=DATE:" + day_text(day));
    }
}

PlainEvent some_event(Chance& chance, const std::string& zone_name, Minute around) {
    PlainEvent plain;
    auto& event = plain.event;
    const auto* zone = date::locate_zone(zone_name);
    const auto day = date::floor<days>(wall_clock(zone, around));
    const auto first = day - days{chance.between(0, 90)};
    event.time_zone = zone_name;
    const auto begin =
        date::local_days{first} + minutes{chance.one_in(2) ? chance.between(0, 240) : chance.between(0, 1'439)};
    event.start_time = Timestamp{begin.time_since_epoch()};
    event.end_time = event.start_time + minutes{chance.one_in(3) ? 1'440 : chance.between(1, 3'000)};
    event.effective_since = around + minutes{chance.between(-60 * 1'440, 1'440)};
    if (chance.one_in(3)) event.effective_until = event.effective_since + minutes{chance.between(1, 70 * 1'440)};
    event.strategy = chance.one_in(3) ? ShiftStrategy::every_member : ShiftStrategy::rotating_member;
    event.shifts_per_member = static_cast<int>(chance.between(1, 3));
    for (auto count = chance.between(1, 4); count > 0; --count) event.members.push_back(chance.between(0, 4));
    write_rule(chance, plain, first, day);
    return plain;
}

struct ShiftCase {
    PlainEvent plain;
    Schedule schedule;
    std::vector<ShiftOverride> overrides;
    Window window;
};

ShiftCase some_case(Chance& chance) {
    ShiftCase made;
    const auto zone = chance.of(shift_zones);
    const auto around = near_a_move(chance, date::locate_zone(zone));
    made.plain = some_event(chance, zone, around);
    made.schedule.kind = ScheduleKind::shift_based;
    made.schedule.time_zone = zone;
    made.schedule.rotations = {{ShiftRotationId{1}, {made.plain.event}}};
    made.window = {.since = around - minutes{chance.between(0, 1'440)},
                   .until = around + minutes{chance.between(1, 2'880)}};
    for (std::int64_t id = 1; chance.one_in(2); ++id) {
        ShiftOverride override_;
        override_.id = ShiftOverrideId{id};
        override_.rotation = ShiftRotationId{1};
        override_.start_time = around + minutes{chance.between(-1'440, 1'440)};
        override_.end_time = override_.start_time + minutes{chance.between(1, 2'000)};
        override_.overridden_member = chance.between(0, 4);
        override_.overriding_member = chance.between(0, 4);
        made.overrides.push_back(override_);
    }
    return made;
}

std::string described(const ShiftEvent& event) {
    return format_iso8601(event.start_time) + " to " + format_iso8601(event.end_time) + " in " + event.time_zone +
           ", from " + format_iso8601(event.effective_since) + " to " +
           (event.effective_until ? format_iso8601(*event.effective_until) : "ever") + ", " +
           std::string{text_of(event.strategy)} + " x" + std::to_string(event.shifts_per_member) + " of " +
           std::to_string(event.members.size());
}

std::vector<UserKey> sorted(std::vector<UserKey> keys) {
    std::ranges::sort(keys);
    return keys;
}

/// Who holds what at `t`, by the rendered shifts.
std::vector<UserKey> members_at(const std::vector<AssignedShift>& shifts, Timestamp t) {
    std::vector<UserKey> members;
    for (const auto& shift : shifts)
        if (shift.start <= t && t < shift.end) members.push_back(shift.member);
    return sorted(members);
}

std::vector<UserKey> people_in(std::vector<UserKey> members) {
    std::erase(members, nobody);
    std::ranges::sort(members);
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return members;
}

}  // namespace

TEST_CASE("shifts are held by whom the plainest reading says, minute by minute") {
    for (std::int64_t i = 0; i < cases(300); ++i) {
        Chance chance(seed() + static_cast<std::uint64_t>(i));
        const auto made = some_case(chance);
        CAPTURE(i);
        CAPTURE(made.plain.event.recurrence.front());
        CAPTURE(described(made.plain.event));
        REQUIRE(validate(made.plain.event).empty());
        const ShiftPlan plan{made.schedule, {}, made.overrides};
        const auto rendered = assigned_shifts(plan, made.window, Overflow::cut);
        const auto last_day = date::local_days{date::floor<days>(made.window.until).time_since_epoch()} + days{3};
        const auto expected = shifts_of(made.plain, last_day);
        for (auto t = std::chrono::floor<minutes>(made.window.since); t < made.window.until; t += minutes{1}) {
            const auto holders = sorted(holders_at(expected, made.overrides, t));
            CAPTURE(date::format("%F %R", t));
            REQUIRE(members_at(rendered, t) == holders);
            if (t.time_since_epoch().count() % 97 != 0) continue;
            REQUIRE(sorted(users_on_call_at(plan, t)) == people_in(holders));
        }
    }
}

TEST_CASE("what a window shows is what its halves show") {
    for (std::int64_t i = 0; i < cases(150); ++i) {
        Chance chance(seed() + 10'000 + static_cast<std::uint64_t>(i));
        const auto made = some_case(chance);
        const ShiftPlan plan{made.schedule, {}, made.overrides};
        const auto middle = made.window.since + (made.window.until - made.window.since) / 2;
        const auto whole = assigned_shifts(plan, made.window, Overflow::cut);
        const auto left = assigned_shifts(plan, {made.window.since, middle}, Overflow::cut);
        const auto right = assigned_shifts(plan, {middle, made.window.until}, Overflow::cut);
        for (auto t = made.window.since; t < made.window.until; t += minutes{13})
            REQUIRE(members_at(whole, t) == members_at(t < middle ? left : right, t));
    }
}

TEST_CASE("whatever is sent as a rule is refused, or gives beginnings in order and inside of what was asked") {
    const std::vector<std::string> pieces = {"FREQ=DAILY",
                                             "FREQ=WEEKLY",
                                             "FREQ=MONTHLY",
                                             "FREQ=YEARLY",
                                             "FREQ=HOURLY",
                                             ";",
                                             "INTERVAL=",
                                             "COUNT=",
                                             "UNTIL=",
                                             "BYDAY=",
                                             "BYMONTHDAY=",
                                             "BYMONTH=",
                                             "BYSETPOS=",
                                             "BYHOUR=",
                                             "BYWEEKNO=",
                                             "BYYEARDAY=",
                                             "WKST=",
                                             "MO",
                                             "-1FR",
                                             "+53SU",
                                             "1",
                                             "31",
                                             "-366",
                                             "99999",
                                             "20260301",
                                             "20260301T000000Z",
                                             ",",
                                             "=",
                                             "RSCALE=HEBREW",
                                             "SKIP=FORWARD",
                                             "BYDAY=MO,TU,WE",
                                             ";BYMONTH=2",
                                             ";BYMONTHDAY=30",
                                             ";COUNT=7",
                                             ";INTERVAL=2",
                                             ":",
                                             "\\n",
                                             "é",
                                             ";BYDAY=1MO,-1MO",
                                             ";BYSETPOS=-1",
                                             " ",
                                             ";BYMONTHDAY=1,2,3,31"};
    const auto first = LocalTime{std::chrono::local_days{std::chrono::year{2026} / 3 / 1}} + hours{9};
    int reckoned = 0;
    for (std::int64_t i = 0; i < cases(3'000); ++i) {
        Chance chance(seed() + 30'000 + static_cast<std::uint64_t>(i));
        auto rule = std::string{"RRULE:"} + chance.of(pieces);
        for (auto count = chance.between(0, 6); count > 0; --count) rule += chance.of(pieces);
        if (chance.one_in(20))
            rule += ";BYDAY=MO" + std::string(static_cast<std::size_t>(chance.between(1, 3'000)), ',');
        CAPTURE(rule);
        const std::vector<std::string> lines{rule};
        const auto since = first + days{chance.between(-10, 400)};
        const auto until = since + days{chance.between(0, 60)};
        const auto found = beginnings(lines, Zone{}, first, since, until);
        if (!validate_recurrence(lines).empty()) {
            REQUIRE(found.empty());
            continue;
        }
        reckoned += found.empty() ? 0 : 1;
        REQUIRE(std::ranges::is_sorted(found));
        for (auto at : found) REQUIRE((at >= since && at < until && at >= first));
    }
    REQUIRE(reckoned > 0);
}

TEST_CASE("whole shifts of people agree with who is on call, and the next change is the next edge") {
    for (std::int64_t i = 0; i < cases(100); ++i) {
        Chance chance(seed() + 20'000 + static_cast<std::uint64_t>(i));
        const auto made = some_case(chance);
        CAPTURE(i);
        const ShiftPlan plan{made.schedule, {}, made.overrides};
        const auto t = made.window.since;
        std::vector<UserKey> by_shifts;
        for (const auto& shift : shifts(plan, {t, t})) {
            REQUIRE((!shift.start || *shift.start <= t));
            REQUIRE((!shift.end || *shift.end > t));
            by_shifts.push_back(shift.user);
        }
        const auto now = sorted(users_on_call_at(plan, t));
        REQUIRE(sorted(by_shifts) == now);
        const auto change = next_change_after(plan, t);
        if (!change) continue;
        REQUIRE(*change > t);
        REQUIRE(sorted(users_on_call_at(plan, *change)) != now);
        REQUIRE(sorted(users_on_call_at(plan, *change - Duration{1})) == now);
    }
}

}  // namespace callboard
