#pragma once
// Tells people beforehand that they go on call or off call, by their hand-off notification rules. One due row looks
// ahead: at the next notice, and every few minutes, because schedules, overrides and policies change meanwhile. What
// was told is kept (HandoffNotice), so that a look more tells nothing twice.
//
// Being on call is counted by policy: who changes from one level or schedule of it to another without a break is not
// told. A policy with `on_call_handoff_notifications` = if_has_services counts only while a service follows it.

#include "base/time.h"
#include "storage/tx.h"

namespace callboard {

/// Knowledge base: at most two days before.
constexpr minutes handoff_advance_max{2'880};
/// How soon a change of a schedule is noticed at the latest.
constexpr Duration handoff_look_every = minutes{5};

/// A rule is new or has changed.
void look_at_handoffs_now(Tx& tx);

/// Sends the notices that are due, and says when to look again.
void pass_handoffs(Tx& tx);

}  // namespace callboard
