// Route: how often something has changed. Whoever has heard of that many changes is answered when there is one more:
// see daemon/backstage_mount.h, as no thread of this room waits for it.

#include "backstage/handlers.h"

namespace callboard::backstage {

Reply get_changes(Call& call) { return ok(json::object{{"changes", call.room.accounts.changes()}}); }

}  // namespace callboard::backstage
