#include "daemon/hook_sender.h"

#include "base/log.h"
#include "channels/subscription.h"
#include "http/rest_v2/webhook_body.h"

#include <algorithm>
#include <utility>

namespace callboard {

namespace {

HookOutcome outcome_of(channels::DeliveryOutcome outcome) {
    auto kind = HookOutcome::Kind::delivered;
    if (outcome.kind == channels::DeliveryOutcome::Kind::try_again) kind = HookOutcome::Kind::try_again;
    if (outcome.kind == channels::DeliveryOutcome::Kind::refused) kind = HookOutcome::Kind::refused;
    return {kind, std::move(outcome.detail), outcome.retry_after};
}

}  // namespace

HookSender::HookSender(const http::Site& site, bool to_private_addresses)
    : site_(site), to_private_addresses_(to_private_addresses) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { send_until_stopped(); });
}

void HookSender::send(HookCall call) {
    {
        std::lock_guard lock(mutex_);
        if (!stopping_ && queue_.size() < queue_max) {
            queue_.push_back(std::move(call));
            wake_.notify_one();
            return;
        }
    }
    record(call, {HookOutcome::Kind::not_begun, "", {}});
}

void HookSender::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    for (const auto& call : std::exchange(queue_, {})) record(call, {HookOutcome::Kind::not_begun, "", {}});
}

std::optional<HookCall> HookSender::take() {
    auto has_room = [&](const HookCall& call) {
        auto found = busy_.find(call.subscription.id);
        return found == busy_.end() || found->second < at_once_max;
    };
    auto next = std::ranges::find_if(queue_, has_room);
    if (next == queue_.end()) return std::nullopt;
    auto call = std::move(*next);
    queue_.erase(next);
    ++busy_[call.subscription.id];
    return call;
}

void HookSender::send_until_stopped() {
    for (;;) {
        std::optional<HookCall> call;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return stopping_ || (call = take()); });
            if (stopping_ && !call) return;
        }
        try {
            send_now(*call);
        } catch (const std::exception& error) {
            // It stays claimed, and is claimed again in time.
            log::error("webhook.failed", {{"why", error.what()}});
        }
        std::lock_guard lock(mutex_);
        if (--busy_[call->subscription.id] == 0) busy_.erase(call->subscription.id);
        wake_.notify_one();
    }
}

void HookSender::send_now(const HookCall& call) {
    auto now = site_.clock.now();
    if (now > call.begin_before) return record(call, {HookOutcome::Kind::not_begun, "", {}});
    channels::Delivery delivery;
    delivery.url = call.subscription.url;
    delivery.secret = call.subscription.secret;
    delivery.body = site_.store.read(now, [&](Tx& tx) { return http::webhook_body(site_, tx, call.delivery); });
    delivery.id = site_.ids.text(call.delivery.id);
    delivery.subscription = site_.ids.text(call.subscription.id);
    for (const auto& header : call.subscription.custom_headers)
        delivery.headers.emplace_back(header.name, header.value);
    delivery.deadline = delivery_deadline;
    if (to_private_addresses_) delivery.addresses = net::AddressRule::any;
    auto outcome = outcome_of(channels::deliver(delivery, now));
    if (outcome.kind != HookOutcome::Kind::delivered)
        log::warn("webhook.not_delivered",
                  {{"subscription", delivery.subscription},
                   {"attempt", std::to_string(call.delivery.attempts)},
                   {"why", outcome.detail}});
    record(call, outcome);
}

void HookSender::record(const HookCall& call, const HookOutcome& outcome) {
    auto done = site_.store.decide(site_.clock.now(), [&](Tx& tx) -> Result<void> {
        record_delivery(tx, site_.desk, call, outcome);
        return {};
    });
    ASSERT(done.ok(), "what happened is never refused");
}

}  // namespace callboard
