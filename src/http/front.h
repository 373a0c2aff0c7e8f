#pragma once
// The front desk: looks at a request's path and hands it to whoever answers it. Events and health are answered from
// the I/O thread; everything that reads the store goes to the worker pool.

#include "http/events_v2/enqueue.h"
#include "http/kit/router.h"
#include "http/kit/worker_pool.h"
#include "http/server/message.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callboard::http {

/// A request copied out of the connection, for answers that take a while.
struct Copied {
    std::string method;
    std::string target;
    std::string body;
    std::string authorization;
    std::string cookie;
    std::string content_type;
    std::string origin;
    /// Access-Control-Request-Headers, of a preflight.
    std::string requested_headers;
    std::string from;
    std::string peer;
    /// A page of the console asks: only those can send this header, so the session's cookie counts for REST.
    bool from_console = false;
    /// Accept-Encoding has gzip.
    bool takes_gzip = false;
    /// Sec-Fetch-Site: whose page the browser was on. Empty from others than browsers.
    std::string fetch_site;
    /// The last server-sent event that the page heard.
    std::string last_event_id;
    /// Those that the mount asked for.
    std::vector<std::pair<std::string, std::string>> headers;

    /// Empty when absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Everything under a path prefix that is not REST: the Backstage routes, the console's pages, the test clock.
struct Mount {
    std::string prefix;
    /// Runs on a worker's thread.
    std::function<Response(const Copied&)> answer = {};
    /// Instead of `answer`, for what is answered later: by whoever keeps the responder.
    std::function<void(const Copied&, std::shared_ptr<Responder>)> answer_later = {};
    /// The answer where there is none of `answer`'s: unreadable, too large, too busy. Empty: as in REST.
    std::function<Response(int status, std::string_view why)> refuse = {};
    /// Whose threads answer; null: those that answer REST. What waits for others must not keep those busy.
    WorkerPool* workers = nullptr;
    /// Further headers of the request that `answer` looks at.
    std::vector<std::string_view> headers = {};
};

class Front final : public Handler {
public:
    Front(const Site& site, Router& rest, WorkerPool& workers, std::vector<Mount> mounts);

    void handle(Message& message, std::shared_ptr<Responder> responder) override;
    Response refuse(std::string_view target, int status, std::string_view why) override;

    /// /readyz answers 200 from now on, or 503 again while draining.
    void set_ready(bool ready) { ready_ = ready; }

private:
    bool answer_health(const Message& message, const std::shared_ptr<Responder>& responder);
    void answer_later(Message& message, const std::shared_ptr<Responder>& responder);
    Response answer_copied(const Copied& copied);
    [[nodiscard]] const Mount* mount_of(std::string_view target) const;
    WorkerPool& workers_for(std::string_view target);

    const Site& site_;
    Router& rest_;
    WorkerPool& workers_;
    std::vector<Mount> mounts_;
    EventsApi events_;
    std::atomic<bool> ready_{false};
};

}  // namespace callboard::http
