#pragma once
// The backend of the PagerDuty plugin for Backstage: what every request goes through before and after its handler.
// Cross-origin rules, credentials, body, route, errors; in this order, as Backstage does it.

#include "backstage/authenticator.h"
#include "backstage/message.h"
#include "backstage/upstream.h"

namespace callboard::backstage {

class Backend {
public:
    /// Both outlive it.
    Backend(Authenticator& authenticator, Upstream& upstream) : authenticator_(authenticator), upstream_(upstream) {}

    /// Blocks until PagerDuty's REST API has answered, 10 seconds at most. Safe to call from any number of threads.
    Response answer(const Request& request);

    /// What a client is told when there is no answer of `answer`'s: {"errors": ["…"]}, readable by any origin.
    static Response refuse(int status, std::string_view why);

private:
    Response answer_without_origin(const Request& request);

    Authenticator& authenticator_;
    Upstream& upstream_;
};

}  // namespace callboard::backstage
