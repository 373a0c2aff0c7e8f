#include "http/kit/auth.h"

#include "base/secret.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr std::string_view token_prefix = "Token token=";
constexpr std::string_view bearer_prefix = "Bearer ";
constexpr std::size_t credential_bytes_max = 200;
/// Credentials remembered by the rate meter; past this many it starts afresh.
constexpr std::size_t windows_max = 100'000;
/// How exact `last_used_at` of a key is.
constexpr auto use_noted_every = minutes{1};

bool is_stale(const ApiKey& key, Timestamp now) {
    return !key.last_used_at || now - *key.last_used_at >= use_noted_every;
}

/// Writes down that a key was used. Nobody waits for it, and nothing is lost with it but exactness.
class NoteUse final : public Decision {
public:
    NoteUse(ApiKeyId id, Timestamp now) : id_(id), now_(now) {}

    [[nodiscard]] Timestamp now() const override { return now_; }

    bool run(Tx& tx) override {
        auto key = tx.find<ApiKey>(id_);
        if (!key || !is_stale(*key, now_)) return true;
        key->last_used_at = now_;
        tx.update(*key);
        return true;
    }

    void complete(std::exception_ptr) noexcept override {}

private:
    ApiKeyId id_;
    Timestamp now_;
};

void note_use(Store& store, const ApiKey& key, Timestamp now) {
    if (!is_stale(key, now)) return;
    std::unique_ptr<Decision> decision = std::make_unique<NoteUse>(key.id, now);
    store.submit(decision);
}

}  // namespace

Error authentication_failed() { return {ErrorKind::unauthenticated, 2006, "Authentication failed", {}}; }

namespace {

Result<Actor> actor_of_token(Tx& tx, const Site& site, std::string_view token) {
    if (token.empty() || token.size() > credential_bytes_max) return authentication_failed();
    auto row = tx.first(Query<OAuthToken>().where(&OAuthToken::token_hash, keyed_hash(site.hash_key, token)));
    if (!row || row->expires_at <= tx.now()) return authentication_failed();
    return Actor{.kind = Actor::Kind::oauth_app,
                 .user = std::nullopt,
                 .read_only = false,
                 .credential = row->app.value,
                 .scopes = std::move(row->scopes)};
}

/// Absent when unknown or over.
std::optional<Session> session_of(Tx& tx, const Site& site, std::string_view token) {
    if (token.empty()) return std::nullopt;
    auto session = tx.first(Query<Session>().where(&Session::token_hash, keyed_hash(site.hash_key, token)));
    if (!session || session->expires_at <= tx.now()) return std::nullopt;
    return session;
}

}  // namespace

Result<Actor> authenticate_session(Tx& tx, const Site& site, std::string_view token) {
    auto session = session_of(tx, site, token);
    auto user = session ? tx.find<User>(session->user) : std::nullopt;
    if (!user) return authentication_failed();
    auto credential = user->id.value;
    return Actor{.kind = Actor::Kind::session,
                 .user = std::move(user),
                 .read_only = false,
                 .credential = credential,
                 .session = session->id};
}

Result<Actor> authenticate(Tx& tx, const Site& site, std::string_view authorization) {
    if (authorization.starts_with(bearer_prefix))
        return actor_of_token(tx, site, authorization.substr(bearer_prefix.size()));
    if (!authorization.starts_with(token_prefix)) return authentication_failed();
    auto key = authorization.substr(token_prefix.size());
    // Some clients quote the key.
    if (key.size() > 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
    if (key.empty() || key.size() > credential_bytes_max) return authentication_failed();
    auto row = tx.first(Query<ApiKey>().where(&ApiKey::key_hash, keyed_hash(site.hash_key, key)));
    if (!row || row->disabled) return authentication_failed();
    Actor actor;
    actor.read_only = row->read_only;
    actor.credential = row->id.value;
    actor.truncated_token = row->truncated_token;
    if (row->user) {
        actor.kind = Actor::Kind::user_key;
        actor.user = tx.find<User>(*row->user);
        if (!actor.user) return authentication_failed();
        // All keys of one user share that user's rate.
        actor.credential = row->user->value;
    }
    note_use(site.store, *row, tx.now());
    return actor;
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
    while (!cookies.empty()) {
        auto end = cookies.find(';');
        auto one = cookies.substr(0, end);
        cookies.remove_prefix(end == std::string_view::npos ? cookies.size() : end + 1);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        auto equals = one.find('=');
        if (equals != std::string_view::npos && one.substr(0, equals) == name) return one.substr(equals + 1);
    }
    return {};
}

std::optional<User> user_of_session(Tx& tx, const Site& site, std::string_view token) {
    auto session = session_of(tx, site, token);
    return session ? tx.find<User>(session->user) : std::nullopt;
}

RateMeter::Standing RateMeter::count(std::int64_t credential, Timestamp now, int per_minute) {
    auto second = to_micros(now) / 1'000'000;
    std::lock_guard lock(mutex_);
    if (windows_.size() > windows_max) windows_.clear();
    auto& window = windows_[credential];
    if (window.minute != second / 60) window = {second / 60, 0};
    bool over = window.used >= per_minute;
    if (!over) ++window.used;
    return {per_minute, per_minute - window.used, static_cast<int>(60 - second % 60), over};
}

}  // namespace callboard::http
