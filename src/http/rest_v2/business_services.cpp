// REST "Business Services".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> business_service_routes() { return {}; }

}  // namespace callboard::http
