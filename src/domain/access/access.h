#pragma once
// What a role may do. The product's table of base roles (docs/compatibility.md, "Roles"), cut into the few levels
// that a route can ask for; team roles raise or lower it on the team's objects.

#include "base/describe.h"
#include "domain/account/team.h"
#include "domain/account/user.h"

#include <optional>
#include <string_view>

namespace callboard {

/// What an operation needs, from least to most.
enum class Need {
    /// Any valid credential.
    anyone,
    /// See services, incidents, people: everyone but limited stakeholders and restricted users without a team.
    view,
    /// Act on incidents, make overrides.
    respond,
    /// Change services, schedules, policies, teams.
    manage,
    /// Users, keys, account settings.
    admin,
};
DESCRIBE_ENUM(Need, anyone, view, respond, manage, admin)

/// The least role that has it, by its REST name: what `callboard routes` prints.
std::string_view least_role(Need need);

bool may(Role role, Need need);

/// The same on an object of a team: fixed roles (owner, admin, stakeholders) ignore team roles, for the others the
/// team role decides where there is one.
bool may(Role role, std::optional<TeamRole> on_team, Need need);

}  // namespace callboard
