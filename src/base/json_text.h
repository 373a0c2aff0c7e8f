#pragma once
// JSON strings, written where a whole JSON library would be too much.

#include <string>
#include <string_view>

namespace callboard {

/// Appends `utf8` as a JSON string, quotes included. Only what JSON demands is escaped.
void append_json_text(std::string& out, std::string_view utf8);

}  // namespace callboard
