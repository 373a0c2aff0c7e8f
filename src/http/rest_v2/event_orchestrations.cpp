// REST "Event Orchestrations": the orchestrations, their integrations, and which features are on. Their rules are in
// orchestration_paths.cpp.

#include "app/orchestrations.h"
#include "http/kit/page.h"
#include "http/rest_v2/orchestrations.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

Error integration_not_found() { return errors::not_found("Integration Not Found", 2100); }

std::size_t routes_of(Tx& tx, const EventOrchestration& orchestration) {
    return routed_services(path_of(tx, orchestration.id, PathType::router)).size();
}

std::vector<OrchestrationIntegration> integrations_of(Tx& tx, EventOrchestrationId orchestration) {
    return tx.list(Query<OrchestrationIntegration>()
                       .where(&OrchestrationIntegration::orchestration, orchestration)
                       .order_by(&OrchestrationIntegration::id));
}

json::object integration_object(Wire& wire, const OrchestrationIntegration& integration) {
    return {{"id", wire.id(integration.id)},
            {"label", integration.label},
            {"parameters", {{"routing_key", integration.routing_key}, {"type", "global"}}}};
}

json::array integrations_array(Wire& wire, EventOrchestrationId orchestration) {
    json::array out;
    for (const auto& row : integrations_of(wire.tx(), orchestration)) out.emplace_back(integration_object(wire, row));
    return out;
}

json::object orchestration_object(Wire& wire, const EventOrchestration& orchestration) {
    json::object out;
    auto id = wire.id(orchestration.id);
    out["id"] = id;
    out["self"] = wire.request.site.api("/event_orchestrations/" + id);
    out["name"] = orchestration.name;
    out["description"] = text_or_null(orchestration.description);
    out["team"] = orchestration.team ? json::value(wire.team_ref(*orchestration.team)) : json::value(nullptr);
    out["routes"] = routes_of(wire.tx(), orchestration);
    out["created_at"] = wire.time(orchestration.created_at);
    out["created_by"] = user_or_null(wire, orchestration.created_by);
    out["updated_at"] = wire.time(orchestration.updated_at);
    out["updated_by"] = user_or_null(wire, orchestration.updated_by);
    out["version"] = std::to_string(orchestration.version);
    return out;
}

Reply shown(Request& request, const EventOrchestration& orchestration, int status = 200) {
    Wire wire(request);
    auto out = orchestration_object(wire, orchestration);
    out["integrations"] = integrations_array(wire, orchestration.id);
    return {status, json::object{{"orchestration", std::move(out)}}, {}};
}

/// By name unless `sort_by` says otherwise.
Result<void> sort(Request& request, std::vector<EventOrchestration>& rows) {
    auto text = request.query.text("sort_by").value_or("name:asc");
    auto colon = text.find(':');
    auto field = text.substr(0, colon);
    auto direction = colon == std::string::npos ? std::string{"asc"} : text.substr(colon + 1);
    std::ranges::sort(rows, {}, &EventOrchestration::id);
    if (field == "name")
        std::ranges::stable_sort(rows, {}, &EventOrchestration::name);
    else if (field == "routes")
        std::ranges::stable_sort(rows, {}, [&](const auto& row) { return routes_of(request.tx(), row); });
    else if (field != "created_at")
        direction.clear();
    if (direction != "asc" && direction != "desc")
        return errors::invalid_input("Sort by must be name, routes or created_at, with :asc or :desc");
    if (direction == "desc") std::ranges::reverse(rows);
    return {};
}

Result<Reply> list_orchestrations(Request& request) {
    auto rows = request.tx().list(Query<EventOrchestration>());
    std::erase_if(rows, [&](const EventOrchestration& row) { return !sees(request, row); });
    // Also when there is none to ask about.
    request.permission_asked = true;
    CHECK_OK(sort(request, rows));
    Wire wire(request);
    return page_of(request, "orchestrations", rows, [&](const EventOrchestration& row) {
        return orchestration_object(wire, row);
    });
}

void read_orchestration(Fields& fields, EventOrchestration& orchestration, bool create) {
    fields.text("name", orchestration.name, {.required = create || fields.sent("name"), .max = 255});
    fields.text("description", orchestration.description, {.max = 10'000});
    fields.reference<Team>("team", orchestration.team);
}

Result<Reply> create(Request& request) {
    TRY(auto fields, Fields::of(request, "orchestration"));
    EventOrchestration orchestration;
    read_orchestration(fields, orchestration, /*create=*/true);
    CHECK_OK(fields.check());
    CHECK_OK(permit_orchestration(request, orchestration));
    if (request.tx().count(Query<EventOrchestration>()) >= orchestrations_max)
        return errors::invalid_input("An account may have at most 1000 event orchestrations");
    orchestration.created_by = acting_user(request);
    return shown(request, create_orchestration(request.tx(), std::move(orchestration)), 201);
}

Result<Reply> show(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    return shown(request, orchestration);
}

Result<Reply> update(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    TRY(auto fields, Fields::of(request, "orchestration"));
    read_orchestration(fields, orchestration, /*create=*/false);
    CHECK_OK(fields.check());
    // It may have gone to another team.
    CHECK_OK(permit_orchestration(request, orchestration));
    ++orchestration.version;
    orchestration.updated_at = request.now;
    orchestration.updated_by = acting_user(request);
    request.tx().update(orchestration);
    return shown(request, orchestration);
}

Result<Reply> remove(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    delete_orchestration(request.tx(), orchestration);
    return no_content();
}

// --- integrations
// -----------------------------------------------------------------------------------------------------

Reply integrations_shown(Request& request, EventOrchestrationId orchestration) {
    Wire wire(request);
    auto integrations = integrations_array(wire, orchestration);
    auto total = integrations.size();
    return ok(json::object{{"integrations", std::move(integrations)}, {"total", total}});
}

Reply integration_shown(Request& request, const OrchestrationIntegration& integration, int status = 200) {
    Wire wire(request);
    return {status, json::object{{"integration", integration_object(wire, integration)}}, {}};
}

Result<OrchestrationIntegration> integration_of(Request& request, EventOrchestrationId orchestration) {
    TRY(auto integration, request.path_row<OrchestrationIntegration>("integration_id", integration_not_found()));
    if (integration.orchestration != orchestration) return integration_not_found();
    return integration;
}

Result<void> check_room(Tx& tx, EventOrchestrationId orchestration) {
    auto own = Query<OrchestrationIntegration>().where(&OrchestrationIntegration::orchestration, orchestration);
    if (tx.count(own) < orchestration_integrations_max) return {};
    return errors::invalid_input("An event orchestration may have at most 10 integrations");
}

Result<Reply> list_integrations(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    return integrations_shown(request, orchestration.id);
}

Result<Reply> create_integration(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    TRY(auto fields, Fields::of(request, "integration"));
    std::string label;
    fields.text("label", label, {.required = true, .max = 255});
    CHECK_OK(fields.check());
    CHECK_OK(check_room(request.tx(), orchestration.id));
    return integration_shown(request, add_integration(request.tx(), orchestration.id, std::move(label)), 201);
}

Result<Reply> show_integration(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    TRY(auto integration, integration_of(request, orchestration.id));
    return integration_shown(request, integration);
}

Result<Reply> update_integration(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    TRY(auto integration, integration_of(request, orchestration.id));
    TRY(auto fields, Fields::of(request, "integration"));
    fields.text("label", integration.label, {.required = true, .max = 255});
    CHECK_OK(fields.check());
    request.tx().update(integration);
    return integration_shown(request, integration);
}

Result<Reply> remove_integration(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    TRY(auto integration, integration_of(request, orchestration.id));
    request.tx().erase<OrchestrationIntegration>(integration.id);
    return no_content();
}

/// The integration and its key go from another orchestration to this one.
Result<Reply> migrate_integration(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    TRY(auto fields, Fields::of(request, ""));
    EventOrchestrationId source_id;
    OrchestrationIntegrationId id;
    std::string source_type;
    fields.reference<EventOrchestration>("source_id", source_id, /*required=*/true);
    fields.reference<OrchestrationIntegration>("integration_id", id, /*required=*/true);
    if (fields.text("source_type", source_type, {.required = true}) && source_type != "orchestration")
        fields.problem("source_type", "must be orchestration");
    CHECK_OK(fields.check());
    auto source = request.tx().find<EventOrchestration>(source_id);
    CHECK_OK(permit_orchestration(request, *source));
    auto integration = request.tx().find<OrchestrationIntegration>(id);
    if (integration->orchestration != source_id) return integration_not_found();
    if (source_id == orchestration.id) return integrations_shown(request, orchestration.id);
    CHECK_OK(check_room(request.tx(), orchestration.id));
    integration->orchestration = orchestration.id;
    request.tx().update(*integration);
    return integrations_shown(request, orchestration.id);
}

// --- features
// ---------------------------------------------------------------------------------------------------------

json::object enablement_object(Wire& wire, const EventOrchestration& orchestration) {
    return {{"feature", "aiops"},
            {"enabled", orchestration.aiops},
            {"updated_at", wire.time(orchestration.aiops_updated_at)}};
}

Result<Reply> list_enablements(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    Wire wire(request);
    json::array enablements;
    enablements.emplace_back(enablement_object(wire, orchestration));
    return ok(json::object{{"enablements", std::move(enablements)}});
}

Result<Reply> update_enablement(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    if (request.parameter("feature_name") != "aiops") return errors::not_found("Feature Not Found");
    TRY(auto fields, Fields::of(request, "enablement"));
    if (!fields.flag("enabled", orchestration.aiops) && fields.problems().empty())
        fields.problem("enabled", "can't be blank");
    CHECK_OK(fields.check());
    orchestration.aiops_updated_at = request.now;
    request.tx().update(orchestration);
    Wire wire(request);
    return ok(json::object{{"enablement", enablement_object(wire, orchestration)}});
}

constexpr Scope to_read{"event_orchestrations.read"};
constexpr Scope to_write{"event_orchestrations.write"};

// clang-format off
constexpr Route table[] = {
    {Verb::get, "/event_orchestrations", to_read, Need::view, list_orchestrations, Reach::team},
    {Verb::post, "/event_orchestrations", to_write, Need::manage, create, Reach::team},
    {Verb::get, "/event_orchestrations/{id}", to_read, Need::view, show, Reach::team},
    {Verb::put, "/event_orchestrations/{id}", to_write, Need::manage, update, Reach::team},
    {Verb::del, "/event_orchestrations/{id}", to_write, Need::manage, remove, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/integrations", to_read, Need::view, list_integrations, Reach::team},
    {Verb::post, "/event_orchestrations/{id}/integrations", to_write, Need::manage, create_integration, Reach::team},
    {Verb::post, "/event_orchestrations/{id}/integrations/migration", to_write, Need::manage, migrate_integration, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/integrations/{integration_id}", to_read, Need::view, show_integration, Reach::team},
    {Verb::put, "/event_orchestrations/{id}/integrations/{integration_id}", to_write, Need::manage, update_integration, Reach::team},
    {Verb::del, "/event_orchestrations/{id}/integrations/{integration_id}", to_write, Need::manage, remove_integration, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/enablements", to_read, Need::view, list_enablements, Reach::team},
    {Verb::put, "/event_orchestrations/{id}/enablements/{feature_name}", to_write, Need::manage, update_enablement, Reach::team},
};
// clang-format on

}  // namespace

Result<void> permit_orchestration(Request& request, const EventOrchestration& orchestration) {
    auto absent = errors::not_found("Orchestration Not Found");
    CHECK_OK(permit(request, teams_of(request.tx(), orchestration), absent));
    // REST: "If none is specified, only admins have access."
    bool changes = request.need == Need::manage;
    if (!orchestration.team && changes && !request.actor.may(Need::admin)) return errors::forbidden();
    return {};
}

Result<EventOrchestration> orchestration_of_path(Request& request) {
    TRY(auto orchestration, request.path_row<EventOrchestration>("id", errors::not_found("Orchestration Not Found")));
    CHECK_OK(permit_orchestration(request, orchestration));
    return orchestration;
}

std::span<const Route> event_orchestration_routes() { return table; }

}  // namespace callboard::http
