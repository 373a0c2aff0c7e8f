#pragma once
// The backend of the PagerDuty plugin for Backstage: what every request goes through before and after its handler.
// Cross-origin rules, credentials, body, route, permission, errors; in this order, as Backstage does it.

#include "backstage/authenticator.h"
#include "backstage/message.h"
#include "backstage/reply_cache.h"
#include "backstage/room.h"

#include <atomic>
#include <string>
#include <vector>

namespace callboard::backstage {

struct Call;
struct Route;

/// Origins whose pages may read answers: "https://backstage.example.com", with * for any run of characters.
class Origins {
public:
    /// Empty: any.
    explicit Origins(std::vector<std::string> patterns = {}) : patterns_(std::move(patterns)) {}

    [[nodiscard]] bool allows(std::string_view origin) const;

private:
    std::vector<std::string> patterns_;
};

class Backend {
public:
    /// All of it outlives the backend.
    Backend(Authenticator& authenticator, Room& room, Origins origins = Origins{})
        : authenticator_(authenticator), room_(room), origins_(std::move(origins)) {}

    /// Blocks until PagerDuty's REST API has answered, 10 seconds at most. Safe to call from any number of threads.
    Response answer(const Request& request);

    /// What a client is told when there is no answer of `answer`'s: {"errors": ["…"]}, readable by any origin.
    static Response refuse(int status, std::string_view why);

private:
    Response answer_without_origin(const Request& request);
    Response answer_route(const Request& request, const Route& route, Call& call);
    void allow_origin(const Request& request, Response& response) const;
    Response preflight(const Request& request) const;

    Authenticator& authenticator_;
    Room& room_;
    Origins origins_;
    ReplyCache replies_;
    /// What was changed here; the accounts count what was changed there.
    std::atomic<std::uint64_t> changes_{0};
};

}  // namespace callboard::backstage
