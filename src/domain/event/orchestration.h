#pragma once
// Event orchestrations as they are stored: rules that look at an event before a service does. An orchestration has
// routing keys of its own and three paths, a service may have one; a path is sets of rules. What the rules mean is in
// domain/event/orchestration_run.h. Names, shapes and the actions each path takes: REST, "Event Orchestrations".

#include "base/describe.h"
#include "base/time.h"
#include "domain/account/custom_field.h"
#include "domain/ids.h"
#include "domain/service/service.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

enum class PathType { global, router, unrouted, service };
DESCRIBE_ENUM(PathType, global, router, unrouted, service)

/// A text in PCL, see domain/event/pcl.h.
struct RuleCondition {
    std::string expression;

    bool operator==(const RuleCondition&) const = default;
};
DESCRIBE(RuleCondition, expression)

enum class VariableType { regex };
DESCRIBE_ENUM(VariableType, regex)

/// Takes a piece of the event under a name, for the templates of this rule and of those that follow it.
struct RuleVariable {
    std::string name;
    std::string path;
    VariableType type = VariableType::regex;
    /// RE2. With groups: what they caught, joined; without: the whole match.
    std::string value;

    bool operator==(const RuleVariable&) const = default;
};
DESCRIBE(RuleVariable, name, path, type, value)

/// Sets a field of the event: from a template, or by `regex` from what is at `source`.
struct RuleExtraction {
    std::string target;
    std::optional<std::string> template_;
    std::optional<std::string> source;
    std::optional<std::string> regex;

    bool operator==(const RuleExtraction&) const = default;
};
DESCRIBE(RuleExtraction, target, template_, source, regex)

enum class RouteLookup { service_name, service_id };
DESCRIBE_ENUM(RouteLookup, service_name, service_id)

/// The event itself names its service.
struct DynamicRoute {
    std::string source;
    std::string regex;
    RouteLookup lookup_by = RouteLookup::service_name;

    bool operator==(const DynamicRoute&) const = default;
};
DESCRIBE(DynamicRoute, source, regex, lookup_by)

enum class AlertMoment { alert_triggered, alert_suppressed, alert_suspended };
DESCRIBE_ENUM(AlertMoment, alert_triggered, alert_suppressed, alert_suspended)

struct AutomationAction {
    std::string action_id;
    std::vector<AlertMoment> trigger_types;

    bool operator==(const AutomationAction&) const = default;
};
DESCRIBE(AutomationAction, action_id, trigger_types)

/// What an event may be turned into: acknowledging stays the sender's.
enum class RuleEventAction { trigger, resolve };
DESCRIBE_ENUM(RuleEventAction, trigger, resolve)

/// What a rule does. Absent: it leaves that alone.
struct RuleActions {
    /// The set that goes on with the event; in a router "unrouted", or nothing beside `service`.
    std::optional<std::string> route_to;
    /// Routers only.
    std::optional<ServiceId> service;
    std::optional<DynamicRoute> dynamic_route_to;
    std::optional<bool> drop_event;
    std::optional<bool> suppress;
    /// Seconds.
    std::optional<int> suspend;
    std::optional<Severity> severity;
    std::optional<RuleEventAction> event_action;
    std::optional<PriorityId> priority;
    std::optional<EscalationPolicyId> escalation_policy;
    std::optional<std::string> annotate;
    std::vector<RuleVariable> variables;
    std::vector<RuleExtraction> extractions;
    /// Each text is a template.
    std::vector<FieldText> incident_custom_field_updates;
    std::vector<AutomationAction> pagerduty_automation_actions;

    bool operator==(const RuleActions&) const = default;
};
DESCRIBE(RuleActions,
         route_to,
         service,
         dynamic_route_to,
         drop_event,
         suppress,
         suspend,
         severity,
         event_action,
         priority,
         escalation_policy,
         annotate,
         variables,
         extractions,
         incident_custom_field_updates,
         pagerduty_automation_actions)

struct OrchestrationRule {
    /// Eight hex digits, made here and kept when they are sent back.
    std::string id;
    std::optional<std::string> label;
    /// One that holds is enough; none: every event.
    std::vector<RuleCondition> conditions;
    RuleActions actions;
    bool disabled = false;

    bool operator==(const OrchestrationRule&) const = default;
};
DESCRIBE(OrchestrationRule, id, label, conditions, actions, disabled)

/// The first rule that matches is the one that acts.
struct RuleSet {
    std::string id;
    std::vector<OrchestrationRule> rules;

    bool operator==(const RuleSet&) const = default;
};
DESCRIBE(RuleSet, id, rules)

inline constexpr std::string_view start_set = "start";
inline constexpr std::string_view unrouted_route = "unrouted";

struct OrchestrationPath {
    OrchestrationPathId id;
    PathType type = PathType::service;
    /// One of both: whose rules they are.
    std::optional<EventOrchestrationId> orchestration;
    std::optional<ServiceId> service;
    /// The first is the one that begins.
    std::vector<RuleSet> sets;
    /// What happens to an event that no rule of a set matched.
    RuleActions catch_all;
    /// Only a service's can be switched off.
    bool active = true;
    int version = 1;
    Timestamp created_at;
    std::optional<UserId> created_by;
    Timestamp updated_at;
    std::optional<UserId> updated_by;

    bool operator==(const OrchestrationPath&) const = default;
};
DESCRIBE(OrchestrationPath,
         id,
         type,
         orchestration,
         service,
         sets,
         catch_all,
         active,
         version,
         created_at,
         created_by,
         updated_at,
         updated_by)

/// Without rules: what a new orchestration has, and a service that was never given any.
OrchestrationPath empty_path(PathType type);

struct EventOrchestration {
    EventOrchestrationId id;
    std::string name;
    std::optional<std::string> description;
    std::optional<TeamId> team;
    /// Everything beyond routing and plain actions: see `without_aiops`.
    bool aiops = true;
    std::optional<Timestamp> aiops_updated_at;
    int version = 1;
    Timestamp created_at;
    std::optional<UserId> created_by;
    Timestamp updated_at;
    std::optional<UserId> updated_by;
    std::optional<Timestamp> deleted_at;

    bool operator==(const EventOrchestration&) const = default;
};
DESCRIBE(EventOrchestration,
         id,
         name,
         description,
         team,
         aiops,
         aiops_updated_at,
         version,
         created_at,
         created_by,
         updated_at,
         updated_by,
         deleted_at)

struct OrchestrationIntegration {
    OrchestrationIntegrationId id;
    EventOrchestrationId orchestration;
    std::string label;
    /// 32 letters and digits; a write-capable secret, as that of an Integration.
    std::string routing_key;
    Timestamp created_at;

    bool operator==(const OrchestrationIntegration&) const = default;
};
DESCRIBE(OrchestrationIntegration, id, orchestration, label, routing_key, created_at)

enum class CacheVariableType { recent_value, trigger_event_count, external_data };
DESCRIBE_ENUM(CacheVariableType, recent_value, trigger_event_count, external_data)

enum class CacheDataType { string, number, boolean };
DESCRIBE_ENUM(CacheDataType, string, number, boolean)

/// What is remembered from one event to the next; `cache_var.<name>` in conditions and templates.
struct CacheVariable {
    CacheVariableId id;
    std::optional<EventOrchestrationId> orchestration;
    std::optional<ServiceId> service;
    std::string name;
    bool disabled = false;
    /// Which events it looks at; none: all.
    std::vector<RuleCondition> conditions;
    CacheVariableType type = CacheVariableType::recent_value;
    /// recent_value.
    std::string source;
    std::string regex;
    /// trigger_event_count, external_data: how long it counts or keeps.
    std::optional<int> ttl_seconds;
    CacheDataType data_type = CacheDataType::string;
    Timestamp created_at;
    std::optional<UserId> created_by;
    Timestamp updated_at;
    std::optional<UserId> updated_by;

    bool operator==(const CacheVariable&) const = default;
};
DESCRIBE(CacheVariable,
         id,
         orchestration,
         service,
         name,
         disabled,
         conditions,
         type,
         source,
         regex,
         ttl_seconds,
         data_type,
         created_at,
         created_by,
         updated_at,
         updated_by)

/// What one cache variable or one counting condition remembers.
struct OrchestrationValue {
    OrchestrationValueId id;
    /// The id of the cache variable or of the path.
    std::int64_t owner = 0;
    /// Which condition of the path; empty for a cache variable.
    std::string name;
    /// JSON text; for what counts see RecentCount.
    std::string value;
    Timestamp updated_at;
    std::optional<Timestamp> expires_at;

    bool operator==(const OrchestrationValue&) const = default;
};
DESCRIBE(OrchestrationValue, id, owner, name, value, updated_at, expires_at)

// Knowledge base, but for those marked (ours).
constexpr std::int64_t orchestrations_max = 1'000;  // (ours)
constexpr std::int64_t orchestration_integrations_max = 10;
constexpr std::size_t rules_per_path_max = 1'000;
constexpr std::size_t sets_per_path_max = 100;        // (ours)
constexpr std::size_t conditions_per_rule_max = 100;  // (ours)
constexpr std::size_t actions_per_rule_max = 50;      // (ours) of each kind that is a list
constexpr std::int64_t cache_variables_max = 25;      // (ours)
constexpr std::size_t rule_text_max = 1'024;
constexpr std::size_t template_max = 4'096;         // (ours)
constexpr int suspend_max_seconds = 86'400;         // (ours)
constexpr int cache_ttl_max_seconds = 30 * 86'400;  // (ours)

}  // namespace callboard
