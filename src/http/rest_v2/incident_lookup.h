#pragma once
// Finding an incident by what clients put into a path: its id or its number.

#include "domain/incident/incident.h"
#include "http/kit/request.h"

#include <string_view>

namespace callboard::http {

/// Error 5001 Incident Not Found.
Result<Incident> find_incident(Request& request, std::string_view text);

}  // namespace callboard::http
