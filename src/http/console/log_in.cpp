#include "http/console/log_in.h"

#include "base/log.h"
#include "base/secret.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr std::size_t session_token_length = 40;
constexpr auto session_length = days{14};
constexpr std::size_t agent_bytes_max = 200;
/// Names remembered by the meter; past this many it starts afresh.
constexpr std::size_t names_max = 100'000;
// A person mistypes a few times; a whole office behind one address more often; a guesser many times.
constexpr int attempts_by_person_and_peer = 10;
constexpr int attempts_by_person = 50;
constexpr int attempts_by_peer = 100;

std::string lower(std::string_view text) {
    std::string out{text};
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Browsers call themselves something in ASCII; whatever else is sent is left out.
std::string printable(std::string_view agent) {
    std::string out;
    for (char c : agent.substr(0, agent_bytes_max * 2))
        if (c >= ' ' && c <= '~' && out.size() < agent_bytes_max) out += c;
    return out;
}

Error too_many_attempts() {
    return {ErrorKind::too_many_requests, 0, "Too many attempts. Wait a quarter of an hour and try again.", {}};
}

Error wrong() { return {ErrorKind::unauthenticated, 0, "No user has this e-mail and this password.", {}}; }

}  // namespace

bool AttemptMeter::begin(const std::string& who, int attempts_max, Timestamp now) {
    std::lock_guard lock(mutex_);
    if (counts_.size() > names_max) counts_.clear();
    auto& count = counts_[who];
    if (now - count.since >= window) count = {now, 0};
    if (count.attempts >= attempts_max) return false;
    ++count.attempts;
    return true;
}

void AttemptMeter::succeeded(const std::string& who) {
    std::lock_guard lock(mutex_);
    auto found = counts_.find(who);
    if (found != counts_.end() && found->second.attempts > 0) --found->second.attempts;
}

Result<User> LogIn::prove(const Attempt& attempt) {
    auto now = site_.clock.now();
    auto person = "person " + lower(attempt.email);
    auto peer = "peer " + attempt.peer;
    auto both = person + " " + peer;
    bool allowed = meter_.begin(peer, attempts_by_peer, now) && meter_.begin(both, attempts_by_person_and_peer, now) &&
                   meter_.begin(person, attempts_by_person, now);
    if (!allowed) {
        log::warn("login.throttled", {{"peer", attempt.peer}});
        return too_many_attempts();
    }
    auto user = user_with(attempt.email);
    if (!password_is_right(user, attempt.password)) {
        log::info("login.refused", {{"peer", attempt.peer}});
        return wrong();
    }
    for (const auto& who : {peer, both, person}) meter_.succeeded(who);
    return *std::move(user);
}

Result<std::string> LogIn::open_session(const Attempt& attempt) {
    TRY(auto user, prove(attempt));
    auto token = session_for(user, attempt.agent);
    log::info("login.accepted", {{"user", site_.ids.text(user.id)}, {"peer", attempt.peer}});
    return token;
}

std::string LogIn::session_for(const User& user, std::string_view agent) {
    auto now = site_.clock.now();
    auto token = random_key(session_token_length);
    auto opened = site_.store.decide(now, [&](Tx& tx) -> Result<void> {
        for (const auto& old : tx.list(Query<Session>().where(&Session::user, user.id)))
            if (old.expires_at <= now) tx.erase<Session>(old.id);
        tx.insert(Session{.id = tx.new_id<SessionId>(),
                          .token_hash = keyed_hash(site_.hash_key, token),
                          .user = user.id,
                          .summary = printable(agent),
                          .created_at = now,
                          .expires_at = now + Duration{session_length}});
        return {};
    });
    ASSERT(opened.ok(), "a session is never refused");
    return token;
}

void LogIn::close_session(std::string_view token) {
    auto hash = keyed_hash(site_.hash_key, token);
    auto closed = site_.store.decide(site_.clock.now(), [&](Tx& tx) -> Result<void> {
        if (auto session = tx.first(Query<Session>().where(&Session::token_hash, hash))) tx.erase<Session>(session->id);
        return {};
    });
    ASSERT(closed.ok(), "ending a session is never refused");
}

std::optional<User> LogIn::user_with(const std::string& email) const {
    if (email.empty()) return std::nullopt;
    return site_.store.read(site_.clock.now(), [&](Tx& tx) -> std::optional<User> {
        for (auto& user : tx.list(Query<User>().contains(email, &User::email)))
            if (lower(user.email) == lower(email)) return std::move(user);
        return std::nullopt;
    });
}

bool LogIn::password_is_right(const std::optional<User>& user, const std::string& password) {
    if (password.empty() || password.size() > password_bytes_max) return false;
    std::optional<Credential> credential;
    if (user) credential = site_.store.read(site_.clock.now(), [&](Tx& tx) { return tx.find<Credential>(user->id); });
    checks_.acquire();
    const auto& hash = credential ? credential->password_hash : hash_of_nobody();
    bool matches = password_matches(hash, password);
    checks_.release();
    return matches && credential;
}

const std::string& LogIn::hash_of_nobody() {
    std::call_once(made_hash_of_nobody_, [&] { hash_of_nobody_ = hash_password(random_key(session_token_length)); });
    return hash_of_nobody_;
}

std::string form_token(const Site& site, std::string_view secret) {
    return keyed_hash(site.hash_key, "form " + std::string{secret});
}

bool form_token_matches(const Site& site, std::string_view secret, std::string_view token) {
    // Hashed once more, so that comparing takes no time that tells where the first difference is.
    return !secret.empty() && keyed_hash(site.hash_key, form_token(site, secret)) == keyed_hash(site.hash_key, token);
}

}  // namespace callboard::http
