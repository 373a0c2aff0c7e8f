#include "backstage/own_keys.h"

#include "base/secret.h"

namespace callboard::backstage {

namespace {

/// A key signs for a week and is shown for three, so that nobody who keeps key sets is caught without it.
constexpr auto signs_for = days{7};
constexpr auto shown_for = days{21};
constexpr auto token_life = hours{1};
constexpr auto token_rest = minutes{10};

std::int64_t seconds_of(Timestamp at) { return to_micros(at) / 1'000'000; }

struct Signer {
    std::string kid;
    PrivateKey key;
};

Signer signer_of(PluginStore& store, Timestamp now) {
    auto keys = store.signing_keys();
    if (!keys.empty() && now - keys.back().created_at < signs_for)
        if (auto key = PrivateKey::from_pem(keys.back().pem)) return {keys.back().kid, *std::move(key)};
    auto key = PrivateKey::generate();
    auto kid = random_hex();
    store.add_signing_key({kid, key.pem(), now});
    store.remove_signing_keys_before(now - shown_for);
    return {std::move(kid), std::move(key)};
}

}  // namespace

std::string OwnKeys::token_for(std::string_view plugin, Timestamp now) {
    std::lock_guard lock(mutex_);
    auto& token = tokens_[std::string{plugin}];
    if (!token.text.empty() && now < token.until) return token.text;
    auto signer = signer_of(store_, now);
    json::object header{{"typ", "vnd.backstage.plugin"}, {"alg", "ES256"}, {"kid", signer.kid}};
    json::object claims{
        {"sub", "pagerduty"}, {"aud", plugin}, {"iat", seconds_of(now)}, {"exp", seconds_of(now + token_life)}};
    token = {signer.key.sign(header, claims), now + token_life - token_rest};
    return token.text;
}

json::object public_keys(Room& room, Timestamp now) {
    json::array keys;
    for (const auto& kept : room.store.signing_keys()) {
        if (now - kept.created_at >= shown_for) continue;
        if (auto key = PrivateKey::from_pem(kept.pem)) keys.emplace_back(key->jwk(kept.kid));
    }
    return {{"keys", std::move(keys)}};
}

}  // namespace callboard::backstage
