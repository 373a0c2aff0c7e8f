#include "domain/service/standard.h"

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("each standard looks at its own fact and passes from its least value on") {
    struct Row {
        const char* sentence;
        StandardType type;
        ServiceFacts just_passes;
        ServiceFacts just_fails;
    };

    const Row rows[] = {
        {"a description must not be empty",
         StandardType::has_technical_service_description,
         {.has_description = true},
         {}},
        {"acknowledgements must time out",
         StandardType::has_acknowledgement_timeout,
         {.has_acknowledgement_timeout = true},
         {}},
        {"incidents must resolve by themselves some day",
         StandardType::has_auto_resolve_timeout,
         {.has_auto_resolve_timeout = true},
         {}},
        {"the service must belong to a team", StandardType::has_team, {.has_team = true}, {}},
        {"the policy must have two levels",
         StandardType::minimum_escalation_policy_rule_depth,
         {.escalation_rules = 2},
         {.escalation_rules = 1}},
        {"two people must be reachable",
         StandardType::minimum_escalation_policy_unique_users,
         {.unique_users = 2},
         {.unique_users = 1}},
        {"an event must have a way in", StandardType::minimum_inbound_integrations, {.inbound_integrations = 1}, {}},
        {"the service must have a place among others", StandardType::has_service_dependencies, {.dependencies = 1}, {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.sentence);
        CHECK(passes(row.type, row.just_passes));
        CHECK_FALSE(passes(row.type, row.just_fails));
    }
}

TEST_CASE("a standard without inclusions is about every service but its exclusions") {
    Standard standard;
    standard.exclusions = {ServiceId{2}};

    CHECK(applies(standard, ServiceId{1}));
    CHECK_FALSE(applies(standard, ServiceId{2}));
}

TEST_CASE("a standard with inclusions is about these only, and an exclusion still wins") {
    Standard standard;
    standard.inclusions = {ServiceId{1}, ServiceId{2}};
    standard.exclusions = {ServiceId{2}};

    CHECK(applies(standard, ServiceId{1}));
    CHECK_FALSE(applies(standard, ServiceId{2}));
    CHECK_FALSE(applies(standard, ServiceId{3}));
}

}  // namespace callboard
