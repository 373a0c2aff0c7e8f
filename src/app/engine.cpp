#include "app/engine.h"

#include "app/handoffs.h"
#include "app/heartbeats.h"
#include "app/orchestrate.h"
#include "app/page_replies.h"
#include "app/place_alert.h"
#include "app/responders.h"
#include "app/schedules.h"
#include "app/set_back.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr Duration housekeeping_every = hours{1};

/// What nobody needs any more goes, a little at a time so that events do not wait behind it.
void keep_house(Tx& tx) {
    bool more = forget_old_deliveries(tx);
    more = forget_old_callbacks(tx) || more;
    more = forget_old_audit_records(tx) || more;
    more = forget_old_orchestrated_events(tx) || more;
    tx.schedule({tx.now() + (more ? Duration{seconds{1}} : housekeeping_every), DueKind::housekeeping, 0});
}

}  // namespace

void begin_housekeeping(Tx& tx) {
    auto next = tx.setting("housekeeping.begun");
    if (next) return;
    tx.set_setting("housekeeping.begun", "1");
    tx.schedule({tx.now(), DueKind::housekeeping, 0});
}

Outgoing pass_due(Tx& tx, Desk& desk, const Due& due) {
    tx.cancel(due);
    switch (due.kind) {
    case DueKind::incident: pass_time(tx, desk, IncidentId{due.subject}); break;
    case DueKind::notification: return {claim_page(tx, desk, NotificationId{due.subject}), std::nullopt};
    case DueKind::webhook: return {std::nullopt, claim_delivery(tx, desk, WebhookDeliveryId{due.subject})};
    case DueKind::webhook_drop: drop_deliveries(tx, desk, WebhookSubscriptionId{due.subject}); break;
    case DueKind::alert: release_alert(tx, desk, AlertId{due.subject}); break;
    case DueKind::handoff: pass_handoffs(tx); break;
    case DueKind::heartbeat: pass_heartbeat(tx, desk, HeartbeatId{due.subject}); break;
    case DueKind::responder: pass_responder(tx, desk, ResponderId{due.subject}); break;
    case DueKind::responder_target: pass_responder_target(tx, desk, ResponderTargetId{due.subject}); break;
    case DueKind::housekeeping: keep_house(tx); break;
    }
    return {};
}

Engine::Turn Engine::run_due(Timestamp now) {
    Turn turn;
    auto due = store_.read(now, [&](Tx& tx) { return tx.due_until(now, turn_max); });
    for (std::span<const Due> left = due; !left.empty();) {
        auto together = left.first(std::min(left.size(), decided_together));
        left = left.subspan(together.size());
        decide(together, now, turn);
    }
    if (turn.failed > 0) log_(fmt::format("{} due items wait for the store: {}", turn.failed, turn.why_failed));
    turn.next = store_.read(now, [](Tx& tx) { return tx.next_due_at(); });
    return turn;
}

void Engine::decide(std::span<const Due> due, Timestamp now, Turn& turn) {
    auto begin = [&](const Due& item) {
        return store_.begin_decision(now,
                                     [this, item](Tx& tx) -> Result<Outgoing> { return pass_due(tx, desk_, item); });
    };
    auto unavailable = [&](const std::exception& error) {
        if (turn.failed++ == 0) turn.why_failed = error.what();
    };
    std::vector<std::pair<Due, decltype(begin(due.front()))>> begun;
    for (const auto& item : due) {
        try {
            begun.emplace_back(item, begin(item));
        } catch (const StoreUnavailable& error) {
            unavailable(error);
        }
    }
    // What one of them makes needless does not leave before that is known.
    std::vector<Outgoing> leaving;
    for (auto& [item, decision] : begun) {
        try {
            auto outgoing = decision.get();
            ASSERT(outgoing.ok(), "a due item is never refused");
            leaving.push_back(std::move(*outgoing));
            ++turn.done;
        } catch (const StoreUnavailable& error) {
            unavailable(error);
        } catch (const std::exception& error) {
            if (is_said(item, now))
                log_(fmt::format("what was due at {} of kind {} about {} cannot be decided and was set aside: {}",
                                 format_iso8601(item.at),
                                 static_cast<int>(item.kind),
                                 item.subject,
                                 error.what()));
            set_aside(item, now);
            ++turn.set_aside;
        }
    }
    for (auto& outgoing : leaving) {
        if (outgoing.page) senders_.page(std::move(*outgoing.page));
        if (outgoing.hook) senders_.hook(std::move(*outgoing.hook));
    }
}

void Engine::clock_was_ahead(Duration by, Timestamp now) {
    auto done = store_.decide(now, [&](Tx& tx) -> Result<void> {
        move_back_what_waits(tx, by);
        return {};
    });
    ASSERT(done.ok(), "moving back is never refused");
}

bool Engine::is_said(const Due& item, Timestamp now) {
    constexpr std::size_t remembered_max = 10'000;
    if (said_.size() > remembered_max) said_.clear();
    auto [said, is_new] = said_.try_emplace({item.kind, item.subject}, now);
    if (!is_new && now < said->second + said_again_after) return false;
    said->second = now;
    return true;
}

void Engine::set_aside(const Due& item, Timestamp now) {
    auto done = store_.decide(now, [&](Tx& tx) -> Result<void> {
        tx.cancel(item);
        tx.schedule({now + set_aside_for, item.kind, item.subject});
        return {};
    });
    ASSERT(done.ok(), "setting aside is never refused");
}

}  // namespace callboard
