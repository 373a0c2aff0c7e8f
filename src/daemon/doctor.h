#pragma once
// `callboard doctor`: tries what the plugin's backend will need, and says what to do about what does not work.

#include "backstage/config.h"

namespace callboard {

/// Prints one line for each thing tried. Returns 0 when all of them work, otherwise 1.
int examine(const backstage::BackstageConfig& config);

}  // namespace callboard
