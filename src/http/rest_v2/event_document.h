#pragma once
// The stored event of an alert or trigger (domain/event/event.h, Event::document) as answers show it.

#include <string_view>

#include <boost/json.hpp>

namespace callboard::http {

struct EventView {
    /// links[] and images[] with their `type`.
    boost::json::array contexts;
    /// custom_details, always an object: anything else stands under "body".
    boost::json::object details;
    /// The event in the common event format, as clients read it next to `details`.
    boost::json::object cef_details;
    std::string client;
    std::string client_url;
};

EventView view_of_event(std::string_view document, std::string_view summary, std::string_view severity);

}  // namespace callboard::http
