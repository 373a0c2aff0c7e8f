#pragma once
// The query of a target: repeated names kept, "x[]" and "x" the same name, percent and plus decoded.

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// What is no escape stays as it is.
std::string percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);
/// Every percent sign is followed by two hexadecimal digits, and what they spell is UTF-8.
bool is_percent_encoded_text(std::string_view text);
/// Well-formed UTF-8: nothing overlong, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text);

class QueryString {
public:
    QueryString() = default;
    explicit QueryString(std::string_view text);

    /// The last value of a name.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    /// Every value of a name, in order; "a,b" stays one value.
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    /// true, 1; anything else, or absent: false.
    [[nodiscard]] bool flag(std::string_view name) const;
    /// Error 2001 when present and not a whole number.
    [[nodiscard]] Result<std::optional<std::int64_t>> number(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace callboard
