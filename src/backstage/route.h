#pragma once
// One row per route, and how a path finds its row: letters of either case, one slash at the end forgiven, as in the
// plugin's own backend.

#include "backstage/json_read.h"
#include "backstage/room.h"
#include "base/query_string.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::backstage {

inline constexpr std::string_view json_type = "application/json; charset=utf-8";

/// What a handler gives back: JSON, a text instead of it, or nothing.
struct Reply {
    int status = 200;
    json::value body{};
    std::string text{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string_view text_type = "text/plain; charset=utf-8";
};

inline Reply ok(json::value body) { return {200, std::move(body)}; }

/// A request whose path has found its row.
struct Call {
    Room& room;
    /// The one that the request names, or the default one.
    const Account& account;
    Caller caller;
    Timestamp now;
    Deadline deadline;
    QueryString query;
    /// Null when there was none.
    json::value body;
    /// The values of the pattern's {parameters}, decoded, in order.
    std::vector<std::string> parameters;
    /// The oldest of what was read from upstream for this request.
    std::optional<Timestamp> as_of{};
    /// Accounts that could not be asked for their part of a list.
    std::vector<std::string> missing{};

    /// One value; several of one name are joined by commas, which is what reaches PagerDuty from the plugin's own
    /// backend. Empty when absent.
    [[nodiscard]] std::string query_text(std::string_view name) const;

    [[nodiscard]] Question
    question(std::string_view method, std::string_view target, Freshness freshness = Freshness::live) const;
    /// Asks an account, and remembers how old the answer is.
    Answer ask(const Account& of, const Question& question);

    Answer get(std::string_view target, Freshness freshness = Freshness::live) {
        return ask(account, question("GET", target, freshness));
    }

    /// Changes something.
    Answer send(std::string_view method, std::string_view target, json::value sent) {
        auto asked = question(method, target);
        asked.body = std::move(sent);
        return ask(account, asked);
    }

    Answer post(std::string_view target, json::value sent) { return send("POST", target, std::move(sent)); }

    void read_at(Timestamp at) { as_of = as_of ? std::min(*as_of, at) : at; }
};

using Handler = Reply (*)(Call&);

struct Route {
    std::string_view method;
    /// "/services/{id}/incidents"
    std::string_view path;
    /// What whoever asks must be allowed.
    Action action;
    Handler handler;
    /// Everybody who may ask is answered alike, and many ask the same at once.
    bool shared = false;
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
