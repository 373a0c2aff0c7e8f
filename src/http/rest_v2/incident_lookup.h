#pragma once
// Finding an incident by what clients put into a path, its id or its number, for a requester who may do with it what
// the route needs.

#include "domain/incident/incident.h"
#include "http/kit/request.h"

#include <string_view>

namespace callboard::http {

/// Errors: 5001 Incident Not Found, also when it is hidden; 2010.
Result<Incident> find_incident(Request& request, std::string_view text);

}  // namespace callboard::http
