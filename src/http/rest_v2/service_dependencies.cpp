// REST "Service Dependencies".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> service_dependency_routes() { return {}; }

}  // namespace callboard::http
