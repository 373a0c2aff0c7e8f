// REST "Users": their notification rules.

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

std::span<const Route> notification_rule_routes() { return {}; }

}  // namespace callboard::http
