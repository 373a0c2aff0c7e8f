#pragma once
// The stored event of an alert or trigger (domain/event/event.h, Event::document) as answers show it.

#include "domain/event/event.h"
#include "http/kit/fields.h"
#include "http/kit/wire.h"

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

/// A document for which the answer has no room is left out, and `details` says so (docs/compatibility.md).
EventView view_of_event(Wire& wire, std::string_view document, std::string_view summary, std::string_view severity);

/// The contexts alone.
boost::json::array contexts_of_event(Wire& wire, std::string_view document);

/// `event`, as a sender would send it by Events v2; its routing key may be left out. Nothing when it was not sent.
void read_sent_event(Fields& fields, Event& event);

}  // namespace callboard::http
