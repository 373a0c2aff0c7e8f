#include "domain/event/orchestration_run.h"

#include <algorithm>

namespace callboard {

namespace {

constexpr const char* forbidden = "forbidden_feature";

RuleWarning of_condition(const OrchestrationRule& rule, std::string feature, std::string_view what) {
    return {rule.id,
            std::move(feature),
            "conditions",
            forbidden,
            "This rule uses " + std::string{what} +
                ", and AIOps is off for this orchestration: the rule is saved and matches no event"};
}

RuleWarning of_action(const OrchestrationRule& rule, std::string feature, std::string_view why) {
    return {rule.id,
            std::move(feature),
            "actions",
            forbidden,
            "This action is saved and does nothing: " + std::string{why}};
}

constexpr std::string_view aiops_is_off = "AIOps is off for this orchestration";

/// Whether its conditions need nothing of AIOps.
bool keeps_conditions(const OrchestrationRule& rule, std::vector<RuleWarning>& warnings) {
    bool keeps = true;
    auto refuse = [&](std::string feature, std::string_view what) {
        warnings.push_back(of_condition(rule, std::move(feature), what));
        keeps = false;
    };
    for (const auto& condition : rule.conditions) {
        auto parsed = PclCondition::parse(condition.expression);
        const auto* pcl = std::get_if<PclCondition>(&parsed);
        if (!pcl) continue;
        if (pcl->counts()) refuse("threshold_condition", "a threshold condition");
        if (pcl->looks_at_clock()) refuse("recurring_condition", "a scheduled condition");
        if (pcl->looks_at("cache_var")) refuse("cache_variable:conditions", "a cache variable");
    }
    return keeps;
}

void strip_actions(OrchestrationRule& rule, std::vector<RuleWarning>& warnings) {
    auto& actions = rule.actions;
    auto refuse = [&](std::string feature) { warnings.push_back(of_action(rule, std::move(feature), aiops_is_off)); };
    if (!actions.variables.empty()) refuse("variables");
    if (!actions.extractions.empty()) refuse("extractions");
    if (actions.suspend) refuse("suspend");
    actions.variables.clear();
    actions.extractions.clear();
    actions.suspend.reset();
}

}  // namespace

OrchestrationPath without_aiops(OrchestrationPath path, std::vector<RuleWarning>& warnings) {
    if (path.type == PathType::global) {
        warnings.push_back({std::nullopt,
                            "global_orchestrations",
                            "global_orchestrations",
                            forbidden,
                            "AIOps is off for this orchestration: its global rules are saved and not evaluated"});
        auto id = path.id;
        path = empty_path(PathType::global);
        path.id = id;
        return path;
    }
    if (path.sets.size() > 1) {
        warnings.push_back({std::nullopt,
                            "nested_rules",
                            "nested_rules",
                            forbidden,
                            "AIOps is off for this orchestration: only the rules of the set \"start\" are evaluated"});
        path.sets.resize(1);
    }
    for (auto& set : path.sets) {
        for (auto& rule : set.rules) {
            if (path.type != PathType::router) rule.actions.route_to.reset();
            if (!keeps_conditions(rule, warnings)) rule.disabled = true;
            if (rule.actions.dynamic_route_to) {
                warnings.push_back(of_action(rule, "dynamic_route_to", aiops_is_off));
                rule.disabled = true;
            }
            strip_actions(rule, warnings);
        }
    }
    return path;
}

std::vector<RuleWarning> warnings_of(const OrchestrationPath& path) {
    std::vector<RuleWarning> warnings;
    auto look = [&](const OrchestrationRule& rule) {
        if (!rule.actions.pagerduty_automation_actions.empty())
            warnings.push_back(of_action(rule, "pagerduty_automation_actions", "Callboard has no Automation Actions"));
    };
    for (const auto& set : path.sets) std::ranges::for_each(set.rules, look);
    OrchestrationRule catch_all;
    catch_all.actions = path.catch_all;
    auto before = warnings.size();
    look(catch_all);
    for (auto i = before; i < warnings.size(); ++i) warnings[i].rule_id.reset();
    return warnings;
}

}  // namespace callboard
