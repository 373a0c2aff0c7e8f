// REST "Users": their contact methods.

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> contact_method_routes() { return {}; }

}  // namespace callboard::http
