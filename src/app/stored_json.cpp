#include "app/stored_json.h"

#include <boost/json/parse.hpp>

namespace callboard {

namespace {

/// What the parser of events lets in; bodies of requests are less deep.
constexpr std::size_t depth_max = 1'024;

}  // namespace

boost::json::value parse_stored(std::string_view text, boost::json::value otherwise) {
    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::system::error_code failed;
    auto value = boost::json::parse({text.data(), text.size()}, failed, {}, options);
    return failed ? otherwise : value;
}

}  // namespace callboard
