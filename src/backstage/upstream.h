#pragma once
// The seam behind which PagerDuty's REST API lies. The backend of the plugin asks for what the API's description
// promises and knows nothing else, so the same code serves our own server and PagerDuty itself.

#include "backstage/caller.h"
#include "base/time.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace callboard::backstage {

namespace json = boost::json;

/// When the caller of a route stops waiting. All calls made for one request share it.
using Deadline = std::chrono::steady_clock::time_point;

/// How old an answer may be that is kept instead of asking again. Only questions that change nothing are kept.
enum class Freshness {
    /// Always asked.
    live,
    /// Seconds: what changes with every incident.
    moments,
    /// Minutes: services, people, teams.
    directory,
    /// An hour: analytics, which have a small budget of their own.
    statistics,
};

struct Question;

/// Questions that differ in one id alone, and can be asked as one about many.
struct Family {
    /// How many ids one question names at most.
    std::size_t ids_max;
    /// The member of the answer whose pages are all read; empty: there is one page.
    std::string_view paged;
    /// Makes of the question about one the question about all of these.
    void (*name_all)(Question& question, const std::vector<std::string>& ids);
    /// What the question about one alone would have been answered; nothing when the answer does not say.
    std::optional<json::value> (*piece)(const json::value& body, const std::string& id);
    /// Instead of `name_all`, where no question names many, and one tells what is new of all since a time. Each is
    /// asked about alone first; to that its piece of what is new is added, in front of the list `paged`.
    void (*name_new)(Question& question, Timestamp since) = nullptr;
};

struct Question {
    std::string method;
    /// A path with its query, "/services/P1?time_zone=UTC".
    std::string target;
    /// Null: none is sent.
    json::value body;
    Deadline deadline;
    Freshness freshness = Freshness::live;
    /// Names the same question when target and body differ between two of them, as by the time; empty: they say it.
    std::string same_as;
    /// Null: it can only be asked alone. Otherwise `id` is what it is about.
    const Family* family = nullptr;
    std::string id;
    /// E-mail of whom a change is made for; empty: nobody is named.
    std::string from;
    /// Who asks, where the other side is this process.
    std::shared_ptr<const Identity> identity;
};

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
        /// There is nothing to ask with: no token, or the token's issuer said no. `detail` says which.
        not_configured,
    };
    End end = End::answered;
    /// The HTTP status; meaningless unless answered.
    int status = 0;
    json::value body{};
    /// When the other side said it.
    Timestamp as_of{};
    /// With 429: when to come again.
    std::optional<seconds> retry_after{};
    /// For people who run this: no secrets.
    std::string detail{};

    /// When this is no success: the last one there was to this question.
    struct Known {
        json::value body;
        Timestamp as_of{};
    };

    std::shared_ptr<const Known> last_known{};
    /// This is what was known before: the other side may not be asked for now. `retry_after` says for how long.
    bool stale = false;

    [[nodiscard]] bool ok() const { return end == End::answered && status >= 200 && status < 300; }
};

class Upstream {
public:
    virtual ~Upstream() = default;

    /// Blocks until there is an answer, at the latest until the question's deadline; never throws for what the other
    /// side does. Safe to call from any number of threads.
    virtual Answer call(const Question& question) = 0;

    /// A change event, as the Events API takes it: the routing key in it is all the credentials it needs.
    virtual Answer send_change(const json::object& event, Deadline deadline) = 0;

    /// Grows when something may have changed there that this process knows of.
    [[nodiscard]] virtual std::uint64_t changes() const { return 0; }

    /// In this process: asking costs little, and every change is known of.
    [[nodiscard]] virtual bool near() const { return false; }

    /// Something has changed there about a service, or nobody knows about what when it is empty: what is kept of it is
    /// not of now any more.
    virtual void outdate(std::string_view /*service_id*/) {}

    /// Something has changed here that may be why it has refused: nothing of that is believed any more.
    virtual void forget_refusals() {}

    /// Nobody waits for answers any more: questions end as late, those that go on as well; changes are still made.
    virtual void end() {}
};

}  // namespace callboard::backstage
