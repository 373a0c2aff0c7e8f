#include "http/console/single_sign_on.h"

#include "app/account.h"
#include "base/log.h"
#include "base/secret.h"

#include <charconv>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t name_length_max = 100;

std::int64_t seconds_of(Timestamp at) { return to_micros(at) / 1'000'000; }

Error turned_away(std::string sentence) { return {ErrorKind::unauthenticated, 0, std::move(sentence), {}}; }

struct State {
    Timestamp until;
    std::string next;
};

/// "1767225600./console/incidents.<hash>"; what it is worth shows when it is made again.
std::optional<State> read_state(const std::string& text) {
    auto first = text.find('.');
    auto last = text.rfind('.');
    if (first == std::string::npos || last == first) return std::nullopt;
    std::int64_t until = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + first, until);
    constexpr std::int64_t far_away = 1LL << 40;
    if (failed != std::errc{} || end != text.data() + first || until < 0 || until > far_away) return std::nullopt;
    return State{from_micros(until * 1'000'000), text.substr(first + 1, last - first - 1)};
}

}  // namespace

const std::string* SingleSignOn::provider_name() const {
    return options_.provider ? &options_.provider->name() : nullptr;
}

IdentityProvider::Attempt
SingleSignOn::attempt_of(std::string_view browser_secret, Timestamp until, const std::string& next) const {
    auto end = seconds_of(until);
    auto hash = [&](std::string_view what) {
        return keyed_hash(site_.hash_key, fmt::format("oidc {} {} {} {}", what, browser_secret, end, next));
    };
    return {.redirect_uri = site_.console(return_path),
            .state = fmt::format("{}.{}.{}", end, next, hash("state")),
            .nonce = hash("nonce"),
            .code_verifier = hash("verifier")};
}

Result<std::string> SingleSignOn::begin(std::string_view browser_secret, const std::string& next) {
    return options_.provider->address_for(attempt_of(browser_secret, site_.clock.now() + attempt_lifetime, next));
}

Result<SingleSignOn::Entered>
SingleSignOn::come_back(std::string_view browser_secret, std::string_view agent, const QueryString& query) {
    auto now = site_.clock.now();
    auto state = read_state(query.text("state").value_or(""));
    auto attempt = state ? attempt_of(browser_secret, state->until, state->next) : IdentityProvider::Attempt{};
    bool is_ours = state && !browser_secret.empty() && attempt.state == query.text("state");
    if (!is_ours || now > state->until)
        return turned_away("This log-in was begun elsewhere or too long ago. Please begin again.");
    if (auto refused = query.text("error")) {
        log::info("login.oidc_refused", {{"why", refused->substr(0, name_length_max)}});
        return turned_away(fmt::format("{} did not let you in. Please try again.", options_.provider->name()));
    }
    auto identity = options_.provider->redeem(query.text("code").value_or(""), attempt, now);
    if (!identity) {
        log::warn("login.oidc_failed", {{"why", identity.error().message}});
        if (identity.error().kind == ErrorKind::unavailable) return identity.error();
        return turned_away(fmt::format("What {} said of you could not be verified.", options_.provider->name()));
    }
    TRY(auto user, user_for(*identity));
    log::info("login.accepted", {{"user", site_.ids.text(user.id)}, {"by", options_.provider->name()}});
    return Entered{log_in_.session_for(user, agent), state->next};
}

Result<User> SingleSignOn::user_for(const Identity& identity) {
    if (auto user = log_in_.user_with(identity.email)) return *std::move(user);
    if (!options_.new_users) {
        log::info("login.oidc_unknown", {});
        return errors::forbidden(
            fmt::format("No user has the e-mail {}. Ask an administrator to add you.", identity.email));
    }
    NewUser user;
    user.name = identity.name.empty() || identity.name.size() > name_length_max ? identity.email : identity.name;
    user.email = identity.email;
    user.role = *options_.new_users;
    return site_.store.decide(site_.clock.now(), [&](Tx& tx) { return create_user(tx, user); });
}

}  // namespace callboard::http
