#pragma once
// The console's style sheet, embedded at build time from http/console/style.css.

#include <string_view>

namespace callboard::http {

extern const std::string_view style_css;

}  // namespace callboard::http
