#include "daemon/hook_sender.h"

#include "base/log.h"
#include "channels/subscription.h"
#include "http/rest_v2/webhook_body.h"

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
    for (auto& lane : lanes_) lane.thread = std::thread([this, &lane] { send_until_stopped(lane); });
}

void HookSender::send(HookCall call) {
    auto& lane = lanes_.at(static_cast<std::size_t>(call.subscription.id.value) % threads);
    {
        std::lock_guard lock(lane.mutex);
        if (!lane.stopping && lane.queue.size() < queue_max) {
            lane.queue.push_back(std::move(call));
            lane.wake.notify_one();
            return;
        }
    }
    record(call, {HookOutcome::Kind::try_again, "Too many webhooks were being sent.", {}});
}

void HookSender::stop() {
    for (auto& lane : lanes_) {
        {
            std::lock_guard lock(lane.mutex);
            lane.stopping = true;
        }
        lane.wake.notify_all();
    }
    for (auto& lane : lanes_)
        if (lane.thread.joinable()) lane.thread.join();
}

void HookSender::send_until_stopped(Lane& lane) {
    for (;;) {
        HookCall call;
        {
            std::unique_lock lock(lane.mutex);
            lane.wake.wait(lock, [&] { return lane.stopping || !lane.queue.empty(); });
            if (lane.stopping) return;
            call = std::move(lane.queue.front());
            lane.queue.pop_front();
        }
        try {
            send_now(call);
        } catch (const std::exception& error) {
            // It stays claimed, and is claimed again in time.
            log::error("webhook.failed", {{"why", error.what()}});
        }
    }
}

void HookSender::send_now(const HookCall& call) {
    auto now = site_.clock.now();
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
