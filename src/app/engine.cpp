#include "app/engine.h"

#include "app/place_alert.h"

#include <fmt/format.h>

namespace callboard {

void pass_due(Tx& tx, Desk& desk, const Due& due) {
    tx.cancel(due);
    switch (due.kind) {
    case DueKind::incident: pass_time(tx, desk, IncidentId{due.subject}); break;
    case DueKind::alert: release_alert(tx, desk, AlertId{due.subject}); break;
    case DueKind::housekeeping: break;
    }
}

Engine::Turn Engine::run_due(Timestamp now) {
    Turn turn;
    auto due = store_.read(now, [&](Tx& tx) { return tx.due_until(now, turn_max); });
    for (const auto& item : due) {
        try {
            decide(item, now);
            ++turn.done;
        } catch (const std::exception& error) {
            ++turn.failed;
            log_(fmt::format("due item {} of {} failed: {}", item.subject, to_micros(item.at), error.what()));
        }
    }
    turn.next = store_.read(now, [](Tx& tx) { return tx.next_due_at(); });
    return turn;
}

void Engine::decide(const Due& due, Timestamp now) {
    auto done = store_.decide(now, [&](Tx& tx) -> Result<void> {
        pass_due(tx, desk_, due);
        return {};
    });
    ASSERT(done.ok(), "a due item is never refused");
}

}  // namespace callboard
