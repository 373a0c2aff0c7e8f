#pragma once
// Requests that are answered when something has changed, or after a while. Nobody's thread waits for them, each answer
// says which change it tells of, and whoever comes back says which it has heard, so nothing is missed in between.

#include "http/server/message.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace callboard::http {

class WaitingRoom {
public:
    /// How many changes there were. From any thread; cheap.
    using Count = std::function<std::uint64_t()>;
    /// The answer, when there were that many changes.
    using Answer = std::function<Response(std::uint64_t changes)>;

    explicit WaitingRoom(Count count);

    ~WaitingRoom() { stop(); }

    WaitingRoom(const WaitingRoom&) = delete;
    WaitingRoom& operator=(const WaitingRoom&) = delete;

    /// Answers at once who has not heard of the last change, others when there is one or after a while. False when too
    /// many wait, or the room is closed: then nothing was answered.
    bool wait(std::uint64_t heard, std::shared_ptr<Responder> responder, Answer answer);
    /// Answers everybody who waits.
    void stop();

private:
    struct Waiter {
        std::shared_ptr<Responder> responder;
        Answer answer;
        /// The last change it knows.
        std::uint64_t heard = 0;
        std::chrono::steady_clock::time_point until;
    };

    void tell_until_stopped();
    void tell(bool everybody);

    Count count_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Waiter> waiters_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace callboard::http
