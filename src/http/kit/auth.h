#pragma once
// From what a request carries to an Actor: "Token token=KEY" or "Bearer TOKEN" in the Authorization header, which must
// match exactly, or the console's session. Anything else is 401.

#include "http/kit/request.h"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace callboard::http {

/// 401, code 2006. The service this follows answers without JSON; clients read the envelope just as well.
Error authentication_failed();

/// The actor of an API key or an OAuth token. Errors: authentication_failed.
Result<Actor> authenticate(Tx& tx, const Site& site, std::string_view authorization);

/// The actor of the console's session. Errors: authentication_failed.
Result<Actor> authenticate_session(Tx& tx, const Site& site, std::string_view token);

inline constexpr std::string_view session_cookie = "callboard_session";

/// Pages of other sites cannot make a browser send a header of this name, so what carries it was asked by a page of
/// the console.
inline constexpr std::string_view console_header = "X-Callboard-Console";

/// The value of a cookie; empty when there is none.
std::string_view cookie_value(std::string_view cookies, std::string_view name);

/// The log-in behind a session cookie's token; absent when unknown or over.
std::optional<User> user_of_session(Tx& tx, const Site& site, std::string_view token);

/// Requests per credential in fixed windows of a minute.
class RateMeter {
public:
    struct Standing {
        int limit = 0;
        int remaining = 0;
        int reset_seconds = 0;
        bool over = false;
    };

    Standing count(std::int64_t credential, Timestamp now, int per_minute);

private:
    struct Window {
        std::int64_t minute = 0;
        int used = 0;
    };

    std::mutex mutex_;
    std::unordered_map<std::int64_t, Window> windows_;
};

}  // namespace callboard::http
