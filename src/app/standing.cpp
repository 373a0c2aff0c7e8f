#include "app/standing.h"

#include <algorithm>

namespace callboard {

Standing standing_of(Tx& tx, const User& user) {
    Standing standing;
    standing.role = user.role;
    if (sees_everything(standing)) return standing;
    standing.memberships = tx.list(Query<TeamMember>().where(&TeamMember::user, user.id));
    // What a private team had does not become everybody's when the team is deleted.
    auto private_ = Query<Team>().where(&Team::default_role, TeamDefaultRole::none).with_deleted();
    for (const auto& team : tx.list(private_)) standing.private_teams.push_back(team.id);
    return standing;
}

bool is_responder(Tx& tx, UserId user, const Incident& incident) {
    if (std::ranges::find(incident.assignments, user, &Assignment::assignee) != incident.assignments.end()) return true;
    auto asked = Query<Responder>().where(&Responder::incident, incident.id).where(&Responder::user, user);
    return incident.help_asked && tx.count(asked) > 0;
}

bool may_respond(Tx& tx, const Standing& standing, UserId user, const Incident& incident) {
    if (!may_somewhere(standing, Need::respond)) return false;
    return is_responder(tx, user, incident) || may(standing, Need::respond, incident.teams);
}

bool may_hear_of(Tx& tx, const User& user, const Incident& incident) {
    if (is_responder(tx, user.id, incident)) return true;
    auto standing = standing_of(tx, user);
    // The least role that sees whatever is not hidden.
    if (!may(user.role, Need::view)) standing.role = Role::observer;
    return sees(standing, incident.teams);
}

}  // namespace callboard
