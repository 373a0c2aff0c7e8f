// REST "Schedules": overrides.

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> schedule_override_routes() { return {}; }

}  // namespace callboard::http
