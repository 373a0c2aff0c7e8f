#pragma once
// Programs that ask for access tokens with an id and a secret (OAuth 2.0, client credentials), and the tokens they
// got. Only keyed hashes of secrets and tokens are kept.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>

namespace callboard {

struct OAuthApp {
    OAuthAppId id;
    std::string name;
    std::string description;
    /// What its tokens may have: names of scopes with one space between.
    std::string scopes;
    std::string client_id;
    std::string secret_hash;
    Timestamp created_at;
    std::optional<UserId> created_by;
    std::optional<Timestamp> last_used_at;

    bool operator==(const OAuthApp&) const = default;
};
DESCRIBE(OAuthApp, id, name, description, scopes, client_id, secret_hash, created_at, created_by, last_used_at)

struct OAuthToken {
    OAuthTokenId id;
    std::string token_hash;
    OAuthAppId app;
    /// What was asked for, a part of the app's.
    std::string scopes;
    Timestamp expires_at;

    bool operator==(const OAuthToken&) const = default;
};
DESCRIBE(OAuthToken, id, token_hash, app, scopes, expires_at)

}  // namespace callboard
