#include "app/set_back.h"

#include "app/handoffs.h"
#include "domain/event/heartbeat.h"
#include "domain/hook/webhook.h"
#include "domain/incident/incident.h"
#include "domain/incident/responder.h"
#include "domain/notify/notification.h"
#include "storage/unreadable.h"

#include <limits>
#include <string>

namespace callboard {

namespace {

/// The latest time by the wrong clock of what was moved back last: a start after that finds the same last words.
const std::string moved_until = "clock.moved_back_until";
/// How much later those may have been said than the clock was last looked at.
constexpr Duration unseen = minutes{1};

void move_back(std::optional<Timestamp>& at, Duration ahead) {
    if (at) *at -= ahead;
}

std::optional<Timestamp> move(Tx& tx, Incident& incident, Duration ahead) {
    for (auto* at : {&incident.escalate_at, &incident.unacknowledge_at, &incident.notify_at}) move_back(*at, ahead);
    incident.notify_from -= ahead;
    if (incident.created_at > tx.now()) move_back(incident.resolve_at, ahead);
    return next_due(incident);
}

std::optional<Timestamp> move(Tx&, Notification& row, Duration ahead) { return row.at -= ahead; }

std::optional<Timestamp> move(Tx&, WebhookDelivery& row, Duration ahead) { return row.at -= ahead; }

std::optional<Timestamp> move(Tx& tx, Heartbeat& heartbeat, Duration ahead) {
    if (heartbeat.last_beat_at && *heartbeat.last_beat_at > tx.now()) move_back(heartbeat.due_at, ahead);
    return heartbeat.due_at;
}

std::optional<Timestamp> move(Tx&, Alert& alert, Duration ahead) {
    move_back(alert.suspended_until, ahead);
    return alert.suspended_until;
}

std::optional<Timestamp> move(Tx&, Responder& responder, Duration ahead) {
    move_back(responder.notify_at, ahead);
    responder.notify_from -= ahead;
    return responder.notify_at;
}

std::optional<Timestamp> move(Tx&, ResponderTarget& target, Duration ahead) {
    move_back(target.escalate_at, ahead);
    return target.escalate_at;
}

/// A row that cannot be read is looked at earlier all the same, and set aside then.
template <class T>
void move_row(Tx& tx, const Due& due, Duration ahead) {
    tx.cancel(due);
    auto row = if_readable([&] { return tx.find<T>(decltype(T::id){due.subject}); });
    auto at = row ? move(tx, *row, ahead) : std::optional{due.at - ahead};
    if (row) tx.update(*row);
    if (at) tx.schedule({*at, due.kind, due.subject});
}

void move_due(Tx& tx, const Due& due, Duration ahead) {
    switch (due.kind) {
    case DueKind::incident: return move_row<Incident>(tx, due, ahead);
    case DueKind::notification: return move_row<Notification>(tx, due, ahead);
    case DueKind::webhook: return move_row<WebhookDelivery>(tx, due, ahead);
    case DueKind::heartbeat: return move_row<Heartbeat>(tx, due, ahead);
    case DueKind::alert: return move_row<Alert>(tx, due, ahead);
    case DueKind::responder: return move_row<Responder>(tx, due, ahead);
    case DueKind::responder_target: return move_row<ResponderTarget>(tx, due, ahead);
    case DueKind::handoff: return look_at_handoffs_now(tx);
    case DueKind::webhook_drop:
    case DueKind::housekeeping: tx.cancel(due); tx.schedule({tx.now(), due.kind, due.subject});
    }
}

}  // namespace

void move_back_what_waits(Tx& tx, Duration ahead) {
    for (const auto& due : tx.due_until(Timestamp::max(), std::numeric_limits<int>::max()))
        if (due.at > tx.now()) move_due(tx, due, ahead);
    tx.set_setting(moved_until, std::to_string(to_micros(tx.now() + ahead)));
}

void move_back_after_start(Tx& tx, Timestamp told_at) {
    auto moved = tx.setting(moved_until);
    bool is_done = moved && told_at <= from_micros(std::stoll(*moved)) + unseen;
    if (told_at > tx.now() && !is_done) move_back_what_waits(tx, told_at - tx.now());
}

}  // namespace callboard
