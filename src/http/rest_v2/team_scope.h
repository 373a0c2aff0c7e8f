#pragma once
// What belongs to a team. Policies name their team; a service belongs to the team of its policy.

#include "domain/ids.h"
#include "storage/tx.h"

#include <vector>

namespace callboard::http {

std::vector<EscalationPolicyId> policies_of_teams(Tx& tx, const std::vector<TeamId>& teams);

/// Deleted ones too, so that their history is found.
std::vector<ServiceId> services_of_teams(Tx& tx, const std::vector<TeamId>& teams);

}  // namespace callboard::http
