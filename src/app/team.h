#pragma once
// Teams as decisions see them: joining, leaving, what comes with a policy, what is left behind by a team that ends.

#include "base/result.h"
#include "domain/account/team.h"
#include "domain/escalation/escalation_policy.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

std::optional<TeamMember> membership(Tx& tx, TeamId team, UserId user);

/// Makes the user a member in that role, or changes a member's role.
void join_team(Tx& tx, TeamId team, UserId user, TeamRole role);

/// What belongs to a policy belongs to its team: the people it names, the schedules it names and the people of
/// those. Members keep their role; stakeholders, who cannot be on call, stay outside. Services need nothing: theirs is
/// their policy's team.
void bring_into_team(Tx& tx, const EscalationPolicy& policy);

/// A policy of the team names the user.
bool is_needed_by_policy(Tx& tx, TeamId team, UserId user);

/// Whether `team` is `other` or one of its parents is.
bool is_within(Tx& tx, TeamId team, TeamId other);

/// What must be taken from a team before it can be deleted: "Escalation Policies", "Schedules" …
std::vector<std::string> associations(Tx& tx, TeamId team);

/// Ends the team: members leave, children lose their parent, open incidents go to `reassignment` or belong to no team.
void delete_team(Tx& tx, Team team, std::optional<TeamId> reassignment);

}  // namespace callboard
