#include "app/stored_json.h"

#include <string>

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("what was let in as JSON can be read again, as deep as it is") {
    std::string text = "1";
    for (int level = 0; level < 200; ++level) text = R"({"a":)" + text + "}";
    auto value = parse_stored(text);
    REQUIRE(value.is_object());
    CHECK(boost::json::serialize(value) == text);
    CHECK(parse_stored("{").is_null());
    CHECK(parse_stored("", boost::json::object{}).is_object());
}

}  // namespace callboard
