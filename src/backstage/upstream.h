#pragma once
// The seam behind which PagerDuty's REST API lies. The backend of the plugin asks for what the API's description
// promises and knows nothing else, so the same code serves our own server and PagerDuty itself.

#include <chrono>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace callboard::backstage {

namespace json = boost::json;

/// When the caller of a route stops waiting. All calls made for one request share it.
using Deadline = std::chrono::steady_clock::time_point;

/// What came back from the REST API.
struct Answer {
    enum class End {
        answered,
        /// The deadline passed first.
        late,
        /// No connection, or none that held.
        unreachable,
        /// Something arrived that is not JSON.
        unreadable,
    };
    End end = End::answered;
    /// The HTTP status; meaningless unless answered.
    int status = 0;
    json::value body;
};

class Upstream {
public:
    virtual ~Upstream() = default;

    /// `target` is a path with its query, "/services/P1?time_zone=UTC". A null `body` sends none. Blocks until there
    /// is an answer, at the latest until `deadline`; never throws for what the other side does.
    virtual Answer call(std::string_view method, std::string_view target, json::value body, Deadline deadline) = 0;
};

}  // namespace callboard::backstage
