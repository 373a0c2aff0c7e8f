#pragma once
// The pipeline that every REST request goes through, written once: match, authenticate, rate, scope and role, body,
// transaction, handler, commit, encode.

#include "http/kit/auth.h"
#include "http/kit/route.h"
#include "http/kit/route_matcher.h"
#include "http/server/message.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace callboard::http {

/// What a request is before anything is known about it. Owns its texts.
struct Inbound {
    std::string method;
    std::string target;
    std::string authorization;
    std::string from;
    std::string content_type;
    std::string body;
    /// The console's session: what a page of ours sends instead of `authorization`.
    std::string session = {};
};

class Router {
public:
    Router(const Site& site, std::vector<Route> routes);

    /// Blocks: runs on a worker's thread.
    Response answer(const Inbound& inbound);

    /// The same for a caller inside the process, who says on whose behalf: `actor` may what it may over HTTP, and
    /// `from` is what the From header would be. No rate, no text in between.
    struct InProcessAnswer {
        int status = 200;
        json::value body;
    };

    InProcessAnswer
    dispatch(Actor actor, std::string method, std::string_view target, json::value body, std::string from = {});

    [[nodiscard]] std::span<const Route> routes() const { return routes_; }

    /// Whether an operation has this path, whatever its method.
    [[nodiscard]] bool serves(std::string_view path) const { return matcher_.match("", path).path_known; }

private:
    Result<Reply> run(Request& request, const Route& route);
    Result<Reply> rehearse(const Request& request, const std::function<Result<Reply>(Tx&)>& handler) const;
    Request request_for(std::string method, std::string_view target) const;
    Response encode(Result<Reply> result, const RateMeter::Standing* standing) const;

    const Site& site_;
    std::vector<Route> routes_;
    RouteMatcher matcher_;
    RateMeter meter_;
};

}  // namespace callboard::http
