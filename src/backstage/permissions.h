#pragma once
// What somebody may do, by the patterns of the configuration: a permission is granted when one of its patterns fits the
// caller's own reference or one of the groups. Pure.

#include "backstage/caller.h"
#include "backstage/config.h"
#include "backstage/json_read.h"

namespace callboard::backstage {

/// Whether a text fits a pattern in which * stands for any run of characters.
bool fits_pattern(std::string_view pattern, std::string_view text);

Permissions permissions_of(const PermissionRules& rules, std::string_view ref, const std::vector<std::string>& groups);

/// Whether any pattern can fit a group: otherwise nobody needs to ask which ones somebody is in.
bool needs_groups(const PermissionRules& rules);

/// {"view": true, "trigger": false, …}: what a frontend is told, so that it offers only what is allowed.
json::object permissions_object(const Permissions& permissions);
/// The same, and while the caller's groups are not known everything: what may be allowed is offered, and decided when
/// it is asked for.
json::object offered_permissions(const Caller& caller);

}  // namespace callboard::backstage
