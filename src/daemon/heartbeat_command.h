#pragma once
// `callboard heartbeat`: by REST, at a server that runs, since what a heartbeat's silence began is in that server's
// memory.

#include <string>

namespace callboard {

struct HeartbeatCommand {
    enum class Verb { list, create, url, pause, resume, remove };
    Verb verb = Verb::list;
    /// Of the server.
    std::string url = "http://127.0.0.1:8080";
    std::string key;
    /// Id or name.
    std::string heartbeat;
    /// Id or name.
    std::string service;
    /// "90s", "30m", "24h", "7d".
    std::string every;
    std::string grace;
};

/// Prints on standard output, problems on standard error. 2 for what cannot be meant, 1 for what did not work.
int heartbeat(const HeartbeatCommand& command);

}  // namespace callboard
