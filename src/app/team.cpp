#include "app/team.h"

#include "app/status_updates.h"
#include "domain/access/access.h"
#include "domain/incident/incident.h"
#include "domain/schedule/schedule.h"

#include <algorithm>

namespace callboard {

namespace {

/// Parents of parents looked at; deeper ones are not made.
constexpr int team_depth_max = 100;

void join_as_is(Tx& tx, TeamId team, UserId id) {
    auto user = tx.find<User>(id);
    if (!user || membership(tx, team, id)) return;
    if (can_be_on_call(user->role)) join_team(tx, team, id, default_team_role(user->role));
}

void bring_schedule(Tx& tx, TeamId team, ScheduleId id) {
    auto schedule = tx.find<Schedule>(id);
    if (!schedule) return;
    for (auto user : people_of(*schedule)) join_as_is(tx, team, UserId{user});
    if (std::ranges::find(schedule->teams, team) != schedule->teams.end()) return;
    schedule->teams.push_back(team);
    tx.update(*schedule);
}

void replace_team(Incident& incident, TeamId team, std::optional<TeamId> by) {
    std::erase(incident.teams, team);
    if (by && std::ranges::find(incident.teams, *by) == incident.teams.end()) incident.teams.push_back(*by);
}

}  // namespace

std::optional<TeamMember> membership(Tx& tx, TeamId team, UserId user) {
    return tx.first(Query<TeamMember>().where(&TeamMember::team, team).where(&TeamMember::user, user));
}

void join_team(Tx& tx, TeamId team, UserId user, TeamRole role) {
    if (auto member = membership(tx, team, user)) {
        member->role = role;
        tx.update(*member);
        return;
    }
    tx.insert(TeamMember{tx.new_id<Id<Kind::none>>(), team, user, role});
}

void bring_into_team(Tx& tx, const EscalationPolicy& policy) {
    if (!policy.team) return;
    for (const auto& rule : policy.escalation_rules)
        for (const auto& target : rule.targets) {
            if (target.type == TargetType::user)
                join_as_is(tx, *policy.team, UserId{target.id});
            else
                bring_schedule(tx, *policy.team, ScheduleId{target.id});
        }
}

bool is_needed_by_policy(Tx& tx, TeamId team, UserId user) {
    auto policies = tx.list(Query<EscalationPolicy>().where(&EscalationPolicy::team, team));
    return std::ranges::any_of(policies, [&](const EscalationPolicy& policy) { return names_user(policy, user); });
}

bool is_within(Tx& tx, TeamId team, TeamId other) {
    std::optional<TeamId> current = team;
    for (int depth = 0; current && depth < team_depth_max; ++depth) {
        if (*current == other) return true;
        auto row = tx.find<Team>(*current);
        current = row ? row->parent : std::nullopt;
    }
    return current.has_value();
}

std::vector<std::string> associations(Tx& tx, TeamId team) {
    std::vector<std::string> kinds;
    if (tx.count(Query<EscalationPolicy>().where(&EscalationPolicy::team, team)) > 0)
        kinds.emplace_back("Escalation Policies");
    auto schedules = tx.list(Query<Schedule>());
    auto belongs = [&](const Schedule& schedule) {
        return std::ranges::find(schedule.teams, team) != schedule.teams.end();
    };
    if (std::ranges::any_of(schedules, belongs)) kinds.emplace_back("Schedules");
    if (tx.count(Query<BusinessService>().where(&BusinessService::team, team)) > 0)
        kinds.emplace_back("Business Services");
    return kinds;
}

void delete_team(Tx& tx, Team team, std::optional<TeamId> reassignment) {
    for (const auto& member : tx.list(Query<TeamMember>().where(&TeamMember::team, team.id)))
        tx.erase<TeamMember>(member.id);
    for (auto& child : tx.list(Query<Team>().where(&Team::parent, team.id))) {
        child.parent.reset();
        tx.update(child);
    }
    for (auto& incident : tx.list(Query<Incident>().below(&Incident::status, IncidentStatus::resolved))) {
        if (std::ranges::find(incident.teams, team.id) == incident.teams.end()) continue;
        replace_team(incident, team.id, reassignment);
        tx.update(incident);
    }
    forget_subscriptions(tx, team.id.value);
    team.deleted_at = tx.now();
    tx.update(team);
}

}  // namespace callboard
