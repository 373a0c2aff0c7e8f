#include "daemon/hook_sender.h"

#include "base/log.h"
#include "daemon/carrier.h"
#include "http/rest_v2/webhook_body.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace callboard {

namespace {

HookOutcome outcome_of(channels::DeliveryOutcome outcome) {
    auto kind = HookOutcome::Kind::delivered;
    if (outcome.kind == channels::DeliveryOutcome::Kind::try_again) kind = HookOutcome::Kind::try_again;
    if (outcome.kind == channels::DeliveryOutcome::Kind::refused) kind = HookOutcome::Kind::refused;
    return {kind, std::move(outcome.detail), outcome.retry_after};
}

channels::Medium medium_of(HookFormat format) {
    switch (format) {
    case HookFormat::slack: return channels::Medium::slack;
    case HookFormat::telegram: return channels::Medium::telegram;
    case HookFormat::mattermost: return channels::Medium::mattermost;
    case HookFormat::teams:
    case HookFormat::v2:
    case HookFormat::v3: break;
    }
    return channels::Medium::teams;
}

}  // namespace

HookSender::HookSender(const http::Site& site,
                       net::AddressRule addresses,
                       std::shared_ptr<const channels::Providers> providers,
                       PageLinks links,
                       StopPoint stop_point,
                       Tallies& tallies)
    : site_(site), addresses_(addresses), providers_(std::move(providers)), links_(std::move(links)),
      stop_point_(std::move(stop_point)), tallies_(tallies), tokens_(addresses) {
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

void HookSender::settle(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    settled_.wait_for(lock, at_most, [&] { return queue_.empty() && busy_.empty(); });
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

int HookSender::busy_in_trouble() const {
    int count = 0;
    for (const auto& [subscription, busy] : busy_)
        if (in_trouble_.contains(subscription)) count += busy;
    return count;
}

std::optional<HookCall> HookSender::take() {
    bool trouble_has_room = busy_in_trouble() < in_trouble_max;
    auto has_room = [&](const HookCall& call) {
        if (!trouble_has_room && in_trouble_.contains(call.subscription.id)) return false;
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
        auto kind = HookOutcome::Kind::try_again;
        try {
            kind = send_now(*call);
        } catch (const std::exception& error) {
            // It stays claimed, and is claimed again in time.
            log::error("webhook.failed", {{"why", error.what()}});
        }
        std::lock_guard lock(mutex_);
        if (--busy_[call->subscription.id] == 0) busy_.erase(call->subscription.id);
        if (kind == HookOutcome::Kind::delivered)
            in_trouble_.erase(call->subscription.id);
        else if (kind != HookOutcome::Kind::not_begun)
            in_trouble_.insert(call->subscription.id);
        // A receiver that recovers makes room for more than one.
        wake_.notify_all();
        if (busy_.empty()) settled_.notify_all();
    }
}

HookOutcome HookSender::deliver(channels::Delivery delivery, const std::optional<OAuthClient>& client, Timestamp now) {
    if (!client) return outcome_of(channels::deliver(delivery, now));
    auto tokens = tokens_.of(*client);
    for (bool again = true;; again = false) {
        auto token = tokens->get(now, std::chrono::steady_clock::now() + delivery_deadline);
        if (token.authorization.empty()) return {HookOutcome::Kind::no_token, no_token_sentence(token.failure), {}};
        delivery.authorization = token.authorization;
        auto outcome = channels::deliver(delivery, now);
        // A token that ended early is renewed once.
        if (!outcome.unauthorized || !again) return outcome_of(std::move(outcome));
        tokens->refuse(token.authorization);
    }
}

HookOutcome HookSender::tell_channel(const HookCall& call, Timestamp now) {
    auto message =
        message_for(site_.store.read(now, [&](Tx& tx) { return channel_message(tx, call.delivery, links_); }));
    message.to = call.subscription.url;
    message.may_be_a_repeat = call.delivery.may_be_a_repeat;
    auto outcome = providers_->send(medium_of(call.subscription.format), message, site_.clock);
    if (outcome.kind == channels::Outcome::Kind::throttled)
        return {HookOutcome::Kind::not_begun, fmt::format("Throttled: {}.", outcome.detail), outcome.retry_after};
    auto kind = HookOutcome::Kind::delivered;
    // What the channel is not to blame for does not count against it.
    bool again = outcome.kind == channels::Outcome::Kind::try_again || outcome.provider_fault;
    if (outcome.kind != channels::Outcome::Kind::sent)
        kind = again ? HookOutcome::Kind::try_again : HookOutcome::Kind::refused;
    return {
        kind, fmt::format("{}: {}", outcome.provider, outcome.detail), outcome.retry_after, outcome.may_have_arrived};
}

HookOutcome HookSender::post(const HookCall& call, Timestamp now) {
    channels::Delivery delivery;
    delivery.url = call.subscription.url;
    delivery.secret = call.subscription.secret;
    delivery.body = site_.store.read(now, [&](Tx& tx) {
        return call.subscription.format == HookFormat::v3
                   ? http::webhook_body(site_, tx, call.delivery)
                   : http::older_webhook_body(site_, tx, call.subscription, call.delivery);
    });
    delivery.id = site_.ids.text(event_of(call.delivery));
    delivery.subscription = site_.ids.text(call.subscription.id);
    for (const auto& header : call.subscription.custom_headers)
        delivery.headers.emplace_back(header.name, header.value);
    delivery.deadline = delivery_deadline;
    delivery.addresses = addresses_;
    return deliver(std::move(delivery), call.oauth_client, now);
}

HookOutcome::Kind HookSender::send_now(const HookCall& call) {
    auto now = site_.clock.now();
    if (now > call.begin_before) {
        record(call, {HookOutcome::Kind::not_begun, "", {}});
        return HookOutcome::Kind::not_begun;
    }
    stop_point_("hook_claimed");
    bool is_posted = call.subscription.format == HookFormat::v3 || call.subscription.format == HookFormat::v2;
    auto outcome = is_posted ? post(call, now) : tell_channel(call, now);
    stop_point_("hook_sent");
    bool was_tried = outcome.kind != HookOutcome::Kind::not_begun;
    if (was_tried) tallies_.webhook(outcome.kind);
    if (was_tried && outcome.kind != HookOutcome::Kind::delivered)
        log::warn("webhook.not_delivered",
                  {{"subscription", site_.ids.text(call.subscription.id)},
                   {"attempt", std::to_string(call.delivery.attempts)},
                   {"why", outcome.detail}});
    record(call, outcome);
    stop_point_("hook_recorded");
    return outcome.kind;
}

void HookSender::record(const HookCall& call, const HookOutcome& outcome) {
    auto done = site_.store.decide(site_.clock.now(), [&](Tx& tx) -> Result<void> {
        record_delivery(tx, site_.desk, call, outcome);
        return {};
    });
    ASSERT(done.ok(), "what happened is never refused");
}

}  // namespace callboard
