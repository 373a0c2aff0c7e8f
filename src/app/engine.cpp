#include "app/engine.h"

#include "app/handoffs.h"
#include "app/heartbeats.h"
#include "app/page_replies.h"
#include "app/place_alert.h"
#include "app/responders.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr Duration housekeeping_every = hours{1};

/// What nobody needs any more goes, a little at a time so that events do not wait behind it.
void keep_house(Tx& tx) {
    bool more = forget_old_deliveries(tx);
    more = forget_old_callbacks(tx) || more;
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
    turn.next = store_.read(now, [](Tx& tx) { return tx.next_due_at(); });
    return turn;
}

void Engine::decide(std::span<const Due> due, Timestamp now, Turn& turn) {
    auto begin = [&](const Due& item) {
        return store_.begin_decision(now,
                                     [this, item](Tx& tx) -> Result<Outgoing> { return pass_due(tx, desk_, item); });
    };
    auto failed = [&](const Due& item, const std::exception& error) {
        ++turn.failed;
        log_(fmt::format("due item {} of {} failed: {}", item.subject, to_micros(item.at), error.what()));
    };
    std::vector<std::pair<Due, decltype(begin(due.front()))>> begun;
    for (const auto& item : due) {
        try {
            begun.emplace_back(item, begin(item));
        } catch (const std::exception& error) {
            failed(item, error);
        }
    }
    for (auto& [item, decision] : begun) {
        try {
            auto outgoing = decision.get();
            ASSERT(outgoing.ok(), "a due item is never refused");
            if (outgoing->page) senders_.page(std::move(*outgoing->page));
            if (outgoing->hook) senders_.hook(std::move(*outgoing->hook));
            ++turn.done;
        } catch (const std::exception& error) {
            failed(item, error);
        }
    }
}

}  // namespace callboard
