#pragma once
// REST API keys. Only a keyed hash is kept: the key itself is shown once, when it is made.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>

namespace callboard {

struct ApiKey {
    ApiKeyId id;
    /// Hex of the keyed SHA-256 of the 20-character key.
    std::string key_hash;
    /// The last four characters, shown in lists and audit records.
    std::string truncated_token;
    std::string description;
    bool read_only = false;
    /// Present: a user key, which may do what its user may. Absent: a general access key of the account.
    std::optional<UserId> user;
    bool disabled = false;
    Timestamp created_at;
    /// Who made it in the console; absent when it was made on the command line.
    std::optional<UserId> created_by;
    std::optional<Timestamp> last_used_at;

    bool operator==(const ApiKey&) const = default;
};
DESCRIBE(
    ApiKey, id, key_hash, truncated_token, description, read_only, user, disabled, created_at, created_by, last_used_at)

/// The secret side of a user: what a password is checked against. Kept apart so that no listing reads it.
struct Credential {
    UserId id;
    /// Argon2id, encoded with its parameters.
    std::string password_hash;
    Timestamp changed_at;

    bool operator==(const Credential&) const = default;
};
DESCRIBE(Credential, id, password_hash, changed_at)

/// A browser's log-in.
struct Session {
    SessionId id;
    /// Hex of the keyed SHA-256 of the cookie's token.
    std::string token_hash;
    UserId user;
    /// The browser, as it calls itself.
    std::string summary;
    Timestamp created_at;
    Timestamp expires_at;

    bool operator==(const Session&) const = default;
};
DESCRIBE(Session, id, token_hash, user, summary, created_at, expires_at)

}  // namespace callboard
