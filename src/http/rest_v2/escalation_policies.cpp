// REST "Escalation Policies".

#include "http/rest_v2/escalation_policies.h"

#include "app/team.h"
#include "domain/escalation/escalation_policy.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t rules_max = 20;    // Knowledge base.
constexpr std::size_t targets_max = 10;  // REST schema.
constexpr int loops_max = 9;

Error policy_not_found() { return errors::not_found("Escalation Policy Not Found", 5001); }

json::object target_object(Wire& wire, const EscalationTarget& target) {
    if (target.type == TargetType::user) return user_ref_or_full(wire, UserId{target.id}, "targets");
    return schedule_ref_or_full(wire, ScheduleId{target.id}, "targets");
}

json::object rule_object(Wire& wire, const EscalationRule& rule) {
    json::object out;
    out["id"] = wire.id(rule.id);
    out["escalation_delay_in_minutes"] = rule.escalation_delay_in_minutes;
    json::array targets;
    for (const auto& target : rule.targets) targets.emplace_back(target_object(wire, target));
    out["targets"] = std::move(targets);
    if (wire.includes("escalation_rule_assignment_strategies") ||
        rule.strategy != AssignmentStrategy::assign_to_everyone)
        out["escalation_rule_assignment_strategy"] = json::object{{"type", text_of(rule.strategy)}};
    return out;
}

/// Who or what a target is. Without a type the service this follows assumes a user.
std::optional<EscalationTarget> read_target(Fields& fields) {
    std::string type = "user_reference";
    std::string id;
    fields.text("type", type);
    if (!fields.text("id", id, {.required = true})) return std::nullopt;
    const auto& ids = fields.request().site.ids;
    if (type.starts_with("schedule")) {
        auto schedule = ids.parse<ScheduleId>(id);
        if (schedule && fields.request().tx().find<Schedule>(*schedule))
            return EscalationTarget{TargetType::schedule, schedule->value};
    } else if (type == "user" || type == "user_reference") {
        auto user = ids.parse<UserId>(id);
        auto row = user ? fields.request().tx().find<User>(*user) : std::nullopt;
        if (row) {
            if (auto why = why_not_on_call(fields.request().tx(), *user))
                fields.sentence(fmt::format("Escalation rules target {} {}", id, *why));
            return EscalationTarget{TargetType::user, user->value};
        }
    } else {
        fields.sentence("Escalation rules target type is invalid");
        return std::nullopt;
    }
    fields.sentence(fmt::format("Escalation rules target {} not found", id));
    return std::nullopt;
}

void read_targets(Fields& rule_fields, EscalationRule& rule) {
    rule.targets.clear();
    for (auto& element : rule_fields.elements("targets", true)) {
        if (auto target = read_target(element)) rule.targets.push_back(*target);
        rule_fields.adopt(element);
    }
    if (rule.targets.size() > targets_max)
        rule_fields.sentence(fmt::format("Escalation rules base May have at most {} escalation targets", targets_max));
    const auto* sent = rule_fields.raw("targets");
    if (sent && sent->is_array() && sent->get_array().empty())
        rule_fields.sentence("Escalation rules base must have at least one target");
}

using NewRuleId = std::function<EscalationRuleId()>;

EscalationRule read_rule(Fields& fields, const EscalationPolicy& policy, const NewRuleId& new_id) {
    EscalationRule rule;
    std::string id;
    fields.text("id", id);
    auto known = fields.request().site.ids.parse<EscalationRuleId>(id);
    auto keeps = [&](const EscalationRule& r) { return known && r.id == *known; };
    rule.id = std::ranges::any_of(policy.escalation_rules, keeps) ? *known : new_id();
    fields.number("escalation_delay_in_minutes",
                  rule.escalation_delay_in_minutes,
                  {.required = true, .min = 1, .max = 24 * 60 * 30});
    if (auto strategy = fields.nested("escalation_rule_assignment_strategy")) {
        strategy->choice("type", rule.strategy);
        fields.adopt(*strategy);
    }
    read_targets(fields, rule);
    return rule;
}

void read_rules(Fields& fields, EscalationPolicy& policy, bool required, const NewRuleId& new_id) {
    if (!fields.sent("escalation_rules") && !required) return;
    auto elements = fields.elements("escalation_rules", true);
    if (elements.empty()) {
        if (fields.sent("escalation_rules")) fields.sentence("Escalation rules must have at least one rule");
        return;
    }
    if (elements.size() > rules_max)
        fields.sentence(fmt::format("Escalation rules may have at most {} rules", rules_max));
    std::vector<EscalationRule> rules;
    for (auto& element : elements) {
        rules.push_back(read_rule(element, policy, new_id));
        fields.adopt(element);
    }
    policy.escalation_rules = std::move(rules);
}

bool has_target(const EscalationPolicy& policy, const EscalationTarget& target) {
    return std::ranges::any_of(policy.escalation_rules, [&](const EscalationRule& rule) {
        return std::ranges::find(rule.targets, target) != rule.targets.end();
    });
}

/// A schedule that is hidden from the requester does not exist for them. One that somebody else put on the policy may
/// stay there; but a policy takes its schedules along into its team, and that shows them.
void refuse_hidden_schedules(Fields& fields, const EscalationPolicy& before, const EscalationPolicy& policy) {
    auto& request = fields.request();
    for (const auto& rule : policy.escalation_rules)
        for (const auto& target : rule.targets) {
            if (target.type != TargetType::schedule) continue;
            if (policy.team == before.team && has_target(before, target)) continue;
            auto schedule = request.tx().find<Schedule>(ScheduleId{target.id});
            if (schedule && !knows(request, *schedule))
                fields.sentence(
                    fmt::format("Escalation rules target {} not found", request.site.ids.text(schedule->id)));
        }
}

void read_policy(Fields& fields, EscalationPolicy& policy, bool create) {
    auto before = policy;
    fields.text("name", policy.name, {.required = create, .max = 255});
    fields.text("description", policy.description, {.max = 1024});
    fields.number("num_loops", policy.num_loops, {.min = 0, .max = loops_max});
    fields.choice("on_call_handoff_notifications", policy.on_call_handoff_notifications);
    read_rules(fields, policy, create, [&] { return fields.request().tx().new_id<EscalationRuleId>(); });
    std::vector<TeamId> teams;
    if (fields.references<Team>("teams", teams)) {
        if (teams.size() > 1) fields.problem("teams", "may hold at most one team");
        policy.team = teams.empty() ? std::nullopt : std::optional{teams.front()};
    }
    refuse_hidden_schedules(fields, before, policy);
    fields.unique("name", policy, &EscalationPolicy::name);
}

bool names_one_of(const EscalationPolicy& policy, const std::vector<UserId>& users) {
    return std::ranges::any_of(users, [&](UserId user) { return names_user(policy, user); });
}

Result<Reply> list_policies(Request& request) {
    Wire wire(request);
    Query<EscalationPolicy> query;
    CHECK_OK(sort_by_name(request, query, &EscalationPolicy::name));
    if (auto text = request.query.text("query")) query.contains(*text, &EscalationPolicy::name);
    if (request.query.has("team_ids")) query.where_in(&EscalationPolicy::team, request.query_ids<TeamId>("team_ids"));
    auto write = [&](const EscalationPolicy& policy) { return escalation_policy_object(wire, policy); };
    only_seen(request, query);
    auto users = request.query_ids<UserId>("user_ids");
    if (users.empty()) return page_of(request, "escalation_policies", std::move(query), write);
    auto rows = request.tx().list(query);
    std::erase_if(rows, [&](const EscalationPolicy& policy) { return !names_one_of(policy, users); });
    return page_of(request, "escalation_policies", rows, write);
}

Result<Reply> create_policy(Request& request) {
    TRY(auto fields, Fields::of(request, "escalation_policy"));
    EscalationPolicy policy;
    policy.id = request.tx().new_id<EscalationPolicyId>();
    policy.created_at = request.now;
    read_policy(fields, policy, /*create=*/true);
    CHECK_OK(fields.check());
    CHECK_OK(permit(request, teams_of(request.tx(), policy)));
    request.tx().insert(policy);
    bring_into_team(request.tx(), policy);
    Wire wire(request);
    return created(json::object{{"escalation_policy", escalation_policy_object(wire, policy)}});
}

Result<Reply> get_policy(Request& request) {
    TRY(auto policy, permitted_row<EscalationPolicy>(request, "id", policy_not_found()));
    Wire wire(request);
    return ok(json::object{{"escalation_policy", escalation_policy_object(wire, policy)}});
}

Result<Reply> update_policy(Request& request) {
    TRY(auto policy, permitted_row<EscalationPolicy>(request, "id", policy_not_found()));
    TRY(auto fields, Fields::of(request, "escalation_policy"));
    read_policy(fields, policy, /*create=*/false);
    CHECK_OK(fields.check());
    CHECK_OK(permit(request, teams_of(request.tx(), policy)));
    ++policy.version;
    request.tx().update(policy);
    bring_into_team(request.tx(), policy);
    Wire wire(request);
    return ok(json::object{{"escalation_policy", escalation_policy_object(wire, policy)}});
}

Result<Reply> delete_policy(Request& request) {
    TRY(auto policy, permitted_row<EscalationPolicy>(request, "id", policy_not_found()));
    if (request.tx().count(Query<Service>().where(&Service::escalation_policy, policy.id)) > 0)
        return errors::invalid_input("Escalation policy can't be deleted because it is used by one or more services");
    policy.deleted_at = request.now;
    ++policy.version;
    request.tx().update(policy);
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/escalation_policies", "escalation_policies.read", Need::view, list_policies, Reach::team},
    {Verb::post, "/escalation_policies", "escalation_policies.write", Need::manage, create_policy, Reach::team},
    {Verb::get, "/escalation_policies/{id}", "escalation_policies.read", Need::view, get_policy, Reach::team},
    {Verb::put, "/escalation_policies/{id}", "escalation_policies.write", Need::manage, update_policy, Reach::team},
    {Verb::del, "/escalation_policies/{id}", "escalation_policies.write", Need::manage, delete_policy, Reach::team},
};

}  // namespace

EscalationPolicy read_policy_draft(Fields& fields, EscalationPolicy policy) {
    auto before = policy;
    // Real ids hold their time, and none is as small as these.
    std::int64_t unused = 0;
    if (!policy.id) policy.id = EscalationPolicyId{1};
    fields.number("num_loops", policy.num_loops, {.min = 0, .max = loops_max});
    read_rules(fields, policy, /*required=*/true, [&] { return EscalationRuleId{++unused}; });
    refuse_hidden_schedules(fields, before, policy);
    return policy;
}

json::object escalation_policy_object(Wire& wire, const EscalationPolicy& policy) {
    auto id = wire.id(policy.id);
    auto path = "/escalation_policies/" + id;
    auto out = wire.head(id, "escalation_policy", policy.name, path, path);
    out["name"] = policy.name;
    json::array rules;
    for (const auto& rule : policy.escalation_rules) rules.emplace_back(rule_object(wire, rule));
    out["escalation_rules"] = std::move(rules);
    json::array services;
    for (const auto& service : wire.tx().list(Query<Service>().where(&Service::escalation_policy, policy.id)))
        services.emplace_back(service_ref_or_full(wire, service.id));
    out["services"] = std::move(services);
    out["num_loops"] = policy.num_loops;
    json::array teams;
    if (policy.team) teams.emplace_back(team_ref_or_full(wire, *policy.team));
    out["teams"] = std::move(teams);
    out["description"] = text_or_null(policy.description);
    out["on_call_handoff_notifications"] = text_of(policy.on_call_handoff_notifications);
    out["privilege"] = nullptr;
    return out;
}

std::span<const Route> escalation_policy_routes() { return table; }

}  // namespace callboard::http
