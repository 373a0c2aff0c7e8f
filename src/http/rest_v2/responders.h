#pragma once
// Responders as they stand on an incident, and the requests that brought them.

#include "http/kit/wire.h"

namespace callboard::http {

/// The members `incidents_responders` and `responder_requests` of an incident.
void write_responders(Wire& wire, const Incident& incident, json::object& out);

}  // namespace callboard::http
