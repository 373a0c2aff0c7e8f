#include "domain/access/access.h"

#include <algorithm>

namespace callboard {

std::string_view least_role(Need need) {
    switch (need) {
    case Need::anyone: return text_of(Role::read_only_limited_user);
    case Need::view: return text_of(Role::observer);
    case Need::respond: return text_of(Role::limited_user);
    case Need::manage: return text_of(Role::user);
    case Need::admin: return text_of(Role::admin);
    }
    return {};
}

namespace {

Need most_of(Role role) {
    switch (role) {
    case Role::owner:
    case Role::admin: return Need::admin;
    case Role::user: return Need::manage;
    case Role::limited_user: return Need::respond;
    case Role::observer:
    case Role::read_only_user: return Need::view;
    case Role::restricted_access:
    case Role::read_only_limited_user: return Need::anyone;
    }
    return Need::anyone;
}

bool is_flexible(Role role) {
    switch (role) {
    case Role::user:
    case Role::limited_user:
    case Role::observer:
    case Role::restricted_access: return true;
    case Role::owner:
    case Role::admin:
    case Role::read_only_user:
    case Role::read_only_limited_user: return false;
    }
    return false;
}

Need most_of(TeamRole role) {
    switch (role) {
    case TeamRole::observer: return Need::view;
    case TeamRole::responder: return Need::respond;
    case TeamRole::manager: return Need::manage;
    }
    return Need::view;
}

}  // namespace

bool may(Role role, Need need) { return need <= most_of(role); }

bool can_be_on_call(Role role) { return is_flexible(role) || may(role, Need::respond); }

bool may(Role role, std::optional<TeamRole> on_team, Need need) {
    if (!on_team || !is_flexible(role)) return may(role, need);
    return need <= most_of(*on_team);
}

namespace {

std::optional<TeamRole> role_on(const Standing& standing, std::span<const TeamId> teams) {
    std::optional<TeamRole> highest;
    for (const auto& membership : standing.memberships)
        if (std::ranges::find(teams, membership.team) != teams.end())
            highest = std::max(highest, std::optional{membership.role});
    return highest;
}

bool is_private(const Standing& standing, TeamId team) {
    return std::ranges::find(standing.private_teams, team) != standing.private_teams.end();
}

bool is_member(const Standing& standing, TeamId team) {
    return std::ranges::find(standing.memberships, team, &TeamMember::team) != standing.memberships.end();
}

}  // namespace

bool sees_everything(const Standing& standing) { return !standing.role || may(*standing.role, Need::admin); }

bool sees(const Standing& standing, std::span<const TeamId> teams) {
    if (sees_everything(standing)) return true;
    auto on_team = role_on(standing, teams);
    bool hidden = !on_team && !teams.empty() &&
                  std::ranges::all_of(teams, [&](TeamId team) { return is_private(standing, team); });
    return !hidden && may(*standing.role, on_team, Need::view);
}

bool may(const Standing& standing, Need need, std::span<const TeamId> teams) {
    if (!standing.role) return true;
    return sees(standing, teams) && may(*standing.role, role_on(standing, teams), need);
}

bool may_somewhere(const Standing& standing, Need need) {
    if (!standing.role || may(*standing.role, need)) return true;
    if (!is_flexible(*standing.role)) return false;
    // An incident can be assigned to anybody with such a role, which makes them its responder.
    if (need <= Need::respond) return true;
    return std::ranges::any_of(standing.memberships,
                               [&](const TeamMember& membership) { return need <= most_of(membership.role); });
}

Sight sight_of(const Standing& standing) {
    Sight sight;
    if (sees_everything(standing)) return sight;
    sight.narrow = !may(*standing.role, Need::view);
    if (sight.narrow) {
        if (is_flexible(*standing.role))
            for (const auto& membership : standing.memberships) sight.only.push_back(membership.team);
        return sight;
    }
    for (auto team : standing.private_teams)
        if (!is_member(standing, team)) sight.hidden.push_back(team);
    return sight;
}

}  // namespace callboard
