#pragma once
// Who asks. What counts as a credential is decided by whoever runs the backend.

#include <optional>
#include <string_view>
#include <variant>

namespace callboard::backstage {

/// Somebody who may see what the cards show.
struct Caller {
    /// May also change dependencies and create integrations.
    bool may_write = false;
};

/// Why a request is turned away; the texts are those of Backstage.
enum class Refusal {
    /// 401 "Missing credentials"
    missing_credentials,
    /// 401 "Illegal token"
    illegal_token,
    /// 403: somebody known who may not see what the cards show.
    not_allowed,
};

class Authenticator {
public:
    virtual ~Authenticator() = default;

    /// `authorization` is the header as it was sent, empty when there was none.
    virtual std::variant<Caller, Refusal> authenticate(std::string_view authorization) = 0;
};

}  // namespace callboard::backstage
