#include "domain/incident/responses.h"

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("a person's time to acknowledge runs from when it was first theirs, and whom it was not given to has none") {
    const UserId ada{1};
    const UserId grace{2};
    const UserId passer_by{3};
    const auto start = parse_iso8601("2026-03-02T09:00:00Z")->at;
    IncidentFacts facts;
    auto given = [&](UserId to, Duration after) {
        facts.log.push_back({LogEntryType::assign, agent_of(ServiceId{9}), Channel::api, {to}, {}, start + after});
    };
    auto acknowledged = [&](UserId by, Duration after) {
        facts.log.push_back({LogEntryType::acknowledge, agent_of(by), Channel::website, {}, {}, start + after});
    };

    given(ada, seconds{0});
    given(grace, minutes{5});
    acknowledged(grace, minutes{7});
    given(ada, minutes{8});
    acknowledged(passer_by, minutes{9});
    acknowledged(grace, minutes{10});
    acknowledged(ada, minutes{20});

    CHECK(responses_of(facts) == std::vector<PersonalResponse>{{grace, 120}, {ada, 1'200}});
}

}  // namespace callboard
