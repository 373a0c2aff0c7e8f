#pragma once
// Incidents are the one kind of object that a path names in two ways: by id, and by the number people say aloud.

#include "domain/incident/incident.h"
#include "http/kit/request.h"

#include <string_view>

namespace callboard::http {

/// 404, code 5001.
Error incident_not_found();

/// The incident whose id or number `text` is. Errors: incident_not_found.
Result<Incident> find_incident(Request& request, std::string_view text);

}  // namespace callboard::http
