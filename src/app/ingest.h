#pragma once
// Accepting an event: one decision from routing key to alert, incident, log entries and what is due. When it is
// committed the sender gets its 202; everything that follows hangs on the due row.

#include "app/respond.h"
#include "base/result.h"
#include "domain/event/event.h"
#include "storage/tx.h"

#include <cstdint>
#include <string>

namespace callboard {

/// Never refuses a first trigger: only repeats of an open alert, past the limit, are told to come back later.
struct EventLimits {
    /// Events per routing key and minute; 0 is no limit.
    int per_minute = 0;
};

/// opened: an incident of its own; grouped: joined an open one; held: waits, see Placement::paused.
enum class IngestOutcome { opened, grouped, held, suppressed, updated, acknowledged, resolved, dropped };

struct Ingested {
    IngestOutcome outcome = IngestOutcome::dropped;
};

/// Errors: invalid ("Invalid routing key"), too_many_requests.
Result<Ingested> accept_event(Tx& tx, Desk& desk, EventLimits limits, const Event& event);

/// Errors: invalid ("Invalid routing key").
Result<ChangeEvent> accept_change_event(Tx& tx, Desk& desk, const ChangeEventInput& input);

}  // namespace callboard
