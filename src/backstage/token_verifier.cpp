#include "backstage/token_verifier.h"

#include "backstage/permissions.h"
#include "base/log.h"

#include <algorithm>

namespace callboard::backstage {

namespace {

constexpr std::string_view user_type = "vnd.backstage.user";
constexpr std::string_view limited_user_type = "vnd.backstage.limited-user";
constexpr std::string_view plugin_type = "vnd.backstage.plugin";
constexpr auto keys_kept_for = hours{1};
constexpr int fetches_per_minute_max = 10;
constexpr int strangers_per_minute_max = 30;
constexpr auto fetch_time_max = std::chrono::seconds{3};
/// Clocks differ a little.
constexpr auto leeway = seconds{30};
constexpr auto groups_kept_for = minutes{5};
constexpr auto known_for = seconds{30};
/// Whose groups could not be asked for: so long nobody waits for that again.
constexpr auto unknown_for = seconds{3};

Refusal illegal(std::string why = {}) { return {Refusal::Kind::illegal_token, std::move(why)}; }

std::string_view claim(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    const auto* text = value ? value->if_string() : nullptr;
    return text ? view_of(*text) : std::string_view{};
}

std::optional<Timestamp> instant(const json::object& claims, std::string_view name) {
    const auto* value = claims.if_contains(name);
    if (!value || !value->is_number()) return std::nullopt;
    boost::system::error_code failed;
    auto seconds_since = value->to_number<std::int64_t>(failed);
    constexpr std::int64_t seconds_max = 100'000'000'000;
    if (failed || seconds_since < 0 || seconds_since > seconds_max) return std::nullopt;
    return from_micros(seconds_since * 1'000'000);
}

/// Issued, not over, and for somebody.
bool holds_now(const json::object& claims, Timestamp now) {
    auto issued = instant(claims, "iat");
    auto ends = instant(claims, "exp");
    return issued && ends && *issued <= now + leeway && now < *ends + leeway && !claim(claims, "sub").empty();
}

/// A text, or a list that holds it.
bool is_for(const json::object& claims, std::string_view audience) {
    const auto* value = claims.if_contains("aud");
    if (!value) return false;
    if (value->is_string()) return view_of(value->get_string()) == audience;
    const auto* list = value->if_array();
    return list && std::ranges::any_of(*list, [&](const auto& one) {
               return one.is_string() && view_of(one.get_string()) == audience;
           });
}

bool is_plugin_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool is_user_ref(std::string_view text) {
    return text.starts_with("user:") && text.find('/') != std::string_view::npos && text.size() <= 400;
}

std::vector<std::string> texts_of(const json::value* value) {
    std::vector<std::string> out;
    const auto* list = value ? value->if_array() : nullptr;
    if (!list) return out;
    for (const auto& one : *list)
        if (one.is_string()) out.emplace_back(view_of(one.get_string()));
    return out;
}

}  // namespace

// --- Keys ---

bool KeySets::Turnstile::pass(Timestamp now, int per_minute) {
    if (now - minute_began_at >= minutes{1}) *this = {now, 0};
    if (passed >= per_minute) return false;
    ++passed;
    return true;
}

std::optional<PublicKey> KeySets::known(const std::string& url, const std::string& kid, Timestamp now, bool also_old) {
    std::lock_guard lock(mutex_);
    auto set = sets_.find(url);
    if (set == sets_.end() || (!also_old && now - set->second.fetched_at >= keys_kept_for)) return std::nullopt;
    auto key = set->second.keys.find(kid);
    if (key == set->second.keys.end()) return std::nullopt;
    return key->second;
}

/// Anybody can send a token that names a key or a plugin that is not there.
bool KeySets::may_fetch(const std::string& url, Timestamp now) {
    std::lock_guard lock(mutex_);
    if (sets_.contains(url)) return reloads_[url].pass(now, fetches_per_minute_max);
    return strangers_.pass(now, strangers_per_minute_max);
}

bool KeySets::fetch(const std::string& url, Timestamp now) {
    JsonRequest request;
    request.url = url;
    request.deadline = std::chrono::steady_clock::now() + fetch_time_max;
    auto answer = client_.send(request);
    if (!answer.ok()) {
        log::warn("backstage.keys_not_fetched",
                  {{"url", url}, {"status", std::to_string(answer.status)}, {"why", answer.detail}});
        // No such plugin is an answer.
        return answer.end == Answer::End::answered && answer.status == 404;
    }
    Set set{{}, now};
    for (const auto& jwk : list_at(answer.body, "keys")) {
        auto kid = text_at(jwk, "kid");
        if (auto key = PublicKey::from_jwk(jwk); key && !kid.empty()) set.keys.insert_or_assign(std::string{kid}, *key);
    }
    std::lock_guard lock(mutex_);
    if (!set.keys.empty()) sets_[url] = std::move(set);
    return true;
}

KeySets::Found KeySets::find(const std::string& url, const std::string& kid, Timestamp now) {
    if (auto key = known(url, kid, now, /*also_old=*/false)) return {key};
    std::lock_guard lock(fetch_mutex_);
    if (auto key = known(url, kid, now, /*also_old=*/false)) return {key};
    bool asked = may_fetch(url, now) && fetch(url, now);
    // A key that is known serves on when its place cannot be asked.
    auto key = known(url, kid, now, /*also_old=*/!asked);
    bool unavailable = !key && !asked;
    return {std::move(key), unavailable};
}

// --- Tokens ---

std::optional<Refusal>
TokenVerifier::check_signature(const Jws& jws, const std::string& url, std::string_view what, Timestamp now) {
    auto why = "Failed " + std::string{what} + " token verification";
    if (claim(jws.header, "alg") != "ES256") return illegal(why);
    auto found = keys_.find(url, std::string{claim(jws.header, "kid")}, now);
    if (found.unavailable) return Refusal{Refusal::Kind::unavailable, "The keys of Backstage cannot be fetched"};
    if (!found.key || !found.key->verifies(jws)) return illegal(why);
    return std::nullopt;
}

std::variant<Principal, Refusal> TokenVerifier::verify_user(const Jws& jws, std::string_view token, Timestamp now) {
    auto type = claim(jws.header, "typ");
    bool limited = type == limited_user_type;
    auto refusal = check_signature(jws, auth_url_ + "/.well-known/jwks.json", "user", now);
    if (refusal) return *refusal;
    // The limited token of a cookie has neither issuer nor audience.
    bool ours = limited || (claim(jws.claims, "iss") == auth_url_ && is_for(jws.claims, "backstage"));
    if (!ours || !holds_now(jws.claims, now) || !is_user_ref(claim(jws.claims, "sub")))
        return illegal("Failed user token verification");
    return Principal{std::string{claim(jws.claims, "sub")},
                     texts_of(jws.claims.if_contains("ent")),
                     std::string{token},
                     *instant(jws.claims, "exp") + leeway};
}

std::variant<Principal, Refusal> TokenVerifier::verify_plugin(const Jws& jws, Timestamp now) {
    auto plugin = claim(jws.claims, "sub");
    if (!is_plugin_id(plugin)) return illegal("Failed plugin token verification");
    auto keys = backend_url_ + "/api/" + std::string{plugin} + "/.backstage/auth/v1/jwks.json";
    if (auto refusal = check_signature(jws, keys, "plugin", now)) return *refusal;
    if (!is_for(jws.claims, "pagerduty") || !holds_now(jws.claims, now))
        return illegal("Failed plugin token verification");
    auto on_behalf_of = claim(jws.claims, "obo");
    auto ends = *instant(jws.claims, "exp") + leeway;
    if (on_behalf_of.empty()) return Principal{"plugin:" + std::string{plugin}, {}, {}, ends};
    auto user = parse_jws(on_behalf_of);
    if (!user || claim(user->header, "typ") != limited_user_type) return illegal("Failed user token verification");
    auto verified = verify_user(*user, on_behalf_of, now);
    if (auto* principal = std::get_if<Principal>(&verified)) principal->ends = std::min(principal->ends, ends);
    return verified;
}

std::variant<Principal, Refusal> TokenVerifier::verify(std::string_view token, Timestamp now) {
    auto jws = parse_jws(token);
    if (!jws) return illegal();
    auto type = claim(jws->header, "typ");
    if (type == plugin_type) return verify_plugin(*jws, now);
    // Older issuers give users tokens without a type of Backstage's.
    bool old = (type.empty() || type == "JWT") && is_for(jws->claims, "backstage");
    if (type == user_type || old) return verify_user(*jws, token, now);
    return illegal();
}

// --- Callers ---

BackstageAuthenticator::BackstageAuthenticator(const BackstageConfig& config, JsonClient& client)
    : auth_url_(config.auth_url), rules_(config.permissions), needs_groups_(needs_groups(config.permissions)),
      unauthenticated_(config.unauthenticated_access), client_(client),
      verifier_(config.backend_url, config.auth_url, client) {}

/// Of the token, or asked for: newer issuers leave them out of tokens.
std::optional<std::vector<std::string>> BackstageAuthenticator::groups_of(const Principal& principal, Timestamp now) {
    if (!principal.groups.empty() || principal.token.empty() || !needs_groups_) return principal.groups;
    {
        std::lock_guard lock(mutex_);
        auto known = groups_.find(principal.ref);
        if (known != groups_.end() && now < known->second.until) return known->second.refs;
    }
    JsonRequest request;
    request.url = auth_url_ + "/v1/userinfo";
    request.authorization = "Bearer " + principal.token;
    request.deadline = std::chrono::steady_clock::now() + fetch_time_max;
    auto answer = client_.send(request);
    if (!answer.ok()) {
        log::warn("backstage.groups_not_known",
                  {{"user", principal.ref}, {"status", std::to_string(answer.status)}, {"why", answer.detail}});
        // Those of a while ago are more likely right than none.
        std::lock_guard lock(mutex_);
        auto known = groups_.find(principal.ref);
        if (known == groups_.end()) return std::nullopt;
        return known->second.refs;
    }
    const auto* claims = member(answer.body, {"claims", "ent"});
    Groups groups{texts_of(claims), now + groups_kept_for};
    std::lock_guard lock(mutex_);
    if (groups_.size() >= people_max) groups_.clear();
    groups_[principal.ref] = groups;
    return groups.refs;
}

std::variant<Caller, Refusal> BackstageAuthenticator::verified(std::string_view token, Timestamp now) {
    auto hash = keyed_hash(hash_key_, token);
    {
        std::lock_guard lock(mutex_);
        auto found = known_.find(hash);
        if (found != known_.end() && now < found->second.until) return found->second.caller;
    }
    auto verified = verifier_.verify(token, now);
    if (auto* refusal = std::get_if<Refusal>(&verified)) return *refusal;
    auto& principal = std::get<Principal>(verified);
    Caller caller;
    caller.ref = principal.ref;
    auto groups = groups_of(principal, now);
    caller.groups_unknown = !groups;
    caller.groups = std::move(groups).value_or(std::vector<std::string>{});
    caller.may = permissions_of(rules_, caller.ref, caller.groups);
    std::lock_guard lock(mutex_);
    if (known_.size() >= people_max) known_.clear();
    auto until = std::min(principal.ends, now + (caller.groups_unknown ? unknown_for : known_for));
    known_.insert_or_assign(std::move(hash), Known{caller, until});
    return caller;
}

std::variant<Caller, Refusal> BackstageAuthenticator::authenticate(std::string_view authorization, Timestamp now) {
    constexpr std::string_view bearer = "Bearer ";
    if (authorization.starts_with(bearer)) return verified(authorization.substr(bearer.size()), now);
    if (unauthenticated_) return Caller{Permissions::all(), {}, {}, {}};
    return Refusal{Refusal::Kind::missing_credentials};
}

}  // namespace callboard::backstage
