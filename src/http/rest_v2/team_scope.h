#pragma once
// What belongs to a team. Policies name their team; a service belongs to the team of its policy.

#include "http/kit/request.h"

#include <optional>
#include <string_view>
#include <vector>

namespace callboard::http {

std::vector<EscalationPolicyId> policies_of_teams(Tx& tx, const std::vector<TeamId>& teams);

/// Deleted ones too, so that their history is found.
std::vector<ServiceId> services_of_teams(Tx& tx, const std::vector<TeamId>& teams);

/// The services whose history the requester sees, by growing id; absent when nothing is hidden from them.
std::optional<std::vector<ServiceId>> seen_services(Request& request);

/// The services that the query's parameter names, of those that the requester sees; absent: all there are. It asks
/// what http/kit/permit.h wants a list to ask.
std::optional<std::vector<ServiceId>> asked_services(Request& request, std::string_view name);

}  // namespace callboard::http
