#pragma once
// How fast people answer: from when an incident was first given to somebody until they first acknowledged it.
// Definition: REST "Analytics", mean_time_to_acknowledge_seconds of responders.

#include "domain/incident/metrics.h"

#include <cstdint>
#include <vector>

namespace callboard {

struct PersonalResponse {
    UserId user;
    std::int64_t seconds_to_acknowledge = 0;

    bool operator==(const PersonalResponse&) const = default;
};

/// Of those who acknowledged what had been given to them, in the order in which they did.
std::vector<PersonalResponse> responses_of(const IncidentFacts& facts);

}  // namespace callboard
