#pragma once
// The Backstage routes on the server's own port.

#include "daemon/backstage_plugin.h"

namespace callboard {

inline constexpr std::string_view backstage_prefix = "/api/pagerduty";

/// All of it outlives the mount. The workers are its own: they wait for Backstage, and for PagerDuty.
http::Mount backstage_mount(BackstagePlugin& plugin, const Clock& clock, http::WorkerPool& workers);

}  // namespace callboard
