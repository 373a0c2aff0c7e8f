// REST "Teams".

#include "domain/account/team.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

json::object team_object(Wire& wire, const Team& team) {
    auto out = wire.team_ref(team.id);
    out["type"] = "team";
    out["name"] = team.name;
    return out;
}

json::object team_ref_or_full(Wire& wire, TeamId id) {
    return reference_or_full(wire, "teams", wire.team(id), wire.team_ref(id), team_object);
}

std::span<const Route> team_routes() { return {}; }

}  // namespace callboard::http
