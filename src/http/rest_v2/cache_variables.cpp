// REST "Event Orchestrations": the cache variables of an orchestration and of a service, and the data of those that
// others fill in.

#include "app/orchestrations.h"
#include "app/stored_json.h"
#include "http/rest_v2/orchestrations.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// Whose variables the path speaks of.
struct Owner {
    std::optional<EventOrchestrationId> orchestration;
    std::optional<ServiceId> service;
    /// "/event_orchestrations/…/cache_variables"
    std::string path;
};

using FindOwner = Result<Owner> (*)(Request&);

Result<Owner> orchestration_owner(Request& request) {
    TRY(auto row, orchestration_of_path(request));
    auto path = fmt::format("/event_orchestrations/{}/cache_variables", request.site.ids.text(row.id));
    return Owner{row.id, std::nullopt, std::move(path)};
}

Result<Owner> service_owner(Request& request) {
    TRY(auto row, permitted_row<Service>(request, "service_id", errors::not_found("Service Not Found", 5002)));
    auto path = fmt::format("/event_orchestrations/services/{}/cache_variables", request.site.ids.text(row.id));
    return Owner{std::nullopt, row.id, std::move(path)};
}

std::vector<CacheVariable> variables_of(Tx& tx, const Owner& owner) {
    return owner.service ? callboard::variables_of(tx, *owner.service)
                         : callboard::variables_of(tx, *owner.orchestration);
}

Error variable_not_found() { return errors::not_found("Cache Variable Not Found"); }

Result<CacheVariable> variable_of_path(Request& request, const Owner& owner) {
    TRY(auto variable, request.path_row<CacheVariable>("cache_variable_id", variable_not_found()));
    if (variable.orchestration != owner.orchestration || variable.service != owner.service) return variable_not_found();
    return variable;
}

json::object configuration_object(const CacheVariable& variable) {
    json::object out{{"type", text_of(variable.type)}};
    if (variable.type == CacheVariableType::recent_value) {
        out["source"] = variable.source;
        out["regex"] = variable.regex;
        return out;
    }
    if (variable.type == CacheVariableType::external_data) out["data_type"] = text_of(variable.data_type);
    out["ttl_seconds"] = number_or_null(variable.ttl_seconds);
    return out;
}

json::object variable_object(Wire& wire, const Owner& owner, const CacheVariable& variable) {
    json::object out;
    out["id"] = wire.id(variable.id);
    out["name"] = variable.name;
    out["disabled"] = variable.disabled;
    bool external = variable.type == CacheVariableType::external_data;
    if (external)
        out["data_endpoint"] = wire.request.site.api(fmt::format("{}/{}/data", owner.path, wire.id(variable.id)));
    else
        out["conditions"] = conditions_array(variable.conditions);
    out["configuration"] = configuration_object(variable);
    out["created_at"] = wire.time(variable.created_at);
    out["created_by"] = user_or_null(wire, variable.created_by);
    out["updated_at"] = wire.time(variable.updated_at);
    out["updated_by"] = user_or_null(wire, variable.updated_by);
    return out;
}

void read_configuration(Fields& fields, CacheVariable& variable) {
    if (!fields.sent("type")) fields.problem("type", "can't be blank");
    fields.choice("type", variable.type);
    bool recent = variable.type == CacheVariableType::recent_value;
    variable.source.clear();
    variable.regex.clear();
    variable.ttl_seconds.reset();
    if (recent) {
        fields.text("source", variable.source, {.required = true, .max = rule_text_max});
        fields.text("regex", variable.regex, {.required = true, .max = rule_text_max});
        return;
    }
    int ttl = 0;
    if (fields.number("ttl_seconds", ttl, {.required = true, .min = 1, .max = cache_ttl_max_seconds}))
        variable.ttl_seconds = ttl;
    if (variable.type == CacheVariableType::external_data) fields.choice("data_type", variable.data_type);
}

/// A name is a word of conditions: cache_var.name.
bool is_variable_name(std::string_view name) {
    auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

void read_variable(Fields& fields, const Owner& owner, CacheVariable& variable, bool create) {
    fields.text("name", variable.name, {.required = create || fields.sent("name"), .max = 64});
    if (!variable.name.empty() && !is_variable_name(variable.name))
        fields.problem("name", "must be letters, digits and underscores, and begin with none of the digits");
    for (const auto& other : variables_of(fields.request().tx(), owner))
        if (other.id != variable.id && other.name == variable.name) fields.problem("name", "has already been taken");
    fields.flag("disabled", variable.disabled);
    if (auto configuration = fields.nested("configuration")) {
        read_configuration(*configuration, variable);
        fields.adopt(*configuration);
    } else if (create) {
        fields.problem("configuration", "can't be blank");
    }
    read_conditions(fields, variable.conditions);
    if (variable.type == CacheVariableType::external_data) variable.conditions.clear();
    if (!fields.problems().empty()) return;
    const auto compilation = compile(variable);
    for (const auto* found : {&compilation.problems, &compilation.excesses})
        for (const auto& problem : *found) fields.problem(problem.place, problem.what);
}

Reply shown(Request& request, const Owner& owner, const CacheVariable& variable) {
    Wire wire(request);
    return ok(json::object{{"cache_variable", variable_object(wire, owner, variable)}});
}

template <FindOwner owner_of>
Result<Reply> list(Request& request) {
    TRY(auto owner, owner_of(request));
    Wire wire(request);
    json::array out;
    for (const auto& variable : variables_of(request.tx(), owner))
        out.emplace_back(variable_object(wire, owner, variable));
    auto total = out.size();
    return ok(json::object{{"cache_variables", std::move(out)}, {"total", total}});
}

/// The schema says 200 where other resources say 201.
template <FindOwner owner_of>
Result<Reply> create(Request& request) {
    TRY(auto owner, owner_of(request));
    TRY(auto fields, Fields::of(request, "cache_variable"));
    fields.speak_of_places();
    CacheVariable variable;
    variable.orchestration = owner.orchestration;
    variable.service = owner.service;
    read_variable(fields, owner, variable, /*create=*/true);
    if (static_cast<std::int64_t>(variables_of(request.tx(), owner).size()) >= cache_variables_max)
        fields.sentence("At most 25 cache variables belong to one orchestration");
    CHECK_OK(fields.check());
    variable.id = request.tx().new_id<CacheVariableId>();
    variable.created_at = request.now;
    variable.created_by = acting_user(request);
    variable.updated_at = request.now;
    variable.updated_by = variable.created_by;
    request.tx().insert(variable);
    return shown(request, owner, variable);
}

template <FindOwner owner_of>
Result<Reply> show(Request& request) {
    TRY(auto owner, owner_of(request));
    TRY(auto variable, variable_of_path(request, owner));
    return shown(request, owner, variable);
}

/// One that is set up in another way begins without a value.
template <FindOwner owner_of>
Result<Reply> update(Request& request) {
    TRY(auto owner, owner_of(request));
    TRY(auto variable, variable_of_path(request, owner));
    TRY(auto fields, Fields::of(request, "cache_variable"));
    fields.speak_of_places();
    auto before = configuration_object(variable);
    read_variable(fields, owner, variable, /*create=*/false);
    CHECK_OK(fields.check());
    variable.updated_at = request.now;
    variable.updated_by = acting_user(request);
    request.tx().update(variable);
    if (before != configuration_object(variable)) forget_value(request.tx(), variable);
    return shown(request, owner, variable);
}

template <FindOwner owner_of>
Result<Reply> remove(Request& request) {
    TRY(auto owner, owner_of(request));
    TRY(auto variable, variable_of_path(request, owner));
    forget_value(request.tx(), variable);
    request.tx().erase<CacheVariable>(variable.id);
    return no_content();
}

// --- external data
// ----------------------------------------------------------------------------------------------------

Result<CacheVariable> external_variable(Request& request, const Owner& owner) {
    TRY(auto variable, variable_of_path(request, owner));
    if (variable.type != CacheVariableType::external_data)
        return errors::invalid_input("Cache variable is not of the type external_data");
    return variable;
}

Reply data_shown(Request& request, const OrchestrationValue& value) {
    Wire wire(request);
    return ok(
        json::object{{"cache_variable_data", parse_stored(value.value)}, {"updated_at", wire.time(value.updated_at)}});
}

template <FindOwner owner_of>
Result<Reply> show_data(Request& request) {
    TRY(auto owner, owner_of(request));
    TRY(auto variable, external_variable(request, owner));
    auto value = value_of(request.tx(), variable);
    if (!value) return errors::not_found("Cache Variable Data Not Found");
    return data_shown(request, *value);
}

bool is_of_type(const json::value& value, CacheDataType type) {
    switch (type) {
    case CacheDataType::string: return value.is_string() && value.get_string().size() <= rule_text_max;
    case CacheDataType::number: return value.is_number();
    case CacheDataType::boolean: return value.is_bool();
    }
    return false;
}

template <FindOwner owner_of>
Result<Reply> update_data(Request& request) {
    TRY(auto owner, owner_of(request));
    TRY(auto variable, external_variable(request, owner));
    TRY(auto fields, Fields::of(request, ""));
    const auto* sent = fields.raw("cache_variable_data");
    if (!sent || sent->is_null())
        fields.problem("cache_variable_data", "can't be blank");
    else if (!is_of_type(*sent, variable.data_type))
        fields.problem("cache_variable_data",
                       fmt::format("must be a {} of at most 1024 bytes", text_of(variable.data_type)));
    CHECK_OK(fields.check());
    set_value(request.tx(), variable, json::serialize(*sent));
    return data_shown(request, *value_of(request.tx(), variable));
}

template <FindOwner owner_of>
Result<Reply> remove_data(Request& request) {
    TRY(auto owner, owner_of(request));
    TRY(auto variable, external_variable(request, owner));
    forget_value(request.tx(), variable);
    return no_content();
}

constexpr Scope to_read{"event_orchestrations.read"};
constexpr Scope to_write{"event_orchestrations.write"};
constexpr Scope service_read{"services.read"};
constexpr Scope service_write{"services.write"};
constexpr auto of_o = orchestration_owner;
constexpr auto of_s = service_owner;

// clang-format off
constexpr Route table[] = {
    {Verb::get, "/event_orchestrations/{id}/cache_variables", to_read, Need::view, list<of_o>, Reach::team},
    {Verb::post, "/event_orchestrations/{id}/cache_variables", to_write, Need::manage, create<of_o>, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/cache_variables/{cache_variable_id}", to_read, Need::view, show<of_o>, Reach::team},
    {Verb::put, "/event_orchestrations/{id}/cache_variables/{cache_variable_id}", to_write, Need::manage, update<of_o>, Reach::team},
    {Verb::del, "/event_orchestrations/{id}/cache_variables/{cache_variable_id}", to_write, Need::manage, remove<of_o>, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/cache_variables/{cache_variable_id}/data", to_read, Need::view, show_data<of_o>, Reach::team},
    {Verb::put, "/event_orchestrations/{id}/cache_variables/{cache_variable_id}/data", to_write, Need::manage, update_data<of_o>, Reach::team},
    {Verb::del, "/event_orchestrations/{id}/cache_variables/{cache_variable_id}/data", to_write, Need::manage, remove_data<of_o>, Reach::team},
    {Verb::get, "/event_orchestrations/services/{service_id}/cache_variables", service_read, Need::view, list<of_s>, Reach::team},
    {Verb::post, "/event_orchestrations/services/{service_id}/cache_variables", service_write, Need::manage, create<of_s>, Reach::team},
    {Verb::get, "/event_orchestrations/services/{service_id}/cache_variables/{cache_variable_id}", service_read, Need::view, show<of_s>, Reach::team},
    {Verb::put, "/event_orchestrations/services/{service_id}/cache_variables/{cache_variable_id}", service_write, Need::manage, update<of_s>, Reach::team},
    {Verb::del, "/event_orchestrations/services/{service_id}/cache_variables/{cache_variable_id}", service_write, Need::manage, remove<of_s>, Reach::team},
    {Verb::get, "/event_orchestrations/services/{service_id}/cache_variables/{cache_variable_id}/data", service_read, Need::view, show_data<of_s>, Reach::team},
    {Verb::put, "/event_orchestrations/services/{service_id}/cache_variables/{cache_variable_id}/data", service_write, Need::manage, update_data<of_s>, Reach::team},
    {Verb::del, "/event_orchestrations/services/{service_id}/cache_variables/{cache_variable_id}/data", service_write, Need::manage, remove_data<of_s>, Reach::team},
};
// clang-format on

}  // namespace

std::span<const Route> cache_variable_routes() { return table; }

}  // namespace callboard::http
