#pragma once
// The synchronisation in the background: dependencies between services as entities have them, fields of services
// filled from entities. It asks for little at a time, so that people's requests come first.

#include "backstage/room.h"
#include "backstage/sync_desk.h"

namespace callboard::backstage {

/// One run over all accounts, from begin to end: it takes minutes where thousands of services are. `again` also writes
/// values that are known to be there. What fails is in the report, and tried again by the next run.
SyncReport run_sync(Room& room, Timestamp now, bool again);

}  // namespace callboard::backstage
