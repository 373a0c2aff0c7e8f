#include "domain/service/maintenance.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp now = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + hours{12};

MaintenanceWindow window_of(Timestamp start, Timestamp end) {
    MaintenanceWindow window;
    window.start_time = start;
    window.end_time = end;
    return window;
}

}  // namespace

TEST_CASE("a maintenance window counts from its start up to its end") {
    auto window = window_of(now, now + hours{1});

    CHECK(state_of(window, now - seconds{1}) == WindowState::future);
    CHECK(state_of(window, now) == WindowState::ongoing);
    CHECK(state_of(window, now + hours{1}) == WindowState::past);
}

TEST_CASE("a start in the past means now") {
    MaintenanceWindow window;

    CHECK(set_times(window, {now - hours{1}, now + hours{1}}, now).empty());
    CHECK(window.start_time == now);
    CHECK(window.end_time == now + hours{1});
}

TEST_CASE("a running window keeps its start and may end earlier or later, but not in the past") {
    auto window = window_of(now - hours{1}, now + hours{1});

    CHECK(set_times(window, {now - hours{3}, now + hours{2}}, now).empty());
    CHECK(window.start_time == now - hours{1});
    CHECK(window.end_time == now + hours{2});
    CHECK(set_times(window, {now + hours{1}, now + hours{2}}, now).size() == 1);
    CHECK(set_times(window, {now - hours{1}, now}, now) == std::vector<std::string>{"End time must be in the future"});
    CHECK(window.end_time == now + hours{2});
}

TEST_CASE("a window that ends before it starts is refused") {
    MaintenanceWindow window;

    CHECK(set_times(window, {now + hours{2}, now + hours{1}}, now) ==
          std::vector<std::string>{"End time must be after the start time"});
}

}  // namespace callboard
