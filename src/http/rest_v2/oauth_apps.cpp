// OAuth apps: ours, for the console's page "App Registration". Their tokens come from /oauth/token
// (http/oauth_token.h). As with API keys, no token can reach these operations.

#include "app/oauth.h"
#include "base/log.h"
#include "domain/access/scope.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr std::int64_t apps_max = 500;

json::array scopes_array(const std::string& scopes) {
    json::array out;
    for (auto scope : scopes_in(scopes)) out.emplace_back(scope);
    return out;
}

json::object app_object(Wire& wire, const OAuthApp& app) {
    auto id = wire.id(app.id);
    auto out = wire.head(id, "oauth_app", app.name, "/console/oauth_apps/" + id, "/integrations/app-registration");
    out["name"] = app.name;
    out["description"] = app.description;
    out["scopes"] = scopes_array(app.scopes);
    out["client_id"] = app.client_id;
    out["created_at"] = wire.time(app.created_at);
    out["created_by"] = app.created_by ? json::value(wire.user_ref(*app.created_by)) : json::value(nullptr);
    out["last_used_at"] = wire.time(app.last_used_at);
    return out;
}

Reply with_secret(Request& request, int status, const IssuedApp& issued) {
    Wire wire(request);
    auto out = app_object(wire, issued.row);
    out["client_secret"] = issued.secret;
    return {status, json::object{{"oauth_app", std::move(out)}}, {}};
}

void read_scopes(Fields& fields, std::string& target, bool required) {
    const auto* list = fields.array("scopes", required);
    if (!list) return;
    target.clear();
    std::vector<std::string_view> seen;
    for (const auto& element : *list) {
        auto name = element.is_string() ? std::string_view{element.get_string()} : std::string_view{};
        if (!is_scope(name)) return fields.problem("scopes", "has a name that is no scope: " + std::string{name});
        if (std::ranges::find(seen, name) != seen.end()) continue;
        seen.push_back(name);
        if (!target.empty()) target += ' ';
        target += name;
    }
    if (target.empty()) fields.problem("scopes", "must name at least one");
}

void read_app(Fields& fields, OAuthApp& app, bool create) {
    fields.text("name", app.name, {.required = create || fields.sent("name"), .max = 100});
    fields.text("description", app.description, {.max = 1'000});
    read_scopes(fields, app.scopes, create);
}

Result<Reply> list_apps(Request& request) {
    Wire wire(request);
    auto query = Query<OAuthApp>().order_by(&OAuthApp::id, Order::descending);
    return page_of(request, "oauth_apps", std::move(query), [&](const OAuthApp& app) { return app_object(wire, app); });
}

Result<Reply> create_app(Request& request) {
    TRY(auto fields, Fields::of(request, "oauth_app"));
    OAuthApp app;
    read_app(fields, app, /*create=*/true);
    CHECK_OK(fields.check());
    if (request.tx().count(Query<OAuthApp>()) >= apps_max)
        return errors::invalid_input("There are 500 apps already; delete those that nobody uses");
    if (request.actor.user) app.created_by = request.actor.user->id;
    auto issued = create_oauth_app(request.tx(), request.site.hash_key, std::move(app));
    log::info("oauth_app.created", {{"app", request.site.ids.text(issued.row.id)}});
    return with_secret(request, 201, issued);
}

Result<Reply> update_app(Request& request) {
    TRY(auto app, request.path_row<OAuthApp>());
    TRY(auto fields, Fields::of(request, "oauth_app"));
    read_app(fields, app, /*create=*/false);
    CHECK_OK(fields.check());
    change_oauth_app(request.tx(), app);
    Wire wire(request);
    return ok(json::object{{"oauth_app", app_object(wire, app)}});
}

Result<Reply> rotate(Request& request) {
    TRY(auto app, request.path_row<OAuthApp>());
    log::info("oauth_app.secret_rotated", {{"app", request.site.ids.text(app.id)}});
    return with_secret(request, 200, rotate_secret(request.tx(), request.site.hash_key, std::move(app)));
}

Result<Reply> remove(Request& request) {
    TRY(auto app, request.path_row<OAuthApp>());
    delete_oauth_app(request.tx(), app);
    log::info("oauth_app.deleted", {{"app", request.site.ids.text(app.id)}});
    return no_content();
}

Result<Reply> list_scopes(Request&) {
    json::array out;
    for (const auto& scope : scope_names()) out.push_back({{"name", scope.name}, {"group", scope.group}});
    return ok(json::object{{"oauth_scopes", std::move(out)}});
}

constexpr Route table[] = {
    {Verb::get, "/console/oauth_apps", "api_keys.read", Need::admin, list_apps},
    {Verb::post, "/console/oauth_apps", "api_keys.write", Need::admin, create_app},
    {Verb::put, "/console/oauth_apps/{id}", "api_keys.write", Need::admin, update_app},
    {Verb::post, "/console/oauth_apps/{id}/rotate_secret", "api_keys.write", Need::admin, rotate},
    {Verb::del, "/console/oauth_apps/{id}", "api_keys.write", Need::admin, remove},
    {Verb::get, "/console/oauth_scopes", no_scope, Need::anyone, list_scopes},
};

}  // namespace

std::span<const Route> oauth_app_routes() { return table; }

}  // namespace callboard::http
