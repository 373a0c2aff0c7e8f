#pragma once
// JSON that we stored as it was sent: events and their parts, configurations, values. What was let in can be read
// again, however deep it is; json::parse by itself ends at 32 levels.

#include <string_view>

#include <boost/json/value.hpp>

namespace callboard {

/// `otherwise` where the text is no JSON.
boost::json::value parse_stored(std::string_view text, boost::json::value otherwise = nullptr);

}  // namespace callboard
