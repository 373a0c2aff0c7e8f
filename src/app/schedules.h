#pragma once
// What is done to schedules of either kind.

#include "base/result.h"
#include "domain/schedule/audit.h"
#include "domain/schedule/schedule.h"
#include "storage/tx.h"

namespace callboard {

/// Takes the schedule away; who was on call by it can still be told. Error 2001 while a policy uses it, or an open
/// incident follows one that did.
Result<void> erase_schedule(Tx& tx, Schedule schedule);

/// Deletes what was kept long enough, a few at a time; true when there is more.
bool forget_old_audit_records(Tx& tx);

}  // namespace callboard
