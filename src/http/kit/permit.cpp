#include "http/kit/permit.h"

#include "app/standing.h"
#include "http/kit/standing.h"

namespace callboard::http {

Standing load_standing(Tx& tx, const Actor& actor) {
    return actor.user ? callboard::standing_of(tx, *actor.user) : Standing{};
}

namespace {

bool is_responder(Request& request, const Incident& incident) {
    return request.actor.user && callboard::is_responder(request.tx(), request.actor.user->id, incident);
}

std::vector<TeamId> list_of(const std::optional<TeamId>& team) {
    if (!team) return {};
    return {*team};
}

template <class T, class M>
void narrow(Query<T>& query, M T::*team, const Sight& sight) {
    if (sight.narrow)
        query.where_in(team, sight.only);
    else
        query.where_not_in(team, sight.hidden);
}

Sight sight(Request& request) {
    request.permission_asked = true;
    return sight_of(standing_of(request));
}

std::vector<EscalationPolicyId> policies_of(Tx& tx, const std::vector<TeamId>& teams) {
    std::vector<EscalationPolicyId> policies;
    if (teams.empty()) return policies;
    for (const auto& policy : tx.list(Query<EscalationPolicy>().where_in(&EscalationPolicy::team, teams)))
        policies.push_back(policy.id);
    return policies;
}

}  // namespace

const Standing& standing_of(Request& request) {
    if (!request.standing) request.standing = load_standing(request.tx(), request.actor);
    return *request.standing;
}

Result<void> permit(Request& request, std::span<const TeamId> teams, Error absent) {
    request.permission_asked = true;
    const auto& standing = standing_of(request);
    if (!callboard::sees(standing, teams)) return absent;
    if (!may(standing, request.need, teams)) return errors::forbidden();
    return {};
}

Result<void> permit_incident(Request& request, const Incident& incident, Error absent) {
    request.permission_asked = true;
    if (request.need <= Need::respond && is_responder(request, incident)) return {};
    return permit(request, incident.teams, std::move(absent));
}

Result<void> permit_person(Request& request, UserId person, Need on_others) {
    if (request.actor.user && request.actor.user->id == person) return {};
    if (!request.actor.may(on_others)) return errors::forbidden();
    return {};
}

std::vector<TeamId> teams_of(Tx&, const Team& team) { return {team.id}; }

std::vector<TeamId> teams_of(Tx&, const EscalationPolicy& policy) { return list_of(policy.team); }

std::vector<TeamId> teams_of(Tx& tx, const Service& service) {
    auto policy = tx.find<EscalationPolicy>(service.escalation_policy);
    return list_of(policy ? policy->team : std::nullopt);
}

std::vector<TeamId> teams_of(Tx&, const Schedule& schedule) { return schedule.teams; }

std::vector<TeamId> teams_of(Tx&, const Incident& incident) { return incident.teams; }

std::vector<TeamId> teams_of(Tx&, const BusinessService& service) { return list_of(service.team); }

std::vector<TeamId> teams_of(Tx&, const EventOrchestration& orchestration) { return list_of(orchestration.team); }

bool sees_part(Request& request) {
    auto of_teams = sight(request);
    return of_teams.narrow || !of_teams.hidden.empty();
}

template <>
bool knows(Request& request, const Incident& incident) {
    return is_responder(request, incident) || callboard::sees(standing_of(request), incident.teams);
}

bool knows_schedules_of(Request& request, const EscalationPolicy& policy) {
    for (const auto& rule : policy.escalation_rules)
        for (const auto& target : rule.targets) {
            if (target.type != TargetType::schedule) continue;
            auto schedule = request.tx().find<Schedule>(ScheduleId{target.id});
            if (schedule && !knows(request, *schedule)) return false;
        }
    return true;
}

void only_seen(Request& request, Query<Team>& query) { narrow(query, &Team::id, sight(request)); }

void only_seen(Request& request, Query<EscalationPolicy>& query) {
    narrow(query, &EscalationPolicy::team, sight(request));
}

void only_seen(Request& request, Query<Service>& query) {
    auto of_teams = sight(request);
    auto& tx = request.tx();
    if (of_teams.narrow)
        query.where_in(&Service::escalation_policy, policies_of(tx, of_teams.only));
    else
        query.where_not_in(&Service::escalation_policy, policies_of(tx, of_teams.hidden));
}

void only_seen(Request& request, Query<BusinessService>& query) {
    narrow(query, &BusinessService::team, sight(request));
}

}  // namespace callboard::http
