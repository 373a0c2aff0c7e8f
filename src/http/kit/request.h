#pragma once
// A REST request on its way through the pipeline, and what a handler gives back.

#include "base/query_string.h"
#include "base/result.h"
#include "domain/access/access.h"
#include "domain/account/api_key.h"
#include "domain/account/user.h"
#include "http/kit/site.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

namespace callboard::http {

namespace json = boost::json;

/// On whose behalf a request is made.
struct Actor {
    enum class Kind { account_key, user_key, session, oauth_app, in_process };
    Kind kind = Kind::account_key;
    /// Present for user keys and sessions.
    std::optional<User> user;
    bool read_only = false;
    /// The credential: what rate limits count by.
    std::int64_t credential = 0;
    /// What an OAuth token may; absent for what is not limited to scopes.
    std::optional<std::string> scopes = {};
    /// The last characters of an API key.
    std::optional<std::string> truncated_token = {};
    /// Present for sessions of the console.
    std::optional<SessionId> session = {};

    /// Somebody whose place in the account is not asked about: the guests of the demonstration.
    static Actor guest() { return {.kind = Kind::in_process, .user = std::nullopt}; }

    [[nodiscard]] bool may(Need need) const { return !user || callboard::may(user->role, need); }
};

struct Request {
    const Site& site;
    Timestamp now;
    std::string method;
    /// Decoded, without the query, without a slash at its end.
    std::string path;
    QueryString query;
    /// Null when there was none.
    json::value body;
    std::string from;
    Actor actor;
    /// The values of the pattern's {parameters}, in order.
    std::vector<std::pair<std::string_view, std::string>> parameters;
    Tx* transaction = nullptr;
    /// What the route needs.
    Need need = Need::anyone;
    /// The requester's roles, once somebody has asked: see http/kit/permit.h.
    std::optional<Standing> standing;
    /// The handler has asked whether the requester may.
    bool permission_asked = false;

    // NOLINTNEXTLINE(readability-make-member-function-const): whoever may change the request may write.
    Tx& tx() { return *transaction; }

    [[nodiscard]] std::string_view parameter(std::string_view name) const {
        for (const auto& [key, value] : parameters)
            if (key == name) return value;
        return {};
    }

    /// The id in the path; 404 when it cannot be one.
    template <class AnyId>
    Result<AnyId> path_id(std::string_view name = "id", Error absent = errors::not_found()) const {
        auto id = site.ids.parse<AnyId>(parameter(name));
        if (!id) return absent;
        return *id;
    }

    /// The row whose id is in the path; `absent` when there is none.
    template <class T>
    Result<T> path_row(std::string_view name = "id", Error absent = errors::not_found()) {
        auto id = site.ids.parse<decltype(T::id)>(parameter(name));
        if (!id) return absent;
        auto row = tx().find<T>(*id);
        if (!row) return absent;
        return std::move(*row);
    }

    /// Ids of a repeated query parameter. Values that cannot be ids of that kind match nothing: they become 0.
    template <class AnyId>
    std::vector<AnyId> query_ids(std::string_view name) const {
        std::vector<AnyId> ids;
        for (const auto& text : query.all(name)) ids.push_back(site.ids.parse<AnyId>(text).value_or(AnyId{}));
        return ids;
    }

    /// The user who acts: the key's own, or the one whose e-mail is in the From header.
    /// Errors 2016 (header missing) and 1008 (no such user).
    Result<User> requester();
};

struct Reply {
    int status = 200;
    /// Null: nothing is sent.
    json::value body;
    std::vector<std::pair<std::string, std::string>> headers;
};

inline Reply ok(json::value body) { return {200, std::move(body), {}}; }

inline Reply created(json::value body) { return {201, std::move(body), {}}; }

inline Reply no_content() { return {204, nullptr, {}}; }

}  // namespace callboard::http
