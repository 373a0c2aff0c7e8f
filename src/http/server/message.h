#pragma once
// HTTP as the rest of the program sees it: a request to look at, and an answer to send once. Asio and Beast stay
// behind http/server/server.cpp.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::http {

struct Response {
    int status = 200;
    std::string body;
    /// Empty: application/json, unless the status is 204.
    std::string content_type;
    std::vector<std::pair<std::string, std::string>> headers;
    /// Pages of any origin may read the answer.
    bool any_origin = false;
    /// The connection ends after this answer.
    bool close = false;
};

/// A received request; valid until it has been answered.
class Message {
public:
    virtual ~Message() = default;
    [[nodiscard]] virtual std::string_view method() const = 0;
    /// Path and query as sent.
    [[nodiscard]] virtual std::string_view target() const = 0;
    /// Empty when absent. Names are case-insensitive.
    [[nodiscard]] virtual std::string_view header(std::string_view name) const = 0;
    [[nodiscard]] virtual std::string& body() = 0;
    /// Where the request comes from: the other end of the connection, or, when that is on this machine, whom the proxy
    /// there names last in X-Forwarded-For.
    [[nodiscard]] virtual std::string peer_address() const = 0;
};

/// Sends the answer to one request, exactly once, from any thread.
class Responder {
public:
    virtual ~Responder() = default;
    virtual void send(Response response) = 0;
    /// Like send, but the connection is only woken by Server::wake(): many answers, one wake-up.
    virtual void send_with_next_wake(Response response) = 0;
};

/// What the server hands requests to. Called on an I/O thread: must not block.
class Handler {
public:
    virtual ~Handler() = default;
    virtual void handle(Message& message, std::shared_ptr<Responder> responder) = 0;
    /// The answer to a request that could not be read: too large, malformed, too slow. `target` may be empty.
    virtual Response refuse(std::string_view target, int status, std::string_view why) = 0;
};

}  // namespace callboard::http
