#pragma once
// Why nothing came back.

#include <string>
#include <string_view>

namespace callboard::net {

enum class FailureKind {
    /// The request itself is wrong: its URL, a header with a line break. Another try is pointless.
    invalid_request,
    dns,
    connect,
    /// The name resolved to an address that the request's AddressRule forbids.
    forbidden_address,
    /// No encryption where it is demanded, or a certificate that does not hold.
    tls,
    /// The deadline passed.
    timeout,
    /// More came back than was asked for.
    too_large,
    /// The connection ended, or what came back is not the protocol.
    broken,
};

struct Failure {
    FailureKind kind = FailureKind::broken;
    /// For the log: no secrets.
    std::string detail;
    /// The other side may have the whole request and may have acted on it.
    bool may_have_arrived = false;
};

std::string_view name_of(FailureKind kind);

}  // namespace callboard::net
