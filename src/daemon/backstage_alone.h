#pragma once
// `callboard backstage`: the plugin's backend without a server of our own behind it, for those who keep PagerDuty.

#include "backstage/config.h"

#include <cstdint>
#include <string>

namespace callboard {

struct AloneConfig {
    backstage::BackstageConfig backstage;
    std::string host = "127.0.0.1";
    std::uint16_t port = 7009;
};

/// Returns the process's exit code.
int serve_backstage_alone(const AloneConfig& config);

}  // namespace callboard
