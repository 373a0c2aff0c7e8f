#pragma once
// Whoever else vouches for people: what the console asks of an OpenID Connect provider. Implemented by the daemon,
// which may make connections.

#include "base/result.h"
#include "base/time.h"

#include <string>

namespace callboard::http {

/// Whom the provider vouches for; the e-mail address is verified.
struct Identity {
    std::string email;
    /// Empty when the provider does not say.
    std::string name;
};

class IdentityProvider {
public:
    virtual ~IdentityProvider() = default;

    /// One log-in: the same values when it begins and when the browser comes back.
    struct Attempt {
        std::string redirect_uri;
        std::string state;
        std::string nonce;
        /// RFC 7636: 43 to 128 letters, digits, and marks.
        std::string code_verifier;
    };

    /// For people: "Okta".
    [[nodiscard]] virtual const std::string& name() const = 0;
    /// Where the browser is to go. Blocks. Error: unavailable.
    virtual Result<std::string> address_for(const Attempt& attempt) = 0;
    /// Blocks. Errors: unauthenticated, with a sentence for the log; unavailable.
    virtual Result<Identity> redeem(const std::string& code, const Attempt& attempt, Timestamp now) = 0;
};

}  // namespace callboard::http
