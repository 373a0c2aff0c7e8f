#pragma once
// Access tokens by OAuth 2.0's client credentials (RFC 6749, section 4.4), kept until they end. A new one is asked for
// well before the old one ends, by one caller at a time; the others go on with the old one.

#include "base/time.h"
#include "net/address.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

namespace callboard::net {

struct TokenRequest {
    std::string url;
    std::string client_id;
    std::string client_secret;
    /// Names with one space between; empty: what the server gives unasked.
    std::string scope;
    /// A file of certificates to trust instead of the system's; empty: the system's.
    std::string ca_file;
    AddressRule addresses = AddressRule::any;
    /// While it is true nobody is asked, and who is being asked is left; null: never.
    const std::atomic<bool>* ended = nullptr;

    bool operator==(const TokenRequest&) const = default;
};

struct TokenFailure {
    enum class Kind {
        /// Nothing came back.
        unreachable,
        /// Nothing came back in time.
        late,
        /// What came back is no token.
        refused,
    };
    Kind kind = Kind::refused;
    /// No secrets.
    std::string detail;
    /// Of a refusal, in OAuth's words: "invalid_scope".
    std::string error{};
};

class TokenSource {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    explicit TokenSource(TokenRequest request) : request_(std::move(request)) {}

    struct Given {
        /// "Bearer …"; empty: there is none, and `failure` says why.
        std::string authorization;
        TokenFailure failure{};
    };

    /// Blocks, at most until the deadline.
    Given get(Timestamp now, Deadline deadline);
    /// The other side did not accept it: the next caller asks for a new one.
    void refuse(const std::string& authorization);

    [[nodiscard]] const TokenRequest& request() const { return request_; }

private:
    struct Renewed {
        std::string authorization;
        seconds lives{0};
        TokenFailure failure{};
    };

    [[nodiscard]] Renewed renew(Deadline deadline) const;

    const TokenRequest request_;
    std::mutex mutex_;
    std::condition_variable renewed_;
    bool renewing_ = false;
    std::string authorization_;
    Timestamp renew_at_{};
    Timestamp ends_at_{};
};

}  // namespace callboard::net
