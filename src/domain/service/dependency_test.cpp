#include "domain/service/dependency.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

/// `dependent` needs `supporting`.
ServiceDependency edge(std::int64_t supporting, std::int64_t dependent) {
    ServiceDependency out;
    out.supporting_service = supporting;
    out.dependent_service = dependent;
    return out;
}

}  // namespace

TEST_CASE("the first dependency of an account is allowed") { CHECK(may_join({}, edge(1, 2))); }

TEST_CASE("a service cannot depend on itself") { CHECK_FALSE(may_join({}, edge(1, 1))); }

TEST_CASE("two services cannot depend on each other") { CHECK_FALSE(may_join({edge(1, 2)}, edge(2, 1))); }

TEST_CASE("a circle through several services is refused wherever it closes") {
    std::vector<ServiceDependency> chain{edge(1, 2), edge(2, 3), edge(3, 4)};

    CHECK_FALSE(may_join(chain, edge(4, 1)));
    CHECK_FALSE(may_join(chain, edge(3, 1)));
    CHECK(may_join(chain, edge(1, 4)));
}

TEST_CASE("two ways to the same service are no circle") {
    CHECK(may_join({edge(1, 2), edge(1, 3), edge(2, 4)}, edge(3, 4)));
}

TEST_CASE("a chain of a hundred dependencies is allowed and one more is not") {
    std::vector<ServiceDependency> chain;
    for (std::int64_t i = 1; i < dependency_depth_max; ++i) chain.push_back(edge(i, i + 1));

    REQUIRE(may_join(chain, edge(dependency_depth_max, dependency_depth_max + 1)));
    chain.push_back(edge(dependency_depth_max, dependency_depth_max + 1));

    CHECK_FALSE(may_join(chain, edge(dependency_depth_max + 1, dependency_depth_max + 2)));
    CHECK_FALSE(may_join(chain, edge(0, 1)));
    CHECK(may_join(chain, edge(1'000, 1'001)));
}

TEST_CASE("the longest way counts where there are several") {
    std::vector<ServiceDependency> edges{edge(1, 1'000)};
    for (std::int64_t i = 1; i < dependency_depth_max; ++i) edges.push_back(edge(i, i + 1));
    edges.push_back(edge(dependency_depth_max, 1'000));

    CHECK_FALSE(may_join(edges, edge(1'000, 1'001)));
}

TEST_CASE("a service has at most two thousand dependencies, whichever end it is") {
    std::vector<ServiceDependency> edges;
    for (std::int64_t i = 1; i < 2'000; ++i) edges.push_back(i % 2 ? edge(i, 5'000) : edge(5'000, 5'000 + i));

    REQUIRE(may_join(edges, edge(3'000, 5'000)));
    edges.push_back(edge(3'000, 5'000));

    CHECK_FALSE(may_join(edges, edge(3'001, 5'000)));
    CHECK_FALSE(may_join(edges, edge(5'000, 9'000)));
}

}  // namespace callboard
