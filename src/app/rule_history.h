#pragma once
// How a person was told once: their notification rules and the kinds of their contact methods, kept with every change.
// Addresses are not: they belong to the person, and go when they are taken away.

#include "domain/account/user.h"
#include "domain/config_use.h"
#include "storage/tx.h"

#include <optional>
#include <vector>

namespace callboard {

/// Keeps them as they are now, when they are not what was kept last; a reading transaction keeps nothing. The version.
ConfigUse keep_rules(Tx& tx, UserId user);

struct RulesThen {
    /// One that was deleted since has no address.
    std::vector<ContactMethod> methods;
    std::vector<NotificationRule> rules;
};

/// As they were at a moment; absent when nothing was kept by then.
std::optional<RulesThen> rules_at(Tx& tx, UserId user, Timestamp at);

}  // namespace callboard
