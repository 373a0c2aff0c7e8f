#include "app/invitation.h"

#include "base/secret.h"

#include <charconv>

#include <fmt/format.h>

namespace callboard {

namespace {

std::int64_t second_of(Timestamp t) { return std::chrono::floor<seconds>(t).time_since_epoch().count(); }

std::string signature(Tx& tx, std::string_view hash_key, UserId user, std::int64_t until) {
    auto credential = tx.find<Credential>(user);
    auto changed = credential ? to_micros(credential->changed_at) : 0;
    return keyed_hash(hash_key, fmt::format("invitation {} {} {}", user.value, until, changed)).substr(0, 32);
}

}  // namespace

std::string
invitation_token(Tx& tx, std::string_view hash_key, const PublicIds& ids, const User& user, Timestamp until) {
    auto second = second_of(until);
    return fmt::format("{}.{}.{}", ids.text(user.id), second, signature(tx, hash_key, user.id, second));
}

std::optional<User> invited(Tx& tx, std::string_view hash_key, const PublicIds& ids, std::string_view token) {
    auto first = token.find('.');
    auto last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    auto id = ids.parse<UserId>(token.substr(0, first));
    auto until_text = token.substr(first + 1, last - first - 1);
    std::int64_t until = 0;
    auto parsed = std::from_chars(until_text.data(), until_text.data() + until_text.size(), until);
    bool whole = parsed.ec == std::errc{} && parsed.ptr == until_text.data() + until_text.size();
    if (!id || !whole || second_of(tx.now()) >= until) return std::nullopt;
    // Hashed once more, so that comparing takes no time that tells where the first difference is.
    auto wanted = keyed_hash(hash_key, signature(tx, hash_key, *id, until));
    if (keyed_hash(hash_key, token.substr(last + 1)) != wanted) return std::nullopt;
    return tx.find<User>(*id);
}

}  // namespace callboard
