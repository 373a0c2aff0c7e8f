#pragma once
// Logging in by an OpenID Connect provider: the authorization code flow with PKCE. Nothing is kept between leaving and
// coming back: state, nonce and verifier are keyed hashes of the browser's own cookie.

#include "base/query_string.h"
#include "http/console/identity_provider.h"
#include "http/console/log_in.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::http {

struct SingleSignOnOptions {
    /// Null: there is no such log-in.
    IdentityProvider* provider = nullptr;
    /// The role of whoever is vouched for and is no user yet; absent: they are turned away.
    std::optional<Role> new_users;
};

class SingleSignOn {
public:
    SingleSignOn(const Site& site, LogIn& log_in, SingleSignOnOptions options)
        : site_(site), log_in_(log_in), options_(options) {}

    static constexpr std::string_view begin_path = "/login/oidc";
    static constexpr std::string_view return_path = "/login/oidc/callback";

    /// Absent: there is no such log-in.
    [[nodiscard]] const std::string* provider_name() const;

    /// Where the browser goes; `next` is a page of the console to come back to. Error: unavailable.
    Result<std::string> begin(std::string_view browser_secret, const std::string& next);

    struct Entered {
        std::string session;
        std::string next;
    };

    /// What the provider sent the browser, which calls itself `agent`, back with. Errors, each a sentence for the
    /// person: unauthenticated, forbidden, unavailable.
    Result<Entered> come_back(std::string_view browser_secret, std::string_view agent, const QueryString& query);

private:
    /// How long somebody may take to log in there.
    static constexpr Duration attempt_lifetime = minutes{15};

    /// The same for the same browser, page and time of beginning.
    [[nodiscard]] IdentityProvider::Attempt
    attempt_of(std::string_view browser_secret, Timestamp until, const std::string& next) const;
    Result<User> user_for(const Identity& identity);

    const Site& site_;
    LogIn& log_in_;
    SingleSignOnOptions options_;
};

}  // namespace callboard::http
