#pragma once
// What the files about event orchestrations share: whose they are, and how rules look in bodies.

#include "http/kit/permit.h"
#include "http/rest_v2/orchestration_rules.h"

namespace callboard::http {

/// One without a team is changed by administrators only.
Result<void> permit_orchestration(Request& request, const EventOrchestration& orchestration);

/// The orchestration whose id is in the path, when the requester may do with it what the route needs.
Result<EventOrchestration> orchestration_of_path(Request& request);

}  // namespace callboard::http
