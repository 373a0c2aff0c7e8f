#pragma once
// Invitations: signed words with which somebody who has no password yet, or forgot it, chooses one. They work once and
// for a while. Nothing is stored: they are signed together with when the password was last changed.

#include "base/id.h"
#include "domain/account/user.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard {

constexpr Duration invitation_lifetime = days{7};

/// "PXXXXXXXXXXXXX.1767225600.0123456789abcdef0123456789abcdef"
std::string
invitation_token(Tx& tx, std::string_view hash_key, const PublicIds& ids, const User& user, Timestamp until);

/// Whom a token is for; absent when it is not ours, over, or was used.
std::optional<User> invited(Tx& tx, std::string_view hash_key, const PublicIds& ids, std::string_view token);

}  // namespace callboard
