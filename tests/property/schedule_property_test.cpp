// Random schedules against the oracle of schedule_oracle.h, and against themselves: halves, sums,
// order. Windows lie around moves of the clocks, where mistakes live.
//
// The seed is printed; CALLBOARD_SEED repeats a run, CALLBOARD_CASES changes how many cases it has.

#include "chance.h"
#include "domain/schedule/render.h"
#include "domain/schedule/shift.h"
#include "schedule_oracle.h"

#include <algorithm>
#include <string>
#include <vector>

#include <date/date.h>
#include <doctest/doctest.h>

namespace callboard {

using namespace oracle;
using chance::cases;
using chance::Chance;
using chance::seed;

namespace {

// ---- random schedules ----

struct Case {
    Schedule schedule;
    std::vector<Override> overrides;
    Window window;
};

const std::vector<std::string> zones = {
    "Europe/Madrid",    "Europe/London",     "Europe/Dublin",    "America/New_York",
    "America/St_Johns", "America/Sao_Paulo", "America/Santiago", "America/Asuncion",
    "Africa/Cairo",     "Africa/Casablanca", "Asia/Kathmandu",   "Asia/Tehran",
    "Asia/Beirut",      "Asia/Gaza",         "Australia/Sydney", "Australia/Lord_Howe",
    "Pacific/Chatham",  "Pacific/Apia",      "America/Havana",   "Antarctica/Troll",
    "America/Caracas",  "Asia/Pyongyang",    "America/Godthab",  "UTC",
};

// Whole minutes near a move of the zone's clocks in one of ten years, or anywhere when it has none.
Minute near_a_move(Chance& chance, const date::time_zone* zone) {
    const auto from = date::sys_days{date::year{2009} / 6 / 1} + days{chance.between(0, 3'650)};
    const auto move = zone->get_info(from).end;
    const bool is_soon = move < from + days{3'650};
    const auto around = std::chrono::floor<minutes>(is_soon ? move : date::sys_seconds{from});
    return around + minutes{chance.between(-2 * 1'440, 2 * 1'440)};
}

// A local time of day, often one of the hours that are skipped or doubled.
seconds some_time_of_day(Chance& chance) {
    const auto minute = chance.one_in(2)   ? chance.between(0, 24 * 4 - 1) * 15
                        : chance.one_in(2) ? chance.between(0, 240)
                                           : chance.between(0, 1'439);
    return minutes{minute};
}

Restriction some_restriction(Chance& chance) {
    auto restriction = Restriction{};
    restriction.start_time_of_day = some_time_of_day(chance);
    if (chance.one_in(2)) {
        restriction.duration_seconds = 60 * (chance.one_in(8) ? 1'440 : chance.between(1, 1'439));
        return restriction;
    }
    restriction.type = RestrictionType::weekly_restriction;
    restriction.start_day_of_week = static_cast<int>(chance.between(1, 7));
    restriction.duration_seconds = 60 * (chance.one_in(8) ? 10'080 : chance.between(1, 10'079));
    return restriction;
}

ScheduleLayer some_layer(Chance& chance, const date::time_zone* zone, Minute around) {
    auto layer = ScheduleLayer{};
    const auto anchor_day = std::chrono::floor<days>(around) + days{chance.between(-400, 40)};
    const auto anchor = date::local_days{anchor_day.time_since_epoch()} + some_time_of_day(chance);
    layer.rotation_virtual_start = zone->to_sys(anchor, date::choose::earliest);
    layer.start =
        chance.one_in(3) ? Timestamp{around + minutes{chance.between(-1'440, 1'440)}} : Timestamp{around - days{500}};
    if (chance.one_in(3)) layer.end = around + minutes{chance.between(-1'440, 2 * 1'440)};
    layer.rotation_turn_length_seconds =
        60 * chance.of(std::vector<std::int64_t>{1'440, 1'440, 2 * 1'440, 10'080, 60, 720, 90, 1'441, 479});
    for (auto count = chance.between(0, 5); count > 0; --count) layer.users.push_back(chance.between(1, 6));
    if (chance.one_in(2)) {
        for (auto count = chance.between(1, 3); count > 0; --count) {
            layer.restrictions.push_back(some_restriction(chance));
            // Every fourth begins at the minute at which the one before it closes.
            if (layer.restrictions.size() > 1 && chance.one_in(4)) {
                const auto& before = *(layer.restrictions.end() - 2);
                const auto closes = before.start_time_of_day + seconds{before.duration_seconds};
                layer.restrictions.back().start_time_of_day = closes % days{1};
            }
        }
    }
    return layer;
}

void add_layers(Schedule& schedule, Chance& chance, Minute around) {
    const auto* zone = date::locate_zone(schedule.time_zone);
    for (auto count = chance.between(0, 4); count > 0; --count) {
        schedule.schedule_layers.push_back(some_layer(chance, zone, around));
    }
}

Case some_case(std::uint64_t number) {
    auto chance = Chance{seed() * 1'000'003 + number};
    auto result = Case{};
    result.schedule.time_zone = chance.of(zones);
    const auto around = near_a_move(chance, date::locate_zone(result.schedule.time_zone));
    add_layers(result.schedule, chance, around);
    for (auto count = chance.between(0, 4); count > 0; --count) {
        auto override_ = Override{};
        override_.id = count;
        override_.start = around + minutes{chance.between(-1'440, 2 * 1'440)};
        override_.end = override_.start + minutes{chance.between(-10, 1'440)};
        override_.user = chance.between(1, 8);
        override_.made_order = count * 7 % 5;  // All different, and not in the order of the list.
        result.overrides.push_back(override_);
    }
    result.window = {.since = around, .until = around + minutes{chance.between(1, 3 * 1'440)}};
    return result;
}

// The case's schedule, changed up to three times within its window; now and then it moves to another zone.
std::vector<ScheduleVersion> some_history(const Case& first, Chance& chance) {
    auto versions = std::vector<ScheduleVersion>{{first.window.since - days{30}, first.schedule}};
    auto changed_at = std::vector<Timestamp>{};
    for (auto count = chance.between(1, 3); count > 0; --count) {
        const auto length = std::chrono::floor<minutes>(first.window.until - first.window.since).count();
        changed_at.push_back(first.window.since + minutes{chance.between(0, length)});
    }
    std::ranges::sort(changed_at);
    const auto same = std::ranges::unique(changed_at);
    changed_at.erase(same.begin(), same.end());
    for (const auto at : changed_at) {
        auto schedule = versions.back().object;
        if (chance.one_in(3)) schedule.time_zone = chance.of(zones);
        // What is added comes above what was there, as in the editor.
        if (chance.one_in(2)) schedule.schedule_layers.clear();
        add_layers(schedule, chance, std::chrono::floor<minutes>(at));
        versions.push_back({at, std::move(schedule)});
    }
    return versions;
}

// ---- comparing ----

// Who is on call in each minute of a window, 0 for nobody.
std::vector<UserKey> by_minute(const RenderedEntries& entries, Window window) {
    auto result = std::vector<UserKey>{};
    auto entry = entries.begin();
    for (auto t = window.since; t < window.until; t += minutes{1}) {
        while (entry != entries.end() && entry->end <= t) ++entry;
        result.push_back(entry != entries.end() && entry->start <= t ? entry->user : UserKey{0});
    }
    return result;
}

// The same for a schedule that changed: each minute asks the version of that minute.
std::vector<UserKey>
walk_history(const std::vector<ScheduleVersion>& versions, const std::vector<Override>& overrides, Window window) {
    auto result = std::vector<UserKey>{};
    for (std::size_t i = 0; i < versions.size(); ++i) {
        const auto of_version = by_minute(walk(versions[i].object, overrides, window).shifts, window);
        result.resize(of_version.size());
        for (std::size_t minute = 0; minute < of_version.size(); ++minute) {
            if (window.since + minutes{minute} >= versions[i].valid_from) result[minute] = of_version[minute];
        }
    }
    return result;
}

std::string text(const RenderedEntries& entries) {
    auto result = std::string{"\n"};
    for (const auto& entry : entries) {
        result += date::format("%F %T", entry.start) + " - " + date::format("%F %T", entry.end) + "  " +
                  std::to_string(entry.user) + "\n";
    }
    return result;
}

bool is_in_order(const RenderedEntries& entries) {
    return std::ranges::all_of(entries, [](const auto& one) { return one.start < one.end; }) &&
           std::ranges::adjacent_find(
               entries, [](const auto& one, const auto& next) { return one.end > next.start; }) == entries.end();
}

double sum_of(const RenderedEntries& entries, Window window) {
    auto sum = Duration{0};
    for (const auto& entry : entries) sum += entry.end - entry.start;
    return 100.0 * static_cast<double>(sum.count()) / static_cast<double>((window.until - window.since).count());
}

void check_sub_schedule(const SubSchedule& rendered, const RenderedEntries& expected, Window window) {
    REQUIRE(text(rendered.rendered_schedule_entries) == text(expected));
    REQUIRE(is_in_order(rendered.rendered_schedule_entries));
    REQUIRE(rendered.rendered_coverage_percentage == doctest::Approx(sum_of(expected, window)));
}

RenderedEntries side_by_side(const SubSchedule& left, const SubSchedule& right) {
    auto both = left.rendered_schedule_entries;
    both.insert(both.end(), right.rendered_schedule_entries.begin(), right.rendered_schedule_entries.end());
    return joined(both);
}

}  // namespace

TEST_CASE("rendering agrees with a walk through every minute") {
    for (std::int64_t number = 0; number < cases(2'500); ++number) {
        const auto [schedule, overrides, window] = some_case(static_cast<std::uint64_t>(number));
        CAPTURE(seed());
        CAPTURE(number);
        CAPTURE(schedule.time_zone);
        const auto oracle = walk(schedule, overrides, window);
        const auto rendered = render(schedule, overrides, window);

        REQUIRE(rendered.window == window);
        for (std::size_t i = 0; i < schedule.schedule_layers.size(); ++i) {
            check_sub_schedule(rendered.schedule_layers[i], oracle.layers[i].touching(window), window);
        }
        check_sub_schedule(rendered.overrides_subschedule, oracle.overrides.touching(window), window);
        check_sub_schedule(rendered.final_schedule, oracle.shifts, window);
        REQUIRE(final_entries(schedule, overrides, window) == rendered.final_schedule.rendered_schedule_entries);
    }
}

TEST_CASE("who is on call at an instant is what the rendered schedule says") {
    for (std::int64_t number = 0; number < cases(2'500); ++number) {
        const auto [schedule, overrides, window] = some_case(static_cast<std::uint64_t>(number));
        CAPTURE(seed());
        CAPTURE(number);
        const auto entries = final_entries(schedule, overrides, window);
        auto chance = Chance{static_cast<std::uint64_t>(number)};
        for (int i = 0; i < 20; ++i) {
            const auto span = (window.until - window.since).count();
            auto t = window.since + Duration{chance.between(0, span - 1)};
            // Edges are where mistakes live.
            if (!entries.empty() && chance.one_in(2)) {
                const auto& entry = chance.of(entries);
                t = chance.one_in(2) ? entry.start : std::min(entry.end, window.until - Duration{1});
            }
            auto expected = std::optional<UserKey>{};
            for (const auto& entry : entries) {
                if (entry.start <= t && t < entry.end) expected = entry.user;
            }
            REQUIRE(on_call_at(schedule, overrides, t) == expected);
        }
    }
}

TEST_CASE("a schedule that was changed says for each minute what its version of that minute said") {
    for (std::int64_t number = 0; number < cases(400); ++number) {
        const auto one = some_case(static_cast<std::uint64_t>(number));
        auto chance = Chance{seed() * 7'919 + static_cast<std::uint64_t>(number)};
        const auto versions = some_history(one, chance);
        const auto history = ScheduleHistory(versions);
        CAPTURE(seed());
        CAPTURE(number);
        const auto expected = walk_history(versions, one.overrides, one.window);

        const auto entries = final_entries(history, one.overrides, one.window);
        REQUIRE(is_in_order(entries));
        REQUIRE(by_minute(entries, one.window) == expected);
        REQUIRE(by_minute(render(history, one.overrides, one.window).final_schedule.rendered_schedule_entries,
                          one.window) == expected);

        auto shown = RenderedEntries{};
        for (const auto& shift : shifts(history, one.overrides, one.window))
            shown.push_back({shift.start.value_or(Timestamp::min()), shift.end.value_or(Timestamp::max()), shift.user});
        REQUIRE(by_minute(shown, one.window) == expected);

        for (std::size_t minute = 0; minute < expected.size(); ++minute) {
            const auto t = one.window.since + minutes{minute};
            REQUIRE(on_call_at(history, one.overrides, t).value_or(0) == expected[minute]);
        }
        // From each change to the next one there is none in between.
        auto t = one.window.since;
        for (std::size_t minute = 1; minute < expected.size(); ++minute) {
            if (expected[minute] == expected[minute - 1]) continue;
            const auto change = next_change_after(history, one.overrides, t);
            REQUIRE(change == one.window.since + minutes{minute});
            t = *change;
        }
    }
}

TEST_CASE("overflow shows the same pieces whole") {
    for (std::int64_t number = 0; number < cases(150); ++number) {
        const auto [schedule, overrides, window] = some_case(static_cast<std::uint64_t>(number));
        CAPTURE(seed());
        CAPTURE(number);
        // No turn is longer than a week, no override than a day.
        const auto wide = Window{.since = window.since - days{9}, .until = window.until + days{9}};
        const auto oracle = walk(schedule, overrides, wide);
        const auto rendered = render(schedule, overrides, window, Overflow::whole);

        for (std::size_t i = 0; i < schedule.schedule_layers.size(); ++i) {
            REQUIRE(text(rendered.schedule_layers[i].rendered_schedule_entries) ==
                    text(oracle.layers[i].touching(window)));
        }
        REQUIRE(text(rendered.overrides_subschedule.rendered_schedule_entries) ==
                text(oracle.overrides.touching(window)));
        REQUIRE(text(rendered.final_schedule.rendered_schedule_entries) ==
                text(joined(oracle.final_.touching(window))));

        const auto cut = render(schedule, overrides, window);
        REQUIRE(rendered.final_schedule.rendered_coverage_percentage ==
                doctest::Approx(cut.final_schedule.rendered_coverage_percentage));
    }
}

TEST_CASE("a window renders as its two halves side by side") {
    for (std::int64_t number = 0; number < cases(2'500); ++number) {
        const auto [schedule, overrides, window] = some_case(static_cast<std::uint64_t>(number));
        CAPTURE(seed());
        CAPTURE(number);
        auto chance = Chance{static_cast<std::uint64_t>(number)};
        const auto middle = window.since + Duration{chance.between(0, (window.until - window.since).count())};
        const auto whole = render(schedule, overrides, window);
        const auto left = render(schedule, overrides, {.since = window.since, .until = middle});
        const auto right = render(schedule, overrides, {.since = middle, .until = window.until});

        REQUIRE(whole.final_schedule.rendered_schedule_entries ==
                side_by_side(left.final_schedule, right.final_schedule));
        REQUIRE(joined(whole.overrides_subschedule.rendered_schedule_entries) ==
                side_by_side(left.overrides_subschedule, right.overrides_subschedule));
        for (std::size_t i = 0; i < schedule.schedule_layers.size(); ++i) {
            REQUIRE(joined(whole.schedule_layers[i].rendered_schedule_entries) ==
                    side_by_side(left.schedule_layers[i], right.schedule_layers[i]));
        }
    }
}

TEST_CASE("shifts, changes and next shifts are those of a walk through every minute") {
    int compared = 0;
    for (std::int64_t number = 0; number < cases(100); ++number) {
        const auto [schedule, overrides, window] = some_case(static_cast<std::uint64_t>(number));
        CAPTURE(seed());
        CAPTURE(number);
        const auto wide = Window{.since = window.since - days{20}, .until = window.until + days{20}};
        const auto oracle = walk(schedule, overrides, wide).shifts;
        const auto ends_within = [&](const RenderedEntry& entry) {
            return entry.start > wide.since && entry.end < wide.until;
        };

        auto expected = RenderedEntries{};
        for (const auto& entry : oracle) {
            if (entry.start < window.until && entry.end > window.since) expected.push_back(entry);
        }
        const auto found = shifts(schedule, overrides, window);
        REQUIRE(found.size() == expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (!ends_within(expected[i])) continue;
            ++compared;
            const auto shift = Shift{expected[i].start, expected[i].end, expected[i].user};
            REQUIRE(found[i] == shift);
            REQUIRE(shift_at(schedule, overrides, expected[i].start) == shift);
            REQUIRE(next_change_after(schedule, overrides, expected[i].end - Duration{1}) == shift.end);
            REQUIRE(next_on_call(schedule, overrides, shift.user, expected[i].start - Duration{1}) == shift);
        }

        for (UserKey user = 1; user <= 8; ++user) {
            const auto next = std::ranges::find_if(
                oracle, [&](const auto& entry) { return entry.user == user && entry.start > window.since; });
            const auto answer = next_on_call(schedule, overrides, user, window.since);
            if (next == oracle.end()) {
                REQUIRE((!answer || answer->start >= wide.until));
            } else if (ends_within(*next)) {
                REQUIRE(answer == Shift{next->start, next->end, user});
            }
        }
    }
    CHECK((compared > 50 || cases(100) < 100));
}

}  // namespace callboard
