#pragma once
// What the rules of an orchestration make of an event. A path is compiled once, when it is saved and when it is first
// needed; running it is a function of the event, of what is remembered and of now. In a set the first rule that matches
// acts, and may send the event on to another set; where none matches the catch-all acts. The order of paths is global,
// router (or, without a route, unrouted), service: app/orchestrate.h.

#include "domain/event/event_value.h"
#include "domain/event/orchestrated_event.h"
#include "domain/event/orchestration.h"
#include "domain/event/pattern.h"
#include "domain/event/pcl.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callboard {

/// What is wrong with a path or a cache variable, and where: "sets[0].rules[2].conditions[0].expression".
struct RuleProblem {
    std::string place;
    std::string what;

    bool operator==(const RuleProblem&) const = default;
};

/// A text with places for values: "disk {{event.custom_details.disk}} is full". What is between the braces and no path
/// stays as it is, as in a text that another program fills in.
class RuleTemplate {
public:
    static RuleTemplate parse(std::string_view text);
    [[nodiscard]] std::string fill(const EventValue& root) const;
    [[nodiscard]] bool looks_at(std::string_view root) const;

private:
    std::vector<std::variant<std::string, FieldPath>> parts_;
};

struct CompiledVariable {
    std::string name;
    FieldPath path;
    Pattern pattern;
};

struct CompiledExtraction {
    FieldPath target;
    std::optional<RuleTemplate> by_template;
    FieldPath source;
    std::optional<Pattern> pattern;
};

struct CompiledActions {
    std::optional<std::size_t> next_set;
    std::vector<CompiledVariable> variables;
    std::vector<CompiledExtraction> extractions;
    std::optional<RuleTemplate> note;
    /// As in the actions.
    std::vector<RuleTemplate> fields;
    std::optional<FieldPath> route_source;
    std::optional<Pattern> route_pattern;
};

struct CompiledRule {
    std::vector<PclCondition> conditions;
    CompiledActions actions;
};

struct CompiledPath {
    OrchestrationPath path;
    /// By set and rule, as in `path`.
    std::vector<std::vector<CompiledRule>> sets;
    CompiledActions catch_all;
    /// Some rule looks at the event as it came.
    bool looks_at_raw_event = false;
    bool counts = false;
};

struct Compilation {
    /// Null when there are problems.
    std::shared_ptr<const CompiledPath> compiled;
    std::vector<RuleProblem> problems;
    /// What is refused when it is to be saved, and holds where it was saved before there was such a limit.
    std::vector<RuleProblem> excesses = {};
};

Compilation compile(const OrchestrationPath& path);

struct CompiledCacheVariable {
    CacheVariable variable;
    std::vector<PclCondition> conditions;
    std::optional<FieldPath> source;
    std::optional<Pattern> pattern;
};

struct CacheVariableCompilation {
    std::optional<CompiledCacheVariable> compiled;
    std::vector<RuleProblem> problems;
    std::vector<RuleProblem> excesses = {};
};

CacheVariableCompilation compile(const CacheVariable& variable);

/// Something of a rule that does not happen, for `warnings` of REST.
struct RuleWarning {
    /// Absent where it is about the whole path.
    std::optional<std::string> rule_id;
    std::string feature;
    std::string feature_type;
    std::string warning_type;
    std::string message;
};

/// The path as it holds where the features of AIOps are off: the rules and actions that need them are left out, each
/// with a warning. Which those are: REST, the warnings of the paths.
OrchestrationPath without_aiops(OrchestrationPath path, std::vector<RuleWarning>& warnings);

/// What is saved and does nothing here.
std::vector<RuleWarning> warnings_of(const OrchestrationPath& path);

/// One rule that was looked at; `rule` absent: the catch-all. It refers into the path, which lives longer.
struct TraceStep {
    const CompiledPath* path = nullptr;
    std::size_t set = 0;
    std::optional<std::size_t> rule;
    bool matched = false;
    /// Of each condition.
    std::vector<bool> conditions;
    /// What the rules may take for one event was spent by then: conditions that were not looked at do not hold.
    bool is_spent = false;

    [[nodiscard]] const OrchestrationRule* stored_rule() const;
    [[nodiscard]] const RuleActions& actions() const;
};

/// What rules look at beside the event itself.
struct RuleFacts {
    Timestamp now;
    RecentCounts& counts;
    /// The service that an event names itself; absent where there is none such.
    std::function<std::optional<ServiceId>(RouteLookup by, const std::string& text)> find_service;
    /// Null: nobody counts the work.
    RuleWork* work = nullptr;
};

/// What is to become of an event, as far as it has been through the paths.
struct Verdict {
    bool dropped = false;
    bool suppressed = false;
    std::optional<int> suspend;
    IncidentOrders orders;
    /// Where the router leads.
    std::optional<ServiceId> service;
    /// The rule that suppressed it.
    const OrchestrationRule* suppressed_by = nullptr;
    std::vector<TraceStep> trace;
    /// Bytes that rules wrote into the event, the notes and the fields: past `event_body_max_bytes` they write no more.
    std::size_t written = 0;
};

/// `root` has `event`, and what else paths begin with; rules change `event` and `variables` there. `path` outlives
/// `verdict`.
void run(const CompiledPath& path, EventValue& root, const RuleFacts& facts, Verdict& verdict);

/// What the variable holds after this event, of what it held before; absent when the event says nothing to it.
std::optional<EventValue>
recent_value(const CompiledCacheVariable& variable, const EventValue& root, Timestamp now, RuleWork& work);
bool applies(const CompiledCacheVariable& variable, const EventValue& root, Timestamp now, RuleWork& work);

/// The rules that acted, in words.
std::vector<RuleDecision> decisions_of(const Verdict& verdict);

}  // namespace callboard
