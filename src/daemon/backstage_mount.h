#pragma once
// The Backstage routes on the server's own port.

#include "daemon/backstage_plugin.h"

namespace callboard {

inline constexpr std::string_view backstage_prefix = "/api/pagerduty";

/// `plugin` and `clock` outlive the mount.
http::Mount backstage_mount(BackstagePlugin& plugin, const Clock& clock);

}  // namespace callboard
