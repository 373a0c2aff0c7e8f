// REST "Incidents": alerts.

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> alert_routes() { return {}; }

}  // namespace callboard::http
