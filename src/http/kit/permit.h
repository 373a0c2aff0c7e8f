#pragma once
// Whose object is it, and may the requester? The base role alone is the router's business; objects that belong to
// teams are asked about here, because a team's role raises or lowers the base role, and because a private team's
// objects do not exist for strangers: they are left out of lists, and asking for one gives the same 404 as for an
// object that never was.
//
// To apply it to a resource:
//  1. Give each of its rows in the route table `Reach::team`. The router then turns away only those who could on no
//     object at all, and refuses the answer of a handler that never asked.
//  2. An object in the path:   TRY(auto policy, permitted_row<EscalationPolicy>(request, "id", policy_not_found()));
//     It asks for what the row of the route table needs. A child asks for its parent: the row of the service, then
//     the integration.
//  3. A new object, or one that moves to other teams: read the fields, then, before the first write,
//     CHECK_OK(permit(request, teams_of(request.tx(), policy)));
//  4. A list: `only_seen(request, query)` where the type has its team in a column; otherwise
//     std::erase_if(rows, [&](const auto& row) { return !sees(request, row); });
//     A filter by teams needs nothing more: what is hidden stays hidden.
//  5. References in a body need nothing: Fields::reference finds only what the requester knows of.
// An object of several owners (a maintenance window on services of two teams) asks `permit` once for each.
// For incidents `permitted_row<Incident>`, `permit_incident` and `sees` know that an assignee is its responder,
// whatever their role.

#include "domain/access/access.h"
#include "domain/escalation/escalation_policy.h"
#include "domain/event/orchestration.h"
#include "domain/incident/incident.h"
#include "domain/schedule/schedule.h"
#include "domain/service/service.h"
#include "http/kit/request.h"
#include "storage/unreadable.h"

#include <span>
#include <string_view>
#include <vector>

namespace callboard::http {

/// Read once per run of a handler. The account itself for keys without a user.
const Standing& standing_of(Request& request);

/// `absent` when the requester must not know of it, 403 when they may not do what the route needs. What is yet to be
/// made needs no `absent`.
Result<void> permit(Request& request, std::span<const TeamId> teams, Error absent = errors::forbidden());

/// The same for an incident: its assignees respond to it, whatever their role.
Result<void> permit_incident(Request& request, const Incident& incident, Error absent = errors::not_found());

/// Everybody may with what is their own; with what is others' only those who may `on_others`.
Result<void> permit_person(Request& request, UserId person, Need on_others);

// The teams an object belongs to. A service is its policy's, and so is what hangs on the service.
std::vector<TeamId> teams_of(Tx& tx, const Team& team);
std::vector<TeamId> teams_of(Tx& tx, const EscalationPolicy& policy);
std::vector<TeamId> teams_of(Tx& tx, const Service& service);
std::vector<TeamId> teams_of(Tx& tx, const Schedule& schedule);
std::vector<TeamId> teams_of(Tx& tx, const Incident& incident);
std::vector<TeamId> teams_of(Tx& tx, const BusinessService& service);
std::vector<TeamId> teams_of(Tx& tx, const EventOrchestration& orchestration);

/// Whether anything of the account is hidden from the requester: lists that cannot be narrowed in SQL are read through
/// only then.
bool sees_part(Request& request);

/// Whether the object exists for the requester. Says nothing of what they may do with it.
/// What of the store cannot be read may be a private team's: then only those know from whom nothing is hidden.
template <class T>
bool knows(Request& request, const T& row) {
    auto teams = if_readable([&] { return std::optional{teams_of(request.tx(), row)}; });
    return teams ? callboard::sees(standing_of(request), *teams) : !sees_part(request);
}

template <>
bool knows(Request& request, const Incident& incident);

/// The row when it exists for the requester: what include[] may write in full.
template <class T>
const T* known(Request& request, const T* row) {
    return row && knows(request, *row) ? row : nullptr;
}

/// Whether the requester knows of every schedule on the policy. A policy takes its schedules along into its team, which
/// shows them: only who knows them may give it one.
bool knows_schedules_of(Request& request, const EscalationPolicy& policy);

/// Whether a list may show it: for a route that needs no more than to see.
template <class T>
bool sees(Request& request, const T& row) {
    request.permission_asked = true;
    return knows(request, row);
}

/// The row whose id is in the path, when the requester may do with it what the route needs.
template <class T>
Result<T> permitted_row(Request& request, std::string_view name = "id", Error absent = errors::not_found()) {
    TRY(auto row, request.path_row<T>(name, absent));
    if constexpr (std::is_same_v<T, Incident>)
        CHECK_OK(permit_incident(request, row, absent));
    else
        CHECK_OK(permit(request, teams_of(request.tx(), row), absent));
    return row;
}

// Narrows a list to what the requester sees.
void only_seen(Request& request, Query<Team>& query);
void only_seen(Request& request, Query<EscalationPolicy>& query);
void only_seen(Request& request, Query<Service>& query);
void only_seen(Request& request, Query<BusinessService>& query);

}  // namespace callboard::http
