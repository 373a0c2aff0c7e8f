#pragma once
// Reads event bodies (Events API v2, change events, v1) into what the domain calls an event, finding every problem
// at once. Member by member in simdjson: this is the hot path.

#include "domain/event/event.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callboard::http {

/// The body is not a JSON object.
struct Unreadable {};

/// What is wrong with it, in the API's words.
struct Problems {
    std::vector<std::string> errors;
};

template <class T>
using Parsed = std::variant<T, Unreadable, Problems>;

/// `body` gets room for the parser; it may be written anew. `header_key` is used when the body names none.
Parsed<Event> parse_event(std::string& body, std::string_view header_key);
Parsed<ChangeEventInput> parse_change_event(std::string& body, std::string_view header_key);
Parsed<Event> parse_event_v1(std::string& body);

}  // namespace callboard::http
