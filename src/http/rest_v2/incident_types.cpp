// REST "Incident Types": the one that every account has, and those that are made beside it. None is ever deleted.

#include "domain/account/incident_type.h"
#include "http/kit/fields.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// No row has it: the account's first user was there before any type was made.
constexpr IncidentTypeId base_id{1};

/// It is as old as the account, and so as its first user.
IncidentType base_type(Tx& tx) {
    auto first = tx.first(Query<User>().order_by(&User::id));
    auto made_at = first ? first->created_at : tx.now();
    return {.id = base_id,
            .name = std::string(base_incident_type),
            .display_name = "Base Incident",
            .description = {},
            .parent = {},
            .created_at = made_at,
            .updated_at = made_at};
}

json::object type_object(Wire& wire, const IncidentType& type) {
    json::object out{{"id", wire.id(type.id)},
                     {"type", "incident_type"},
                     {"name", type.name},
                     {"display_name", type.display_name},
                     {"description", text_or_null(type.description)},
                     {"enabled", type.enabled},
                     {"created_at", wire.time(type.created_at)},
                     {"updated_at", wire.time(type.updated_at)}};
    out["parent"] = nullptr;
    if (type.id != base_id)
        out["parent"] =
            json::object{{"id", wire.id(type.parent.value_or(base_id))}, {"type", "incident_type_reference"}};
    return out;
}

Reply reply_with(Request& request, int status, const IncidentType& type) {
    Wire wire(request);
    return {status, json::object{{"incident_type", type_object(wire, type)}}, {}};
}

std::vector<IncidentType> all_types(Tx& tx) {
    auto types = tx.list(Query<IncidentType>().order_by(&IncidentType::id));
    types.insert(types.begin(), base_type(tx));
    return types;
}

Result<Reply> list_types(Request& request) {
    auto filter = request.query.text("filter").value_or("enabled");
    if (filter != "enabled" && filter != "disabled" && filter != "all")
        return errors::invalid_input("Filter must be enabled, disabled or all");
    Wire wire(request);
    json::array types;
    for (const auto& type : all_types(request.tx()))
        if (filter == "all" || type.enabled == (filter == "enabled")) types.emplace_back(type_object(wire, type));
    return ok(json::object{{"incident_types", std::move(types)}});
}

Result<IncidentType> type_of_path(Request& request) {
    auto type = find_incident_type(request, request.parameter("type_id_or_name"));
    if (!type) return errors::not_found();
    return *type;
}

Result<Reply> get_type(Request& request) {
    TRY(auto type, type_of_path(request));
    return reply_with(request, 200, type);
}

bool is_type_name(std::string_view name) {
    return std::ranges::all_of(name,
                               [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

/// REST: these words are PagerDuty's own.
bool is_reserved(std::string_view display_name) {
    std::string lower(display_name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::ranges::any_of(std::initializer_list<std::string_view>{"pd", "pagerduty", "default"},
                               [&](std::string_view prefix) { return lower.starts_with(prefix); });
}

void read_name(Fields& fields, IncidentType& type) {
    fields.text("name", type.name, {.required = true, .max = 50});
    if (!is_type_name(type.name)) fields.problem("name", "may have lower-case letters, digits and underscores only");
    if (type.name.ends_with("_default")) fields.problem("name", "must not end in _default");
}

void read_parent(Fields& fields, IncidentType& type) {
    std::string parent;
    if (!fields.text("parent_type", parent, {.required = true})) return;
    auto found = find_incident_type(fields.request(), parent);
    if (!found) return fields.problem("parent_type", "is not the id or the name of an incident type");
    if (found->id != base_id) type.parent = found->id;
}

void read_others(Fields& fields, IncidentType& type, bool create) {
    fields.text("display_name", type.display_name, {.required = create || fields.sent("display_name"), .max = 50});
    if (is_reserved(type.display_name)) fields.problem("display_name", "must not begin with PD, PagerDuty or Default");
    fields.text("description", type.description, {.max = 1'000});
    fields.flag("enabled", type.enabled);
    for (const auto& other : all_types(fields.request().tx())) {
        if (other.id == type.id) continue;
        if (create && other.name == type.name) fields.problem("name", "has already been taken");
        if (other.display_name == type.display_name) fields.problem("display_name", "has already been taken");
    }
}

Result<Reply> create_type(Request& request) {
    TRY(auto fields, Fields::of(request, "incident_type"));
    IncidentType type;
    type.created_at = type.updated_at = request.now;
    read_name(fields, type);
    read_parent(fields, type);
    read_others(fields, type, /*create=*/true);
    CHECK_OK(fields.check());
    if (request.tx().count(Query<IncidentType>()) >= static_cast<std::int64_t>(incident_types_max))
        return errors::invalid_input(
            fmt::format("Product limit reached: an account may have at most {} incident types", incident_types_max));
    type.id = request.tx().new_id<IncidentTypeId>();
    request.tx().insert(type);
    return reply_with(request, 201, type);
}

Result<Reply> update_type(Request& request) {
    TRY(auto type, type_of_path(request));
    TRY(auto fields, Fields::of(request, "incident_type"));
    if (type.id == base_id) return errors::invalid_input("The base incident type can't be changed");
    read_others(fields, type, /*create=*/false);
    CHECK_OK(fields.check());
    type.updated_at = request.now;
    request.tx().update(type);
    return reply_with(request, 200, type);
}

constexpr Route table[] = {
    {Verb::get, "/incidents/types", "incident_types.read", Need::view, list_types},
    {Verb::post, "/incidents/types", "incident_types.write", Need::manage, create_type},
    {Verb::get, "/incidents/types/{type_id_or_name}", "incident_types.read", Need::view, get_type},
    {Verb::put, "/incidents/types/{type_id_or_name}", "incident_types.write", Need::manage, update_type},
};

}  // namespace

std::optional<IncidentType> find_incident_type(Request& request, std::string_view id_or_name) {
    auto& tx = request.tx();
    auto id = request.site.ids.parse<IncidentTypeId>(id_or_name);
    if (id_or_name == base_incident_type || id == base_id) return base_type(tx);
    if (id)
        if (auto type = tx.find<IncidentType>(*id)) return type;
    return tx.first(Query<IncidentType>().where(&IncidentType::name, std::string(id_or_name)));
}

std::span<const Route> incident_type_routes() { return table; }

}  // namespace callboard::http
