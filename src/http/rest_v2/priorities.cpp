// REST "Priorities".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> priority_routes() { return {}; }

}  // namespace callboard::http
