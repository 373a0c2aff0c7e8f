#pragma once
// Heartbeats in time. A missing one is an event like any other, through an integration of its own: it is grouped, held,
// dropped in maintenance and escalated by the rules of its service.

#include "base/result.h"
#include "domain/event/heartbeat.h"
#include "storage/tx.h"

#include <string_view>

namespace callboard {

struct Desk;

/// The job has called. Ends what its silence began. Error: not_found for an unknown key.
Result<Heartbeat> beat(Tx& tx, Desk& desk, std::string_view key);

/// Looks whether the call came in time. While it is missing it is looked at again every interval, so that an incident
/// opens even if the first look fell into a maintenance window.
void pass_heartbeat(Tx& tx, Desk& desk, HeartbeatId id);

/// Made, with its integration; nothing is expected before the first call.
Heartbeat create_heartbeat(Tx& tx, Heartbeat heartbeat);

/// Writes changed members: interval and grace count from the last call. `paused` ends what its silence began.
void update_heartbeat(Tx& tx, Desk& desk, Heartbeat& heartbeat, bool paused);

/// Ends what its silence began, and takes its integration along.
void delete_heartbeat(Tx& tx, Desk& desk, const Heartbeat& heartbeat);

}  // namespace callboard
