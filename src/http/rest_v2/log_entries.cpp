// REST "Log Entries".

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

json::object log_entry_object(Wire& wire, const LogEntry& entry) {
    return wire.head(wire.id(entry.id), text_of(entry.type), "", "", "");
}

std::span<const Route> log_entry_routes() { return {}; }

}  // namespace callboard::http
