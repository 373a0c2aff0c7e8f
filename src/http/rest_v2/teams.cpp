// REST "Teams".

#include "app/team.h"
#include "domain/account/team.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

// Knowledge base: per team, per user.
constexpr std::int64_t members_max = 500;
constexpr std::int64_t policies_max = 100;
constexpr std::int64_t teams_of_user_max = 400;

void read_parent(Fields& fields, Team& team) {
    if (!fields.reference<Team>("parent", team.parent) || !team.parent) return;
    if (is_within(fields.request().tx(), *team.parent, team.id))
        fields.problem("parent", "can't be the team itself or one of its children");
}

void read_team(Fields& fields, Team& team, bool create) {
    fields.text("name", team.name, {.required = create || fields.sent("name"), .max = 100});
    fields.text("description", team.description, {.max = 1024});
    fields.choice("default_role", team.default_role);
    read_parent(fields, team);
    fields.unique("name", team, &Team::name);
}

Result<Reply> list_teams(Request& request) {
    Query<Team> query;
    // "sort_by" is not in the documentation, but Backstage sends it.
    CHECK_OK(sort_by_name(request, query, &Team::name));
    if (auto text = request.query.text("query")) query.contains(*text, &Team::name);
    only_seen(request, query);
    Wire wire(request);
    return page_of(request, "teams", std::move(query), [&](const Team& team) { return team_object(wire, team); });
}

/// Who makes a private team is in it: it would be hidden from them otherwise.
void join_own_team(Request& request, const Team& team) {
    const auto& user = request.actor.user;
    if (user && team.default_role == TeamDefaultRole::none && !sees_everything(standing_of(request)))
        join_team(request.tx(), team.id, user->id, TeamRole::manager);
}

Result<Reply> create_team(Request& request) {
    TRY(auto fields, Fields::of(request, "team"));
    Team team;
    team.id = request.tx().new_id<TeamId>();
    team.created_at = request.now;
    read_team(fields, team, /*create=*/true);
    CHECK_OK(fields.check());
    request.tx().insert(team);
    join_own_team(request, team);
    Wire wire(request);
    return created(json::object{{"team", team_object(wire, team)}});
}

Result<Reply> get_team(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    Wire wire(request);
    auto out = team_object(wire, team);
    if (wire.includes("privileges")) {
        json::array permissions{"read"};
        if (may(standing_of(request), Need::manage, std::vector{team.id}))
            for (const auto* permission : {"update", "delete"}) permissions.emplace_back(permission);
        out["privileges"] = json::object{{"permissions", std::move(permissions)}};
    }
    return ok(json::object{{"team", std::move(out)}});
}

Result<Reply> update_team(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    TRY(auto fields, Fields::of(request, "team"));
    read_team(fields, team, /*create=*/false);
    CHECK_OK(fields.check());
    request.tx().update(team);
    Wire wire(request);
    return ok(json::object{{"team", team_object(wire, team)}});
}

/// The team that open incidents go to, if one is named.
Result<std::optional<TeamId>> reassignment_of(Request& request, const Team& team) {
    auto text = request.query.text("reassignment_team");
    if (!text || text->empty()) return std::optional<TeamId>{};
    auto id = request.site.ids.parse<TeamId>(*text);
    if (id == team.id) return Error{ErrorKind::invalid, 6002, "Reassignment Team Invalid", {}};
    if (!id || !request.tx().find<Team>(*id) || !callboard::sees(standing_of(request), std::vector{*id}))
        return Error{ErrorKind::invalid, 6003, "Reassignment Team Not Found", {}};
    return id;
}

Result<Reply> delete_one(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    TRY(auto reassignment, reassignment_of(request, team));
    std::vector<std::string> problems;
    for (const auto& kind : associations(request.tx(), team.id))
        problems.push_back(fmt::format("Cannot delete team with existing {} association(s)", kind));
    if (!problems.empty())
        return Error{ErrorKind::invalid, 6006, "Team has existing associations", std::move(problems)};
    delete_team(request.tx(), std::move(team), reassignment);
    return no_content();
}

Result<Reply> list_members(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    Wire wire(request);
    auto write = [&](const TeamMember& member) {
        json::object out;
        out["user"] = user_ref_or_full(wire, member.user);
        out["role"] = text_of(member.role);
        return out;
    };
    return page_of(request, "members", Query<TeamMember>().where(&TeamMember::team, team.id), write);
}

/// The role asked for, or the one that fits the user's base role. The body may be left out.
Result<TeamRole> asked_role(Request& request, const User& user) {
    auto role = default_team_role(user.role);
    if (request.body.is_null()) return role;
    TRY(auto fields, Fields::of(request, ""));
    fields.choice("role", role);
    CHECK_OK(fields.check());
    return role;
}

Result<Reply> put_member(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    TRY(auto user, request.path_row<User>("user_id", user_not_found()));
    TRY(auto role, asked_role(request, user));
    auto& tx = request.tx();
    if (user.role == Role::read_only_user) return errors::invalid_input("Stakeholders can't be members of a team");
    if (!membership(tx, team.id, user.id)) {
        if (tx.count(Query<TeamMember>().where(&TeamMember::team, team.id)) >= members_max)
            return errors::invalid_input(fmt::format("A team may have at most {} members", members_max));
        if (tx.count(Query<TeamMember>().where(&TeamMember::user, user.id)) >= teams_of_user_max)
            return errors::invalid_input(fmt::format("A user may be in at most {} teams", teams_of_user_max));
    }
    join_team(tx, team.id, user.id, role);
    return no_content();
}

Result<Reply> delete_member(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    TRY(auto user, request.path_row<User>("user_id", user_not_found()));
    auto& tx = request.tx();
    auto member = membership(tx, team.id, user.id);
    if (!member) return user_not_found();
    // The text is what Terraform looks for: it takes the policy from the team first.
    if (is_needed_by_policy(tx, team.id, user.id))
        return errors::invalid_input("User cannot be removed as they belong to an escalation policy on this team");
    tx.erase<TeamMember>(member->id);
    return no_content();
}

/// The policy of the path, which the requester must be allowed to change wherever it is now.
Result<EscalationPolicy> policy_of_path(Request& request) {
    return permitted_row<EscalationPolicy>(
        request, "escalation_policy_id", errors::not_found("Escalation Policy Not Found", 5001));
}

Result<Reply> put_policy(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    TRY(auto policy, policy_of_path(request));
    auto& tx = request.tx();
    if (policy.team && policy.team != team.id)
        return Error{ErrorKind::invalid, 2001, "Escalation Policy has already been taken", {}};
    if (policy.team) return no_content();
    if (tx.count(Query<EscalationPolicy>().where(&EscalationPolicy::team, team.id)) >= policies_max)
        return errors::invalid_input(fmt::format("A team may have at most {} escalation policies", policies_max));
    if (!knows_schedules_of(request, policy)) return errors::forbidden();
    policy.team = team.id;
    ++policy.version;
    tx.update(policy);
    bring_into_team(tx, policy);
    return no_content();
}

/// Taking away what was not there succeeds as well.
Result<Reply> delete_policy(Request& request) {
    TRY(auto team, permitted_row<Team>(request, "id", team_not_found()));
    TRY(auto policy, policy_of_path(request));
    if (policy.team != team.id) return no_content();
    policy.team.reset();
    ++policy.version;
    request.tx().update(policy);
    return no_content();
}

constexpr auto one = "/teams/{id}";
constexpr auto one_member = "/teams/{id}/users/{user_id}";
constexpr auto one_policy = "/teams/{id}/escalation_policies/{escalation_policy_id}";

constexpr Route table[] = {
    {Verb::get, "/teams", "teams.read", Need::view, list_teams, Reach::team},
    {Verb::post, "/teams", "teams.write", Need::manage, create_team},
    {Verb::get, one, "teams.read", Need::view, get_team, Reach::team},
    {Verb::put, one, "teams.write", Need::manage, update_team, Reach::team},
    {Verb::del, one, "teams.write", Need::manage, delete_one, Reach::team},
    {Verb::get, "/teams/{id}/members", "teams.read", Need::view, list_members, Reach::team},
    {Verb::put, one_member, "teams.write", Need::manage, put_member, Reach::team},
    {Verb::del, one_member, "teams.write", Need::manage, delete_member, Reach::team},
    {Verb::put, one_policy, "teams.write", Need::manage, put_policy, Reach::team},
    {Verb::del, one_policy, "teams.write", Need::manage, delete_policy, Reach::team},
};

}  // namespace

Error team_not_found() { return errors::not_found("Team Not Found", 6001); }

json::object team_object(Wire& wire, const Team& team) {
    auto id = wire.id(team.id);
    auto out = wire.head(id, "team", team.name, "/teams/" + id, "/teams/" + id);
    out["name"] = team.name;
    out["description"] = text_or_null(team.description);
    out["default_role"] = text_of(team.default_role);
    out["parent"] = team.parent ? json::value(wire.team_ref(*team.parent)) : json::value(nullptr);
    return out;
}

json::object team_ref_or_full(Wire& wire, TeamId id) {
    return reference_or_full(wire, "teams", known(wire.request, wire.team(id)), wire.team_ref(id), team_object);
}

std::span<const Route> team_routes() { return table; }

}  // namespace callboard::http
