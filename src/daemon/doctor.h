#pragma once
// `callboard doctor`: tries what the plugin's backend will need, and says what to do about what does not work.

#include "backstage/config.h"

#include <string>

namespace callboard {

/// Prints one line for each thing tried. Returns 0 when all of them work, otherwise 1. `data` is the directory of the
/// backend that Backstage asks: its keys are those that the catalog can know. `url` is where browsers reach it, as
/// "https://callboard.example.com/api/pagerduty".
int examine(const backstage::BackstageConfig& config, const std::string& data, const std::string& url);

}  // namespace callboard
