// REST "Priorities".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

json::object priority_object(Wire& wire, const Priority& priority) {
    return wire.head(wire.id(priority.id), "priority", priority.name, "", "");
}

std::span<const Route> priority_routes() { return {}; }

}  // namespace callboard::http
