// REST "Change Events".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> change_event_routes() { return {}; }

}  // namespace callboard::http
