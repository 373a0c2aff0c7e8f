#pragma once
// Sends webhooks, and tells channels of chats what happened. A few threads share what waits, and at most two of them
// are with one subscription, so that a slow receiver does not hold up the others; nor do several: those whose last
// delivery failed share half of the threads. The order within a subscription is
// the store's business (app/hooks.h).

#include "app/channel_message.h"
#include "app/hooks.h"
#include "channels/providers.h"
#include "channels/subscription.h"
#include "daemon/hook_tokens.h"
#include "daemon/stop_point.h"
#include "daemon/tallies.h"
#include "http/kit/site.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace callboard {

class HookSender {
public:
    HookSender(const http::Site& site,
               net::AddressRule addresses,
               std::shared_ptr<const channels::Providers> providers,
               PageLinks links,
               StopPoint stop_point,
               Tallies& tallies);

    ~HookSender() { stop(); }

    /// One that finds no room comes again.
    void send(HookCall call);
    /// Waits, at most this long, until nothing waits here or is being sent.
    void settle(std::chrono::milliseconds at_most);
    /// Waits for what is being sent; what still waits leaves after the next start.
    void stop();

    static constexpr std::size_t threads = 8;
    static constexpr int at_once_max = 2;
    /// With all receivers together whose last delivery failed or took too long.
    static constexpr int in_trouble_max = threads / 2;
    static constexpr std::size_t queue_max = 500;

private:
    void send_until_stopped();
    /// The first call whose subscription has room; absent when there is none. With the lock held.
    std::optional<HookCall> take();
    /// Deliveries that go on now to receivers in trouble. With the lock held.
    [[nodiscard]] int busy_in_trouble() const;
    HookOutcome::Kind send_now(const HookCall& call);
    HookOutcome post(const HookCall& call, Timestamp now);
    HookOutcome tell_channel(const HookCall& call, Timestamp now);
    HookOutcome deliver(channels::Delivery delivery, const std::optional<OAuthClient>& client, Timestamp now);
    void record(const HookCall& call, const HookOutcome& outcome);

    const http::Site& site_;
    net::AddressRule addresses_;
    std::shared_ptr<const channels::Providers> providers_;
    PageLinks links_;
    StopPoint stop_point_;
    Tallies& tallies_;
    HookTokens tokens_;
    std::mutex mutex_;
    std::condition_variable wake_;
    /// Nothing waits or is being sent.
    std::condition_variable settled_;
    std::deque<HookCall> queue_;
    std::map<WebhookSubscriptionId, int> busy_;
    /// Their last delivery failed, whatever the reason.
    std::set<WebhookSubscriptionId> in_trouble_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace callboard
