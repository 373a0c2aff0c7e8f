#include "backstage/route.h"

#include <doctest/doctest.h>

using namespace callboard::backstage;

namespace {

std::string_view row_of(std::string_view method, std::string_view path) {
    auto match = match_route(backstage_routes(), method, path);
    return match.route ? match.route->path : "none";
}

}  // namespace

TEST_CASE("a path finds its row whatever the case of its letters, with or without a slash at its end") {
    CHECK(row_of("GET", "/services/P1/change-events") == "/services/{id}/change-events");
    CHECK(row_of("GET", "/Services/P1/Change-Events/") == "/services/{id}/change-events");
    CHECK(row_of("GET", "/services") == "/services");
    CHECK(row_of("GET", "/services/") == "/services");
}

TEST_CASE("parameters keep their letters") {
    auto match = match_route(backstage_routes(), "POST", "/SERVICES/pX1/integration/V%20z");

    REQUIRE(match.route);
    CHECK(match.parameters == std::vector<std::string_view>{"pX1", "V%20z"});
}

TEST_CASE("other paths, other methods and empty segments find nothing") {
    CHECK(row_of("GET", "/") == "none");
    CHECK(row_of("GET", "/nothing") == "none");
    CHECK(row_of("GET", "/services//incidents") == "none");
    CHECK(row_of("GET", "/health//") == "none");
    CHECK(row_of("PUT", "/health") == "none");
    CHECK(row_of("POST", "/services/P1") == "none");
}

TEST_CASE("a mapping is looked up by service or by the three parts of an entity's reference") {
    CHECK(row_of("GET", "/mapping/entity/service/P1") == "/mapping/entity/service/{id}");
    CHECK(row_of("GET", "/mapping/entity/component/default/shop") == "/mapping/entity/{type}/{namespace}/{name}");
}
