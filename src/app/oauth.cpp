#include "app/oauth.h"

#include "base/secret.h"
#include "domain/access/scope.h"

#include <algorithm>

namespace callboard {

namespace {

constexpr std::size_t client_id_length = 24;
constexpr std::size_t secret_length = 40;
constexpr std::size_t token_length = 40;
/// Tells a token from an API key, which has 20 characters.
constexpr std::string_view token_prefix = "cbus+";
/// The account that a token is for; a store has one, so whatever its name is it is ours.
constexpr std::string_view account_prefix = "as_account-";

void end_tokens(Tx& tx, OAuthAppId app) {
    for (const auto& token : tx.list(Query<OAuthToken>().where(&OAuthToken::app, app))) tx.erase<OAuthToken>(token.id);
}

/// Room for one more.
void forget_tokens(Tx& tx, OAuthAppId app) {
    auto tokens = tx.list(Query<OAuthToken>().where(&OAuthToken::app, app).order_by(&OAuthToken::id));
    auto valid = static_cast<std::size_t>(
        std::ranges::count_if(tokens, [&](const OAuthToken& token) { return token.expires_at > tx.now(); }));
    for (const auto& token : tokens) {
        bool over = token.expires_at <= tx.now();
        if (!over && valid < oauth_tokens_max) continue;
        if (!over) --valid;
        tx.erase<OAuthToken>(token.id);
    }
}

IssuedApp with_new_secret(std::string_view hash_key, OAuthApp app) {
    IssuedApp issued{std::move(app), random_alphanumeric(secret_length)};
    issued.row.secret_hash = keyed_hash(hash_key, issued.secret);
    return issued;
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string out;
    for (auto word : words) {
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

}  // namespace

IssuedApp create_oauth_app(Tx& tx, std::string_view hash_key, OAuthApp app) {
    auto issued = with_new_secret(hash_key, std::move(app));
    issued.row.id = tx.new_id<OAuthAppId>();
    issued.row.client_id = random_alphanumeric(client_id_length);
    issued.row.created_at = tx.now();
    tx.insert(issued.row);
    return issued;
}

IssuedApp rotate_secret(Tx& tx, std::string_view hash_key, OAuthApp app) {
    auto issued = with_new_secret(hash_key, std::move(app));
    tx.update(issued.row);
    end_tokens(tx, issued.row.id);
    return issued;
}

void delete_oauth_app(Tx& tx, const OAuthApp& app) {
    end_tokens(tx, app.id);
    tx.erase<OAuthApp>(app.id);
}

void change_oauth_app(Tx& tx, const OAuthApp& app) {
    auto before = tx.find<OAuthApp>(app.id);
    if (before && before->scopes != app.scopes) end_tokens(tx, app.id);
    tx.update(app);
}

TokenAnswer issue_oauth_token(Tx& tx, std::string_view hash_key, const TokenRequest& request) {
    auto app = tx.first(Query<OAuthApp>().where(&OAuthApp::client_id, request.client_id));
    if (!app || app->secret_hash != keyed_hash(hash_key, request.client_secret))
        return {{}, {"invalid_client", "The client id or the client secret is wrong"}};
    std::vector<std::string_view> account;
    std::vector<std::string_view> wanted;
    for (auto word : scopes_in(request.scope)) (word.starts_with(account_prefix) ? account : wanted).push_back(word);
    for (auto word : wanted) {
        if (!is_scope(word)) return {{}, {"invalid_scope", "Invalid scope: " + std::string{word}}};
        if (!grants(app->scopes, word) && !asked_for_by_clients_only(word))
            return {{}, {"invalid_scope", "The app was not given the scope " + std::string{word}}};
    }
    if (wanted.empty()) wanted = scopes_in(app->scopes);
    forget_tokens(tx, app->id);
    IssuedToken issued;
    issued.token = std::string{token_prefix} + random_alphanumeric(token_length);
    auto scopes = joined(wanted);
    tx.insert(OAuthToken{.id = tx.new_id<OAuthTokenId>(),
                         .token_hash = keyed_hash(hash_key, issued.token),
                         .app = app->id,
                         .scopes = scopes,
                         .expires_at = tx.now() + oauth_token_lifetime});
    account.insert(account.end(), wanted.begin(), wanted.end());
    issued.scope = joined(account);
    app->last_used_at = tx.now();
    tx.update(*app);
    return {std::move(issued), {}};
}

}  // namespace callboard
