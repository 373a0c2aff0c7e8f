#pragma once
// When a maintenance window counts, and what may still be changed about it. While one runs, its services drop events.

#include "domain/service/service.h"

namespace callboard {

enum class WindowState { future, ongoing, past };

WindowState state_of(const MaintenanceWindow& window, Timestamp now);

/// What somebody wants a window's times to be.
struct WindowTimes {
    Timestamp start_time;
    Timestamp end_time;
};

/// The window with the times that were asked for, as far as time allows: a start that has passed means now, and a
/// window that is running keeps its start. Problems are sentences; then the window is left as it was.
std::vector<std::string> set_times(MaintenanceWindow& window, WindowTimes asked, Timestamp now);

}  // namespace callboard
