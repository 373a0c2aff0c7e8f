#pragma once
// One row per route, and how a path finds its row: letters of either case, one slash at the end forgiven, as in the
// plugin's own backend.

#include "backstage/upstream.h"
#include "base/query_string.h"
#include "base/time.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::backstage {

/// What a handler gives back: JSON, or a text instead of it.
struct Reply {
    int status = 200;
    json::value body;
    std::string text;
};

/// What the one account of a configuration without `accounts` is called.
inline constexpr std::string_view default_account = "default";

inline Reply ok(json::value body) { return {200, std::move(body), {}}; }

/// A request whose path has found its row.
struct Call {
    Upstream& upstream;
    Timestamp now;
    Deadline deadline;
    QueryString query;
    /// Null when there was none.
    json::value body;
    /// The values of the pattern's {parameters}, decoded, in order.
    std::vector<std::string> parameters;

    /// One value; several of one name are joined by commas, which is what reaches PagerDuty from the plugin's own
    /// backend. Empty when absent.
    [[nodiscard]] std::string query_text(std::string_view name) const;

    Answer get(std::string_view target) { return upstream.call("GET", target, nullptr, deadline); }

    Answer post(std::string_view target, json::value sent) {
        return upstream.call("POST", target, std::move(sent), deadline);
    }
};

using Handler = Reply (*)(Call&);

struct Route {
    std::string_view method;
    /// "/services/{id}/incidents"
    std::string_view path;
    Handler handler;

    [[nodiscard]] constexpr bool writes() const { return method != "GET"; }
};

/// The routes of this backend: see routes.cpp.
std::span<const Route> backstage_routes();

struct Match {
    /// Null when no row has that method and path.
    const Route* route = nullptr;
    /// Still percent-encoded.
    std::vector<std::string_view> parameters;
};

Match match_route(std::span<const Route> routes, std::string_view method, std::string_view path);

}  // namespace callboard::backstage
