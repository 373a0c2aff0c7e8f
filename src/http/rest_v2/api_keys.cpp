// API access keys of the account: ours, for the console's page "API Access Keys". The scope of these operations cannot
// be given to an OAuth app: a token must not make itself a key.

#include "app/account.h"
#include "base/log.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

constexpr std::size_t description_max = 200;
constexpr std::int64_t keys_max = 1'000;

json::object key_object(Wire& wire, const ApiKey& key) {
    auto id = wire.id(key.id);
    auto out = wire.head(id, "api_key", key.description, "/console/api_keys/" + id, "/integrations/api-access-keys");
    out["description"] = key.description;
    out["read_only"] = key.read_only;
    out["disabled"] = key.disabled;
    out["truncated_token"] = key.truncated_token;
    out["user"] = key.user ? json::value(wire.user_ref(*key.user)) : json::value(nullptr);
    out["created_at"] = wire.time(key.created_at);
    out["created_by"] = key.created_by ? json::value(wire.user_ref(*key.created_by)) : json::value(nullptr);
    out["last_used_at"] = wire.time(key.last_used_at);
    return out;
}

Result<Reply> list_keys(Request& request) {
    Wire wire(request);
    auto query = Query<ApiKey>().order_by(&ApiKey::id, Order::descending);
    return page_of(request, "api_keys", std::move(query), [&](const ApiKey& key) { return key_object(wire, key); });
}

Result<Reply> create_key(Request& request) {
    TRY(auto fields, Fields::of(request, "api_key"));
    std::string description;
    bool read_only = false;
    fields.text("description", description, {.required = true, .max = description_max});
    fields.flag("read_only", read_only);
    CHECK_OK(fields.check());
    if (request.tx().count(Query<ApiKey>()) >= keys_max)
        return errors::invalid_input("There are 1000 keys already; delete those that nobody uses");
    auto issued =
        create_api_key(request.tx(),
                       {.ids_key = 0, .hash_key = request.site.hash_key},
                       {.description = description,
                        .read_only = read_only,
                        .user = {},
                        .created_by = request.actor.user ? std::optional{request.actor.user->id} : std::nullopt});
    log::info("api_key.created",
              {{"key", request.site.ids.text(issued.row.id)}, {"read_only", read_only ? "yes" : "no"}});
    Wire wire(request);
    auto out = key_object(wire, issued.row);
    out["key"] = issued.key;
    return created(json::object{{"api_key", std::move(out)}});
}

Result<Reply> update_key(Request& request) {
    TRY(auto key, request.path_row<ApiKey>());
    TRY(auto fields, Fields::of(request, "api_key"));
    fields.text("description", key.description, {.required = fields.sent("description"), .max = description_max});
    fields.flag("disabled", key.disabled);
    CHECK_OK(fields.check());
    request.tx().update(key);
    Wire wire(request);
    return ok(json::object{{"api_key", key_object(wire, key)}});
}

Result<Reply> delete_key(Request& request) {
    TRY(auto key, request.path_row<ApiKey>());
    request.tx().erase<ApiKey>(key.id);
    log::info("api_key.deleted", {{"key", request.site.ids.text(key.id)}});
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/console/api_keys", "api_keys.read", Need::admin, list_keys},
    {Verb::post, "/console/api_keys", "api_keys.write", Need::admin, create_key},
    {Verb::put, "/console/api_keys/{id}", "api_keys.write", Need::admin, update_key},
    {Verb::del, "/console/api_keys/{id}", "api_keys.write", Need::admin, delete_key},
};

}  // namespace

std::span<const Route> api_key_routes() { return table; }

}  // namespace callboard::http
