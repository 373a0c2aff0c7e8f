#pragma once
// The order in which the plugin's own backend lists names: the default order of Unicode, as browsers sort, for the
// letters of European languages. Punctuation comes before digits, digits before letters; "alpha" before "Alpha", both
// before "beta"; accents decide only between names that are otherwise equal.

#include <compare>
#include <string>
#include <string_view>

namespace callboard::backstage {

/// A name as it is compared, for lists in which each is compared often. Of UTF-8.
class NameKey {
public:
    explicit NameKey(std::string_view name);

    auto operator<=>(const NameKey&) const = default;

private:
    std::u32string letters_;
    std::u32string accents_;
    std::string cases_;
};

/// Whether `a` comes before `b`.
bool name_before(std::string_view a, std::string_view b);

}  // namespace callboard::backstage
