#pragma once
// The order in which the plugin's own backend lists names: the default order of Unicode, as browsers sort, for the
// letters of European languages. Punctuation comes before digits, digits before letters; "alpha" before "Alpha", both
// before "beta"; accents decide only between names that are otherwise equal.

#include <string_view>

namespace callboard::backstage {

/// Whether `a` comes before `b`. Both are UTF-8.
bool name_before(std::string_view a, std::string_view b);

}  // namespace callboard::backstage
