// REST "On-Calls".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> oncall_routes() { return {}; }

}  // namespace callboard::http
