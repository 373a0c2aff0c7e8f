#pragma once
// What a role may do. The product's table of base roles (docs/compatibility.md, "Roles"), cut into the few levels
// that a route can ask for; team roles raise or lower it on the team's objects, private teams hide theirs.

#include "base/describe.h"
#include "domain/account/team.h"
#include "domain/account/user.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

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

/// Whoever is on call or has an incident answers for it. Stakeholders only look on, whatever they were given.
bool can_be_on_call(Role role);

/// Where somebody stands: all that permissions are decided by.
struct Standing {
    /// Absent: the account itself, by a general access key; it may everything.
    std::optional<Role> role;
    /// The teams the person is in.
    std::vector<TeamMember> memberships;
    /// Every private team of the account, also those that were deleted; needed only for a person who is not an
    /// administrator.
    std::vector<TeamId> private_teams;
};

/// Nothing is hidden from the account itself, its owner and its administrators.
bool sees_everything(const Standing& standing);

/// Whether an object of these teams (of none: everybody's) exists for this person. An object is hidden when all its
/// teams are private and the person is in none of them.
bool sees(const Standing& standing, std::span<const TeamId> teams);

/// The highest of the person's roles on the object's teams counts; without one the base role.
bool may(const Standing& standing, Need need, std::span<const TeamId> teams);

/// Whether there can be an object on which this person may: what is known before the object is.
bool may_somewhere(const Standing& standing, Need need);

/// How a list is narrowed to what a person sees.
struct Sight {
    /// Only objects of `only` are seen, none without a team: a role that sees nothing by itself.
    bool narrow = false;
    std::vector<TeamId> only;
    /// Otherwise everything is seen but objects of these teams.
    std::vector<TeamId> hidden;
};

Sight sight_of(const Standing& standing);

}  // namespace callboard
