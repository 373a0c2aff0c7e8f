#pragma once
// Programs that log in with a client id and secret (OAuth 2.0 client credentials, RFC 6749 section 4.4), and their
// access tokens.

#include "base/result.h"
#include "domain/account/oauth.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// As the service this follows gives: a day.
constexpr Duration oauth_token_lifetime = days{1};
/// Tokens of one app that are valid at a time; a further one ends the oldest.
constexpr std::size_t oauth_tokens_max = 1'000;

struct IssuedApp {
    OAuthApp row;
    /// Shown once, never stored.
    std::string secret;
};

/// `app` has its name, description, scopes and maker.
IssuedApp create_oauth_app(Tx& tx, std::string_view hash_key, OAuthApp app);
/// The old secret ends, and with it the app's tokens.
IssuedApp rotate_secret(Tx& tx, std::string_view hash_key, OAuthApp app);
/// Its tokens end at once.
void delete_oauth_app(Tx& tx, const OAuthApp& app);
/// Tokens of an app that lost a scope would keep it: they end.
void change_oauth_app(Tx& tx, const OAuthApp& app);

struct TokenRequest {
    std::string client_id;
    std::string client_secret;
    /// "as_account-us.acme incidents.read …"; without a scope the token gets all that the app has.
    std::string scope;
};

struct IssuedToken {
    std::string token;
    /// As it was asked for, with the account.
    std::string scope;
};

/// Why no token was given, in OAuth's words (RFC 6749 section 5.2).
struct TokenRefused {
    /// "invalid_client" or "invalid_scope"
    std::string_view error;
    std::string description;
};

struct TokenAnswer {
    std::optional<IssuedToken> issued;
    TokenRefused refused;
};

TokenAnswer issue_oauth_token(Tx& tx, std::string_view hash_key, const TokenRequest& request);

}  // namespace callboard
