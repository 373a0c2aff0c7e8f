#pragma once
// A configuration file as TOML, in whichever of TOML and YAML it is written: readers know one of them, so a key is
// described in one place.

#include "base/result.h"

#include <string>
#include <string_view>

namespace callboard {

/// The same sections, keys and values in TOML. In YAML a text that reads like a number or a truth value must be in
/// quotes to stay a text; a key without a value is not given. Errors name the line and quote nothing of it: it may hold
/// a secret.
Result<std::string> toml_of_yaml(std::string_view yaml);

/// Of a file named *.yaml or *.yml what `toml_of_yaml` makes of it, of any other what is in it.
Result<std::string> read_config_text(const std::string& path);

}  // namespace callboard
