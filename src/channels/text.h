#pragma once
// Text on its way out: made harmless, cut, escaped. Everything returned is well-formed UTF-8.

#include "channels/channel.h"

#include <string>
#include <string_view>

namespace callboard::channels {

/// The message with ill-formed UTF-8 replaced and control characters gone; subject, names and labels are one line each,
/// and only actions that lead to http or https are left.
Message cleaned(const Message& message);

/// Nothing but joining and declining can be done about it.
bool asks_for_help(const Message& message);

/// One line: what breaks lines or controls becomes a blank, blanks in a row become one.
std::string one_line(std::string_view text);

/// At most `bytes_max` bytes, ended with "…" where something was cut off.
std::string cut_bytes(std::string_view text, std::size_t bytes_max);

/// For text and attributes of HTML and XML.
std::string escape_markup(std::string_view text);

/// Counts in E.164: a plus and 7 to 15 digits, the first not 0.
bool is_phone_number(std::string_view text);

/// The next character of well-formed UTF-8, taken off the front of `rest`, which must not be empty.
char32_t take_character(std::string_view& rest);

}  // namespace callboard::channels
