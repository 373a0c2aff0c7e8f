// REST "Event Orchestrations": the rules of an orchestration (global, router, unrouted) and of a service.

#include "app/orchestrations.h"
#include "http/rest_v2/orchestrations.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

Error service_not_found() { return errors::not_found("Service Not Found", 5002); }

Result<Service> service_of_path(Request& request) {
    return permitted_row<Service>(request, "service_id", service_not_found());
}

Reply path_shown(Request& request, const OrchestrationPath& path) {
    Wire wire(request);
    return ok(json::object{{"orchestration_path", orchestration_path_object(wire, path)}});
}

json::array warnings_array(const std::vector<RuleWarning>& warnings) {
    json::array out;
    for (const auto& warning : warnings)
        out.push_back({{"message", warning.message},
                       {"rule_id", text_or_null(warning.rule_id)},
                       {"feature", warning.feature},
                       {"feature_type", warning.feature_type},
                       {"warning_type", warning.warning_type}});
    return out;
}

/// The whole of what is sent replaces what was there.
Result<Reply> replace(Request& request, OrchestrationPath path, bool aiops) {
    TRY(auto fields, Fields::of(request, "orchestration_path"));
    fields.speak_of_places();
    read_orchestration_path(fields, path);
    check_orchestration_path(fields, path);
    CHECK_OK(fields.check());
    save_path(request.tx(), path, acting_user(request));
    auto warnings = warnings_of(path);
    if (!aiops) without_aiops(path, warnings);
    Wire wire(request);
    return ok(json::object{{"orchestration_path", orchestration_path_object(wire, path)},
                           {"warnings", warnings_array(warnings)}});
}

template <PathType type>
Result<Reply> show(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    return path_shown(request, path_of(request.tx(), orchestration.id, type));
}

template <PathType type>
Result<Reply> update(Request& request) {
    TRY(auto orchestration, orchestration_of_path(request));
    return replace(request, path_of(request.tx(), orchestration.id, type), orchestration.aiops);
}

/// Nothing was ever converted from event rules of services: there is none here, and `include[]=migrated_metadata` adds
/// nulls.
Result<Reply> show_of_service(Request& request) {
    TRY(auto service, service_of_path(request));
    Wire wire(request);
    auto out = orchestration_path_object(wire, path_of(request.tx(), service));
    if (wire.includes("migrated_metadata"))
        for (const auto* name : {"migrated_at", "migrated_by", "migrated_from", "migrated_status", "migrated_via"})
            out[name] = nullptr;
    return ok(json::object{{"orchestration_path", std::move(out)}});
}

Result<Reply> update_of_service(Request& request) {
    TRY(auto service, service_of_path(request));
    return replace(request, path_of(request.tx(), service), /*aiops=*/true);
}

Result<Reply> show_active(Request& request) {
    TRY(auto service, service_of_path(request));
    return ok(json::object{{"active", path_of(request.tx(), service).active}});
}

Result<Reply> update_active(Request& request) {
    TRY(auto service, service_of_path(request));
    TRY(auto fields, Fields::of(request, ""));
    auto path = path_of(request.tx(), service);
    if (!fields.flag("active", path.active) && fields.problems().empty()) fields.problem("active", "can't be blank");
    CHECK_OK(fields.check());
    save_path(request.tx(), path, acting_user(request));
    return ok(json::object{{"active", path.active}});
}

constexpr Scope to_read{"event_orchestrations.read"};
constexpr Scope to_write{"event_orchestrations.write"};

// clang-format off
constexpr Route table[] = {
    {Verb::get, "/event_orchestrations/{id}/global", to_read, Need::view, show<PathType::global>, Reach::team},
    {Verb::put, "/event_orchestrations/{id}/global", to_write, Need::manage, update<PathType::global>, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/router", to_read, Need::view, show<PathType::router>, Reach::team},
    {Verb::put, "/event_orchestrations/{id}/router", to_write, Need::manage, update<PathType::router>, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/unrouted", to_read, Need::view, show<PathType::unrouted>, Reach::team},
    {Verb::put, "/event_orchestrations/{id}/unrouted", to_write, Need::manage, update<PathType::unrouted>, Reach::team},
    {Verb::get, "/event_orchestrations/services/{service_id}", "services.read", Need::view, show_of_service, Reach::team},
    {Verb::put, "/event_orchestrations/services/{service_id}", "services.write", Need::manage, update_of_service, Reach::team},
    {Verb::get, "/event_orchestrations/services/{service_id}/active", "services.read", Need::view, show_active, Reach::team},
    {Verb::put, "/event_orchestrations/services/{service_id}/active", "services.write", Need::manage, update_active, Reach::team},
};
// clang-format on

}  // namespace

std::span<const Route> orchestration_path_routes() { return table; }

}  // namespace callboard::http
