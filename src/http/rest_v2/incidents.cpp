// REST "Incidents".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> incident_routes() { return {}; }

}  // namespace callboard::http
