// REST "Webhooks": the OAuth clients whose access tokens deliveries carry. A client is kept only after its token URL
// has given it a token. Its secret goes to that URL and into no answer.

#include "http/kit/fields.h"
#include "http/kit/wire.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/typed_url.h"

namespace callboard::http {

namespace {

constexpr std::size_t text_max = 255;

Error client_not_found() { return errors::not_found("OAuth Client Not Found", 5001); }

json::object client_object(Wire& wire, const OAuthClient& client) {
    json::object out;
    out["id"] = wire.id(client.id);
    out["type"] = "oauth_client";
    out["name"] = client.name;
    out["client_id"] = client.client_id;
    out["scope"] = text_or_null(client.scope);
    out["token_url"] = client.token_url;
    out["grant_type"] = text_of(client.grant_type);
    out["status"] = text_of(client.status);
    out["error"] = text_or_null(client.error);
    return out;
}

json::value shown(Request& request, const OAuthClient& client) {
    Wire wire(request);
    return json::object{{"oauth_client", client_object(wire, client)}};
}

/// A text that is demanded of a new client, and cannot be taken from an old one.
void read_text(Fields& fields, std::string_view name, std::string& target, bool create) {
    fields.text(name, target, {.required = create || fields.sent(name), .max = text_max});
}

Result<void> read_client(Request& request, OAuthClient& client, bool create) {
    TRY(auto fields, Fields::of(request, "oauth_client"));
    read_text(fields, "name", client.name, create);
    read_text(fields, "client_id", client.client_id, create);
    read_text(fields, "client_secret", client.client_secret, create);
    fields.text("scope", client.scope, {.max = text_max});
    read_typed_url(
        fields, "token_url", client.token_url, {.required = create || fields.sent("token_url"), .max = text_max});
    if (create && (!fields.sent("grant_type") || fields.sent_null("grant_type")))
        fields.problem("grant_type", "can't be blank");
    fields.choice("grant_type", client.grant_type);
    return fields.check();
}

Result<OAuthClient> client_of_path(Request& request) { return request.path_row<OAuthClient>("id", client_not_found()); }

/// The client as it would be. A change keeps what is not sent.
Result<OAuthClient> described(Request& request, bool create) {
    OAuthClient client;
    if (!create) {
        TRY(client, client_of_path(request));
    }
    CHECK_OK(read_client(request, client, create));
    client.status = OAuthClientStatus::active;
    client.error.reset();
    return client;
}

Result<void> check_room(Tx& tx) {
    if (tx.count(Query<OAuthClient>()) < oauth_clients_max) return {};
    return Error{ErrorKind::invalid, 2019, "OAuth Client Limit Exceeded", {"An account has ten OAuth clients at most"}};
}

Result<void> try_token(Request& request, bool create) {
    auto client = request.site.store.read(request.now, [&](Tx& tx) -> Result<OAuthClient> {
        request.transaction = &tx;
        if (create) CHECK_OK(check_room(tx));
        return described(request, create);
    });
    request.transaction = nullptr;
    if (!client) return client.error();
    return request.site.try_oauth_client(*client, request.now);
}

Result<void> try_new(Request& request) { return try_token(request, /*create=*/true); }

Result<void> try_changed(Request& request) { return try_token(request, /*create=*/false); }

/// All of them: there are ten at most.
Result<Reply> list_clients(Request& request) {
    Wire wire(request);
    json::array out;
    for (const auto& client : request.tx().list(Query<OAuthClient>().order_by(&OAuthClient::id)))
        out.emplace_back(client_object(wire, client));
    return ok(json::object{{"oauth_clients", std::move(out)}});
}

Result<Reply> create_client(Request& request) {
    CHECK_OK(check_room(request.tx()));
    TRY(auto client, described(request, /*create=*/true));
    client.id = request.tx().new_id<OAuthClientId>();
    client.created_at = request.now;
    request.tx().insert(client);
    return created(shown(request, client));
}

Result<Reply> get_client(Request& request) {
    TRY(auto client, client_of_path(request));
    return ok(shown(request, client));
}

Result<Reply> update_client(Request& request) {
    TRY(auto client, described(request, /*create=*/false));
    request.tx().update(client);
    return ok(shown(request, client));
}

/// Subscriptions that named it go on without a token.
Result<Reply> delete_client(Request& request) {
    TRY(auto client, client_of_path(request));
    auto users = request.tx().list(Query<WebhookSubscription>().where(&WebhookSubscription::oauth_client, client.id));
    for (auto& subscription : users) {
        subscription.oauth_client.reset();
        request.tx().update(subscription);
    }
    request.tx().erase<OAuthClient>(client.id);
    return no_content();
}

constexpr const char* read_scope = "webhook_subscriptions.read";
constexpr const char* write_scope = "webhook_subscriptions.write";
constexpr std::string_view all = "/webhook_subscriptions/oauth_clients";
constexpr std::string_view one = "/webhook_subscriptions/oauth_clients/{id}";

constexpr Route table[] = {
    {Verb::get, all, read_scope, Need::admin, list_clients},
    {Verb::post, all, write_scope, Need::admin, create_client, Reach::account, try_new},
    {Verb::get, one, read_scope, Need::admin, get_client},
    {Verb::put, one, write_scope, Need::admin, update_client, Reach::account, try_changed},
    {Verb::del, one, write_scope, Need::admin, delete_client},
};

}  // namespace

std::span<const Route> oauth_client_routes() { return table; }

}  // namespace callboard::http
