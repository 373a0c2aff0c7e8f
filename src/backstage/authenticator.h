#pragma once
// Who asks. What counts as a credential is decided by whoever runs the backend.

#include "backstage/caller.h"
#include "base/time.h"

#include <string>
#include <string_view>
#include <variant>

namespace callboard::backstage {

/// Why a request is turned away; the texts are those of Backstage.
struct Refusal {
    enum class Kind {
        /// 401 "Missing credentials"
        missing_credentials,
        /// 401 "Illegal token", or what `why` says.
        illegal_token,
        /// 403: somebody known who may not see what the cards show.
        not_allowed,
        /// 503: it cannot be found out right now.
        unavailable,
    };
    Kind kind = Kind::illegal_token;
    /// Empty: the usual words.
    std::string why{};
};

class Authenticator {
public:
    virtual ~Authenticator() = default;

    /// `authorization` is the header as it was sent, empty when there was none.
    virtual std::variant<Caller, Refusal> authenticate(std::string_view authorization, Timestamp now) = 0;
};

}  // namespace callboard::backstage
