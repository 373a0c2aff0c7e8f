#pragma once
// The migrations' texts in order; the definition is generated from storage/migrations/*.sql by CMake.

#include <array>
#include <string_view>
#include <vector>

namespace callboard {

extern const std::vector<std::string_view> migrations;

}  // namespace callboard
