#pragma once
// What goes into the Authorization header of an account: its API token, or an access token that is renewed by itself.

#include "backstage/config.h"
#include "backstage/upstream.h"
#include "base/time.h"
#include "net/token_source.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace callboard::backstage {

/// An app that lacks one of the scopes that are asked for gets no token at all. Then each is tried by itself, and a
/// token with those that are granted is asked for, so that one that was not ticked takes one part away and not all.
class TokenSource {
public:
    /// `ended` outlives it: when it becomes true nobody waits for the issuer any more.
    explicit TokenSource(const AccountConfig& config, const std::atomic<bool>* ended = nullptr);

    struct Given {
        /// Empty: there is none, and `failure` says how that ends.
        std::string authorization;
        Answer failure{};
    };

    Given get(Timestamp now, Deadline deadline);
    /// The other side did not accept it: the next caller asks for a new one.
    void refuse(const std::string& authorization);

    /// What is asked for, with the account in front: "as_account-us.acme abilities.read …".
    static std::string scopes_of(const OAuthConfig& oauth);

private:
    using Tokens = std::shared_ptr<net::TokenSource>;

    [[nodiscard]] Tokens asking_for(const OAuthConfig& oauth) const;
    [[nodiscard]] Answer failure_of(const net::TokenFailure& failure) const;
    Tokens current(Timestamp now);
    Tokens narrowed(const Tokens& refused, Timestamp now, Deadline deadline);

    std::string account_;
    /// "Token token=…"; empty: by `tokens_`, if at all.
    std::string api_token_;
    std::optional<OAuthConfig> oauth_;
    std::string ca_file_;
    const std::atomic<bool>* ended_;
    std::mutex mutex_;
    Tokens tokens_;
    /// When some scopes were left out, as the app has them not.
    std::optional<Timestamp> narrowed_at_;
    /// Held by who finds out which.
    std::mutex narrowing_;
};

}  // namespace callboard::backstage
