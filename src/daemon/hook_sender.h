#pragma once
// Sends webhooks. Deliveries of one subscription share a thread, so that a slow receiver holds up few others; the order
// within a subscription is the store's business (app/hooks.h).

#include "app/hooks.h"
#include "http/kit/site.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace callboard {

class HookSender {
public:
    HookSender(const http::Site& site, bool to_private_addresses);

    ~HookSender() { stop(); }

    /// One that finds no room comes again.
    void send(HookCall call);
    /// Waits for what is being sent; what still waits leaves after the next start.
    void stop();

    static constexpr std::size_t threads = 8;
    static constexpr std::size_t queue_max = 500;

private:
    struct Lane {
        std::mutex mutex;
        std::condition_variable wake;
        std::deque<HookCall> queue;
        bool stopping = false;
        std::thread thread;
    };

    void send_until_stopped(Lane& lane);
    void send_now(const HookCall& call);
    void record(const HookCall& call, const HookOutcome& outcome);

    const http::Site& site_;
    bool to_private_addresses_;
    std::array<Lane, threads> lanes_;
};

}  // namespace callboard
