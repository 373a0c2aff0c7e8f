// How long schedules take. The yardstick: 52 weeks of fifty people in three layers with daily turns
// and restrictions render in less than 10 ms at -O2 on one ordinary core. Taking longer makes the program fail.

#include "domain/schedule/render.h"
#include "domain/schedule/shift.h"
#include "domain/schedule/shift_plan.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <vector>

#include <benchmark/benchmark.h>

namespace callboard {

namespace {

constexpr Timestamp new_year = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
constexpr Window one_year = {.since = new_year, .until = new_year + days{364}};

Restriction restriction(RestrictionType type, std::optional<int> day, hours start, hours duration) {
    return {.type = type,
            .start_time_of_day = start,
            .start_day_of_week = day,
            .duration_seconds = seconds{duration}.count()};
}

Schedule fifty_people_in_three_layers() {
    auto layer = ScheduleLayer{};
    layer.start = new_year - days{700};
    layer.rotation_virtual_start = layer.start + hours{9};
    layer.rotation_turn_length_seconds = 86'400;
    layer.users.resize(50);
    std::iota(layer.users.begin(), layer.users.end(), 1);
    auto schedule = Schedule{.time_zone = "Europe/Madrid", .schedule_layers = {layer, layer, layer}};

    constexpr auto daily = RestrictionType::daily_restriction;
    constexpr auto weekly = RestrictionType::weekly_restriction;
    auto& layers = schedule.schedule_layers;
    // Different people in each layer, so that the final schedule has something to keep apart.
    std::ranges::rotate(layers[1].users, layers[1].users.begin() + 17);
    std::ranges::rotate(layers[2].users, layers[2].users.begin() + 34);
    layers[0].restrictions = {restriction(daily, {}, hours{6}, hours{16})};
    layers[1].restrictions = {restriction(daily, {}, hours{22}, hours{10}),
                              restriction(daily, {}, hours{12}, hours{2})};
    for (int day = 1; day <= 5; ++day) {
        layers[2].restrictions.push_back(restriction(weekly, day, hours{9}, hours{8}));
    }
    return schedule;
}

std::vector<Override> overrides_of_a_year(int count) {
    auto overrides = std::vector<Override>{};
    for (int i = 0; i < count; ++i) {
        const auto start = new_year + days{364} * i / count;
        overrides.push_back(
            {.id = i, .start = start, .end = start + hours{30}, .user = i % 50, .made_order = i * 7 % count});
    }
    return overrides;
}

bool took_too_long = false;

/// Mean time of a render so far; more than the yardstick is a failure of the program.
class Yardstick {
public:
    void measure(const benchmark::State& state) const {
        constexpr std::chrono::duration<double, std::milli> allowed{10};
        const std::chrono::duration<double, std::milli> all = std::chrono::steady_clock::now() - begun_;
        took_too_long = took_too_long || all / static_cast<double>(state.iterations()) > allowed;
    }

private:
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

void render_52_weeks(benchmark::State& state) {
    const auto schedule = fifty_people_in_three_layers();
    const auto overrides = overrides_of_a_year(static_cast<int>(state.range(0)));
    std::size_t entries = 0;
    const Yardstick yardstick;
    for (auto _ : state) {
        const auto rendered = render(schedule, overrides, one_year);
        entries = rendered.final_schedule.rendered_schedule_entries.size();
        benchmark::DoNotOptimize(entries);
    }
    yardstick.measure(state);
    state.counters["entries"] = static_cast<double>(entries);
}

void who_is_on_call_now(benchmark::State& state) {
    const auto schedule = fifty_people_in_three_layers();
    const auto overrides = overrides_of_a_year(100);
    auto t = new_year;
    for (auto _ : state) {
        benchmark::DoNotOptimize(on_call_at(schedule, overrides, t));
        t = t + minutes{61} < one_year.until ? t + minutes{61} : new_year;
    }
}

void running_shift(benchmark::State& state) {
    const auto schedule = fifty_people_in_three_layers();
    const auto overrides = overrides_of_a_year(100);
    for (auto _ : state) benchmark::DoNotOptimize(shift_at(schedule, overrides, new_year + days{100}));
}

void next_shift_of_somebody_weeks_away(benchmark::State& state) {
    const auto schedule = fifty_people_in_three_layers();
    for (auto _ : state) benchmark::DoNotOptimize(next_on_call(schedule, {}, 1, new_year + days{100}));
}

/// The same people as shifts: three rotations, each of three events that share the week.
Schedule fifty_people_in_three_rotations() {
    Schedule schedule;
    schedule.kind = ScheduleKind::shift_based;
    schedule.time_zone = "Europe/Madrid";
    for (std::int64_t number = 0; number < 3; ++number) {
        ShiftEvent event;
        event.id = ShiftEventId{number + 1};
        event.time_zone = schedule.time_zone;
        event.start_time = new_year - days{700} + hours{9};
        event.end_time = event.start_time + days{1};
        event.effective_since = new_year - days{700};
        event.recurrence = {"RRULE:FREQ=DAILY"};
        for (std::int64_t i = 0; i < 17; ++i) event.members.push_back(number * 17 + i + 1);
        schedule.rotations.push_back({ShiftRotationId{number + 1}, {event}});
    }
    return schedule;
}

void render_52_weeks_of_shifts(benchmark::State& state) {
    const auto schedule = fifty_people_in_three_rotations();
    std::vector<ShiftOverride> overrides;
    for (const auto& one : overrides_of_a_year(static_cast<int>(state.range(0)))) {
        ShiftOverride override_;
        override_.id = ShiftOverrideId{one.id + 1};
        override_.rotation = ShiftRotationId{one.id % 3 + 1};
        override_.start_time = one.start;
        override_.end_time = one.end;
        override_.overridden_member = one.id % 50 + 1;
        override_.overriding_member = 51;
        overrides.push_back(override_);
    }
    const ShiftPlan plan{schedule, {}, overrides};
    std::size_t entries = 0;
    const Yardstick yardstick;
    for (auto _ : state) entries = assigned_shifts(plan, one_year, Overflow::cut).size();
    yardstick.measure(state);
    state.counters["entries"] = static_cast<double>(entries);
}

void who_has_a_shift_now(benchmark::State& state) {
    const auto schedule = fifty_people_in_three_rotations();
    const ShiftPlan plan{schedule, {}, {}};
    for (auto _ : state) benchmark::DoNotOptimize(users_on_call_at(plan, new_year + days{100}));
}

BENCHMARK(render_52_weeks_of_shifts)->Arg(0)->Arg(100)->Arg(2'000)->Unit(benchmark::kMillisecond);
BENCHMARK(who_has_a_shift_now)->Unit(benchmark::kMicrosecond);
BENCHMARK(render_52_weeks)->Arg(0)->Arg(100)->Arg(2'000)->Unit(benchmark::kMillisecond);
BENCHMARK(who_is_on_call_now)->Unit(benchmark::kMicrosecond);
BENCHMARK(running_shift)->Unit(benchmark::kMicrosecond);
BENCHMARK(next_shift_of_somebody_weeks_away)->Unit(benchmark::kMicrosecond);

}  // namespace

bool renders_took_too_long() { return took_too_long; }

}  // namespace callboard

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    if (!callboard::renders_took_too_long()) return 0;
    std::fputs("A render of 52 weeks took more than 10 ms.\n", stderr);
    return 1;
}
