#pragma once
// An open incident goes on by the version of its policy with which it began, also when the policy has changed since or
// was deleted: whoever is named there is still needed.

#include "domain/escalation/escalation_policy.h"
#include "storage/tx.h"

#include <functional>

namespace callboard {

/// Whether an open incident follows a version of a policy that `names` says yes to.
bool open_incident_follows(Tx& tx, const std::function<bool(const EscalationPolicy&)>& names);

}  // namespace callboard
