#pragma once
// Sends webhooks. A few threads share what waits, and at most two of them are with one subscription, so that a slow
// receiver does not hold up the others. The order within a subscription is the store's business (app/hooks.h).

#include "app/hooks.h"
#include "http/kit/site.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

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
    static constexpr int at_once_max = 2;
    static constexpr std::size_t queue_max = 500;

private:
    void send_until_stopped();
    /// The first call whose subscription has room; absent when there is none. With the lock held.
    std::optional<HookCall> take();
    void send_now(const HookCall& call);
    void record(const HookCall& call, const HookOutcome& outcome);

    const http::Site& site_;
    bool to_private_addresses_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<HookCall> queue_;
    std::map<WebhookSubscriptionId, int> busy_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace callboard
