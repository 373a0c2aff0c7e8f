#pragma once
// An OpenID Connect provider over HTTPS: its configuration is discovered, the code is exchanged for an ID token.

#include "http/console/identity_provider.h"

#include <mutex>
#include <optional>
#include <string>

namespace callboard {

struct OidcConfig {
    /// As the provider calls itself in its tokens; empty: there is no such log-in. https, or http to this machine.
    std::string issuer;
    std::string client_id;
    std::string client_secret;
    /// For people.
    std::string name = "single sign-on";
    std::string scopes = "openid email profile";
    /// A file of certificates to trust instead of the system's; empty: the system's.
    std::string ca_file;
};

/// What is wrong with it, a sentence that names the option; empty: nothing.
std::string problem_of(const OidcConfig& config);

class OidcProvider final : public http::IdentityProvider {
public:
    explicit OidcProvider(OidcConfig config) : config_(std::move(config)) {}

    [[nodiscard]] const std::string& name() const override { return config_.name; }

    Result<std::string> address_for(const Attempt& attempt) override;
    Result<http::Identity> redeem(const std::string& code, const Attempt& attempt, Timestamp now) override;

private:
    struct Endpoints {
        std::string authorization;
        std::string token;
    };

    /// Asks once and remembers. One thread asks; others are told that it is unavailable meanwhile.
    Result<Endpoints> endpoints();
    Result<http::Identity> identity_in(const std::string& id_token, const Attempt& attempt, Timestamp now) const;

    OidcConfig config_;
    std::timed_mutex mutex_;
    std::optional<Endpoints> endpoints_;
};

}  // namespace callboard
