#pragma once
// An escalation policy as it would be: read by the same rules as one that is saved. For simulations (why.cpp).

#include "domain/escalation/escalation_policy.h"
#include "http/kit/fields.h"

namespace callboard::http {

/// Levels and loops of `policy` as the body has them; problems go to `fields`. `policy` is the stored one, or has no
/// id.
EscalationPolicy read_policy_draft(Fields& fields, EscalationPolicy policy);

}  // namespace callboard::http
