#pragma once
// The system's clock was ahead by hours, or by a year, and was set right. What was to come later was reckoned by the
// wrong time: left alone it would come as much too late, and a page that comes in a year is lost.

#include "storage/tx.h"

namespace callboard {

/// Moves everything that waits along, by what the clock was ahead. What was reckoned before the clock went wrong comes
/// early by as much, which wakes somebody too soon rather than not at all; only what would end something unseen, an
/// incident's auto-resolve or a heartbeat's patience, moves where it was begun by the wrong time. What happened keeps
/// the time that it was given. One decision: half of it done twice would be wrong.
void move_back_what_waits(Tx& tx, Duration ahead);

/// After a start: the store was last told of something at `told_at`. Later than now is by a clock that was ahead.
void move_back_after_start(Tx& tx, Timestamp told_at);

}  // namespace callboard
