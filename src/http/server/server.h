#pragma once
// The HTTP/1.1 server: one io_context per thread, each with its own listening socket (SO_REUSEPORT), coroutines per
// connection, limits and deadlines on everything a client can make us hold.

#include "http/server/message.h"

#include <cstdint>
#include <memory>
#include <string>

namespace callboard::http {

struct ServerOptions {
    /// An address, or a name as "localhost".
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
    int threads = 2;
    std::size_t connections_max = 10'000;
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t body_bytes_max = 1024 * 1024;
    /// Bodies being received at one time, over all connections.
    std::size_t bodies_bytes_max = 256 * 1024 * 1024;
    /// Answers that wait for their clients to read them, over all connections.
    std::size_t answers_bytes_max = 256 * 1024 * 1024;
    /// A request must be complete this long after its first byte.
    int request_seconds_max = 20;
    /// An idle connection is closed after this long.
    int idle_seconds_max = 75;
};

class Server {
public:
    /// Listens at once; throws when it cannot, std::runtime_error when another process does. `handler` outlives the
    /// server.
    Server(ServerOptions options, Handler& handler);
    ~Server();

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start();
    /// Delivers the answers given with send_with_next_wake.
    void wake();
    /// Stops accepting, lets requests in hand be answered (at most `seconds`), then closes everything.
    void drain_and_stop(int seconds);

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;

    struct Impl;

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard::http
