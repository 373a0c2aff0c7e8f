#pragma once
// Whom the card shows as on call, out of the answer of GET /oncalls with include[]=users.

#include "backstage/upstream.h"

namespace callboard::backstage {

/// The users of the lowest escalation level that has any, by name, each once. Entries without a user are left out.
json::array users_on_call(const json::array& oncalls);

}  // namespace callboard::backstage
