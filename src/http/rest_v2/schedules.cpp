// REST "Schedules" (v2).

#include "domain/schedule/schedule.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

json::object schedule_object(Wire& wire, const Schedule& schedule) {
    auto out = wire.schedule_ref(schedule.id);
    out["type"] = "schedule";
    out["name"] = schedule.name;
    return out;
}

std::span<const Route> schedule_routes() { return {}; }

}  // namespace callboard::http
