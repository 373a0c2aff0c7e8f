#pragma once
// What every request handler may lean on: the store, the desk, the clock, how ids and addresses are written.
// Made once by the daemon, then never changed.

#include "app/ingest.h"
#include "app/respond.h"
#include "base/clock.h"
#include "base/id.h"
#include "storage/store.h"

#include <functional>
#include <string>
#include <vector>

namespace callboard::http {

struct Site {
    Store& store;
    Desk& desk;
    const Clock& clock;
    PublicIds ids;
    /// Without a slash at its end: "https://pages.example.com".
    std::string public_url;
    /// Keys the hashes of API keys and session tokens.
    std::string hash_key;
    /// REST requests per credential and minute.
    int rest_requests_per_minute = 96'000;
    EventLimits event_limits;
    /// The demonstration account: pages and the Backstage routes need no credentials.
    bool demo = false;
    /// The ways by which somebody is configured to carry messages: "email", "sms", "phone", "push" and the chats.
    std::vector<std::string> channels = {};

    /// Asks the token URL of an OAuth client for a token, and says why there was none. Blocks.
    std::function<Result<void>(const OAuthClient&, Timestamp now)> try_oauth_client = {};

    /// Whether we may call a URL that a user typed in. Absent: any.
    std::function<bool(const std::string& url)> may_call = {};

    [[nodiscard]] std::string api(std::string_view path) const { return public_url + std::string{path}; }

    [[nodiscard]] std::string console(std::string_view path) const {
        return public_url + "/console" + std::string{path};
    }
};

}  // namespace callboard::http
