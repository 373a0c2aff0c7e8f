#pragma once
// Tells pages that something changed, by server-sent events. Every event is an answer of its own: the browser's
// EventSource comes back by itself and says which it heard last, so nothing is missed in between, proxies that buffer
// do no harm, and no thread waits for anybody.

#include "http/front.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace callboard::http {

class Live {
public:
    explicit Live(const Site& site);
    ~Live();

    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    /// Answers at once who has not heard of the last change, others when there is one or after a while. Only for those
    /// who are logged in. On a worker's thread.
    void wait(const Copied& request, std::shared_ptr<Responder> responder);

    /// Something was committed. Cheap: it is called once per batch.
    void changed() { ++changes_; }

    /// Answers everybody who waits.
    void stop();

    static constexpr std::string_view path = "/console/live";

private:
    struct Waiter {
        std::shared_ptr<Responder> responder;
        /// The last change it knows.
        std::uint64_t heard = 0;
        std::chrono::steady_clock::time_point until;
    };

    void tell_until_stopped();
    void tell(bool everybody);
    [[nodiscard]] Response event(std::uint64_t change) const;

    const Site& site_;
    /// Starts at the time, so that no number of an earlier run is one of this.
    std::atomic<std::uint64_t> changes_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Waiter> waiters_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace callboard::http
