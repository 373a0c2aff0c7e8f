#pragma once
// Tells pages that something changed, by server-sent events. Every event is an answer of its own: the browser's
// EventSource comes back by itself and says which it heard last, so nothing is missed in between, proxies that buffer
// do no harm, and no thread waits for anybody.

#include "http/front.h"
#include "http/kit/waiting_room.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace callboard::http {

class Live {
public:
    explicit Live(const Site& site);

    /// Answers at once who has not heard of the last change, others when there is one or after a while. Only for those
    /// who are logged in. On a worker's thread.
    void wait(const Copied& request, std::shared_ptr<Responder> responder);

    /// Something was committed. Cheap: it is called once per batch.
    void changed() { ++changes_; }

    /// Answers everybody who waits.
    void stop() { room_.stop(); }

    static constexpr std::string_view path = "/console/live";

private:
    [[nodiscard]] Response event(std::uint64_t change) const;

    const Site& site_;
    /// Starts at the time, so that no number of an earlier run is one of this.
    std::atomic<std::uint64_t> changes_;
    WaitingRoom room_;
};

}  // namespace callboard::http
