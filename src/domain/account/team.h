#pragma once
// Teams and who is in them.

#include <optional>
#include <string>

#include "base/describe.h"
#include "base/time.h"
#include "domain/account/user.h"
#include "domain/ids.h"

namespace callboard {

/// `none` makes a team private: its objects are hidden from non-members.
enum class TeamDefaultRole { manager, none };
DESCRIBE_ENUM(TeamDefaultRole, manager, none)

struct Team {
    TeamId id;
    std::string name;
    std::optional<std::string> description;
    TeamDefaultRole default_role = TeamDefaultRole::manager;
    std::optional<TeamId> parent;
    Timestamp created_at;
    std::optional<Timestamp> deleted_at;

    bool operator==(const Team&) const = default;
};
DESCRIBE(Team, id, name, description, default_role, parent, created_at, deleted_at)

enum class TeamRole { observer, responder, manager };
DESCRIBE_ENUM(TeamRole, observer, responder, manager)

/// The role a member gets when none is asked for, from the base role.
TeamRole default_team_role(Role base);

struct TeamMember {
    /// A row of its own; never shown outside.
    Id<Kind::none> id;
    TeamId team;
    UserId user;
    TeamRole role = TeamRole::manager;

    bool operator==(const TeamMember&) const = default;
};
DESCRIBE(TeamMember, id, team, user, role)

}  // namespace callboard
