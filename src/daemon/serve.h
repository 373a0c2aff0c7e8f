#pragma once
// The server: builds every part, wires them, runs until it is told to stop.

#include "daemon/config.h"

namespace callboard {

/// Returns the process's exit code.
int serve(const ServeConfig& config);

}  // namespace callboard
