#pragma once
// A request for one of the plugin's routes, and its answer, as texts.

#include "base/time.h"

#include <string>
#include <utility>
#include <vector>

namespace callboard::backstage {

struct Request {
    std::string method;
    /// What follows the address that the backend is mounted at: "/services/P1?account=".
    std::string target;
    std::string body;
    std::string content_type;
    std::string authorization;
    /// Empty unless a browser asks from another origin.
    std::string origin;
    /// Access-Control-Request-Headers.
    std::string requested_headers;
    /// X-PagerDuty-Signature, of a webhook.
    std::string signature;
    Timestamp now;
};

struct Response {
    int status = 200;
    std::string body;
    /// Empty: no header.
    std::string content_type;
    std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace callboard::backstage
