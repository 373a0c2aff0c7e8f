#include "domain/service/impact.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

constexpr ServiceId database{1};
constexpr ServiceId api{2};
constexpr BusinessServiceId payments{11};
constexpr BusinessServiceId shop{12};
constexpr BusinessServiceId search{13};

using Impacted = ImpactGraph::Impacted;

ServiceDependency edge(ServiceKind kind, std::int64_t supporting, ServiceKind of, std::int64_t dependent) {
    return {.id = {},
            .supporting_kind = kind,
            .supporting_service = supporting,
            .dependent_kind = of,
            .dependent_service = dependent};
}

/// database -> api -> payments -> shop, and database -> search.
ImpactGraph a_shop() {
    using enum ServiceKind;
    return ImpactGraph({edge(technical_service, database.value, technical_service, api.value),
                        edge(technical_service, api.value, business_service, payments.value),
                        edge(business_service, payments.value, business_service, shop.value),
                        edge(technical_service, database.value, business_service, search.value)});
}

ManualImpact said(BusinessServiceId service, ImpactRelation relation) { return {{}, IncidentId{1}, service, relation}; }

}  // namespace

TEST_CASE("an incident impacts every business service that stands on its service, however far up") {
    auto graph = a_shop();
    CHECK(graph.supported_by(database) == Impacted{payments, shop, search});
    CHECK(graph.supported_by(api) == Impacted{payments, shop});
    CHECK(graph.supported_by(ServiceId{99}).empty());
}

TEST_CASE("what is said by hand to be impacted is, with what stands on it") {
    std::vector by_hand{said(payments, ImpactRelation::impacted)};
    CHECK(a_shop().impacted(database, /*by_itself=*/false, by_hand) == Impacted{payments, shop});
    CHECK(a_shop().impacted(database, /*by_itself=*/true, by_hand) == Impacted{payments, shop, search});
}

TEST_CASE("what is said by hand not to be impacted is not, and passes nothing on") {
    std::vector by_hand{said(payments, ImpactRelation::not_impacted)};
    CHECK(a_shop().impacted(database, /*by_itself=*/true, by_hand) == Impacted{search});
    by_hand.push_back(said(shop, ImpactRelation::impacted));
    CHECK(a_shop().impacted(database, /*by_itself=*/true, by_hand) == Impacted{search, shop});
}

TEST_CASE("a circle ends") {
    using enum ServiceKind;
    ImpactGraph graph({edge(business_service, payments.value, business_service, shop.value),
                       edge(business_service, shop.value, business_service, payments.value)});
    std::vector by_hand{said(shop, ImpactRelation::impacted)};
    CHECK(graph.impacted(api, /*by_itself=*/false, by_hand) == Impacted{payments, shop});
}

TEST_CASE("a business service on which no other stands is at the top") {
    auto graph = a_shop();
    CHECK(graph.is_top_level(shop));
    CHECK(graph.is_top_level(search));
    CHECK_FALSE(graph.is_top_level(payments));
    CHECK(graph.supporting(shop) == std::vector{payments});
    CHECK(graph.supporting(payments).empty());
}

TEST_CASE("an incident needs a priority, and one that reaches the threshold if there is one") {
    CHECK_FALSE(meets_threshold(std::nullopt, std::nullopt));
    CHECK(meets_threshold(5, std::nullopt));
    CHECK(meets_threshold(2, 2));
    CHECK(meets_threshold(1, 2));
    CHECK_FALSE(meets_threshold(3, 2));
    CHECK(order_of_rank(1) > order_of_rank(2));
}

}  // namespace callboard
