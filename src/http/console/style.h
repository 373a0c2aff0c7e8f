#pragma once
// The console's style sheet, embedded at build time from http/console/style.css. It stands in the head of every page:
// on a slow link a page is painted with its first answer, and the policy of the page allows this style and no other.

#include "http/console/html.h"

#include <string>
#include <string_view>

namespace callboard::http {

extern const std::string_view style_css;

/// The element, without what only readers of the source need.
const Html& page_style();

/// What the policy calls it: "'sha256-…'".
const std::string& style_source();

/// Without comments, and with one blank where there were many.
std::string condensed(std::string_view css);

}  // namespace callboard::http
