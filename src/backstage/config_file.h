#pragma once
// The section [backstage] of the configuration file. A key that is not known is an error: a mistyped one would be
// noticed when a card is needed. ${NAME} in a text stands for what the environment variable holds.

#include "backstage/config.h"
#include "base/result.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::backstage {

/// The section that is read here.
inline constexpr std::string_view section_name = "backstage";

/// What an environment variable holds; absent when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// All problems at once, one sentence each, in Error::errors; each names its key ("backstage.accounts 2: token: …") and
/// never quotes a secret. Without the section the defaults.
Result<BackstageConfig> read_config(std::string_view toml, const Environment& environment);

/// Reads the file; without a path the defaults.
Result<BackstageConfig> read_config_file(const std::string& path);

}  // namespace callboard::backstage
