#include "domain/service/maintenance.h"

#include <algorithm>

namespace callboard {

WindowState state_of(const MaintenanceWindow& window, Timestamp now) {
    if (window.end_time <= now) return WindowState::past;
    return window.start_time <= now ? WindowState::ongoing : WindowState::future;
}

std::vector<std::string> set_times(MaintenanceWindow& window, WindowTimes asked, Timestamp now) {
    std::vector<std::string> problems;
    bool running = state_of(window, now) == WindowState::ongoing;
    if (running && asked.start_time > now)
        problems.emplace_back("Start time can't be moved once the maintenance window has begun");
    if (asked.end_time <= now) problems.emplace_back("End time must be in the future");
    if (asked.end_time <= asked.start_time) problems.emplace_back("End time must be after the start time");
    if (!problems.empty()) return problems;
    if (!running) window.start_time = std::max(asked.start_time, now);
    window.end_time = asked.end_time;
    return problems;
}

}  // namespace callboard
