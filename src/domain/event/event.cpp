#include "domain/event/event.h"

#include <algorithm>

namespace callboard {

std::size_t count_chars(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos; }

std::optional<std::string> routing_key_problem(std::string_view key) {
    if (count_chars(key) != routing_key_length)
        return "Length of 'routing_key' is incorrect (should be 32 characters)";
    auto alphanumeric = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    if (!std::ranges::all_of(key, alphanumeric)) return "'routing_key' cannot contain non-alphanumeric characters.";
    return std::nullopt;
}

}  // namespace callboard
