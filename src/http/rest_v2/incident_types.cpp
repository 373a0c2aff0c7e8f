// REST "Incident Types": the one that every account has. Others cannot be made yet.

#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr std::string_view default_name = "incident_default";

/// It is as old as the account, and so as its first user.
Timestamp made_at(Tx& tx) {
    auto first = tx.first(Query<User>().order_by(&User::id));
    return first ? first->created_at : tx.now();
}

json::object default_type(Request& request) {
    Wire wire(request);
    auto at = wire.time(made_at(request.tx()));
    return {{"id", default_incident_type_id(request.site)},
            {"type", "incident_type"},
            {"name", default_name},
            {"display_name", "Base Incident"},
            {"description", nullptr},
            {"parent", nullptr},
            {"enabled", true},
            {"created_at", at},
            {"updated_at", at}};
}

Result<Reply> list_types(Request& request) {
    auto filter = request.query.text("filter").value_or("enabled");
    if (filter != "enabled" && filter != "disabled" && filter != "all")
        return errors::invalid_input("Filter must be enabled, disabled or all");
    json::array types;
    if (filter != "disabled") types.emplace_back(default_type(request));
    return ok(json::object{{"incident_types", std::move(types)}});
}

Result<Reply> get_type(Request& request) {
    if (!is_default_incident_type(request.site, request.parameter("type_id_or_name"))) return errors::not_found();
    return ok(json::object{{"incident_type", default_type(request)}});
}

constexpr Route table[] = {
    {Verb::get, "/incidents/types", "incident_types.read", Need::view, list_types},
    {Verb::get, "/incidents/types/{type_id_or_name}", "incident_types.read", Need::view, get_type},
};

}  // namespace

std::string default_incident_type_id(const Site& site) { return site.ids.text(Kind::incident_type, 1); }

bool is_default_incident_type(const Site& site, std::string_view id_or_name) {
    return id_or_name == default_name || id_or_name == default_incident_type_id(site);
}

std::span<const Route> incident_type_routes() { return table; }

}  // namespace callboard::http
