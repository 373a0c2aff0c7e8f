#include "domain/event/orchestration_run.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

bool matches(const CompiledRule& rule,
             const std::string& name,
             const EventValue& root,
             const RuleFacts& facts,
             std::vector<bool>& held) {
    for (std::size_t i = 0; i < rule.conditions.size(); ++i) {
        auto count_name = fmt::format("{}/{}", name, i);
        held.push_back(rule.conditions[i].holds({root, facts.now, facts.counts, count_name, facts.work}));
    }
    return held.empty() || std::ranges::find(held, true) != held.end();
}

/// Absent as well where the work is spent.
std::optional<std::string> extracted(const Pattern& pattern, const EventValue& value, RuleWork* work) {
    if (work && work->is_spent) return std::nullopt;
    auto text = text_of(value);
    if (work && !work->take(pattern.work_for(text))) return std::nullopt;
    return pattern.extract(text);
}

void set_variables(const CompiledActions& actions, EventValue& root, RuleWork* work) {
    for (const auto& variable : actions.variables) {
        const auto* value = at_path(root, variable.path);
        auto found = value ? extracted(variable.pattern, *value, work) : std::nullopt;
        if (found) root.member_or_new("variables").member_or_new(variable.name) = EventValue{std::move(*found)};
    }
}

/// Whether there is room for one more text.
bool takes(Verdict& verdict, const std::string& text) {
    if (verdict.written + text.size() > event_body_max_bytes) return false;
    verdict.written += text.size();
    return true;
}

void set_fields(const CompiledActions& actions, EventValue& root, Verdict& verdict, RuleWork* work) {
    for (const auto& extraction : actions.extractions) {
        std::optional<std::string> text;
        if (extraction.by_template)
            text = extraction.by_template->fill(root);
        else if (const auto* value = at_path(root, extraction.source); value && extraction.pattern)
            text = extracted(*extraction.pattern, *value, work);
        if (text && takes(verdict, *text)) set_at_path(root, extraction.target, EventValue{std::move(*text)});
    }
}

/// What a later rule says of a field holds.
void fill_fields(const RuleActions& actions,
                 const CompiledActions& compiled,
                 const EventValue& root,
                 Verdict& verdict) {
    auto& fields = verdict.orders.fields;
    for (std::size_t i = 0; i < compiled.fields.size(); ++i) {
        auto text = compiled.fields[i].fill(root);
        if (!takes(verdict, text)) continue;
        auto id = actions.incident_custom_field_updates[i].field;
        std::erase_if(fields, [&](const FieldText& earlier) { return earlier.field == id; });
        fields.push_back({id, std::move(text)});
    }
}

void act(const RuleActions& actions,
         const CompiledActions& compiled,
         const OrchestrationRule* rule,
         EventValue& root,
         Verdict& verdict,
         RuleWork* work) {
    set_variables(compiled, root, work);
    set_fields(compiled, root, verdict, work);
    auto& event = root.member_or_new("event");
    if (actions.severity) event.member_or_new("severity") = EventValue{std::string{text_of(*actions.severity)}};
    if (actions.event_action)
        event.member_or_new("event_action") = EventValue{std::string{text_of(*actions.event_action)}};
    if (actions.drop_event.value_or(false)) verdict.dropped = true;
    if (actions.suppress.value_or(false)) {
        verdict.suppressed = true;
        verdict.suppressed_by = rule;
    }
    if (actions.suspend) verdict.suspend = actions.suspend;
    if (actions.priority) verdict.orders.priority = actions.priority;
    if (actions.escalation_policy) verdict.orders.escalation_policy = actions.escalation_policy;
    auto note = compiled.note ? compiled.note->fill(root) : std::string{};
    if (!is_blank(note) && takes(verdict, note)) verdict.orders.notes.push_back(std::move(note));
    fill_fields(actions, compiled, root, verdict);
    if (actions.service) verdict.service = actions.service;
}

/// Whether a rule that lets the event name its service finds one.
bool finds_service(const RuleActions& actions,
                   const CompiledActions& compiled,
                   const EventValue& root,
                   const RuleFacts& facts,
                   Verdict& verdict) {
    const auto* value = at_path(root, *compiled.route_source);
    auto text = value ? extracted(*compiled.route_pattern, *value, facts.work) : std::nullopt;
    if (text && !text->empty()) verdict.service = facts.find_service(actions.dynamic_route_to->lookup_by, *text);
    return verdict.service.has_value();
}

/// One set; the next one, if a rule leads there.
std::optional<std::size_t>
run_set(const CompiledPath& path, std::size_t set, EventValue& root, const RuleFacts& facts, Verdict& verdict) {
    const auto& rules = path.path.sets[set].rules;
    const auto is_spent = [&] { return facts.work && facts.work->is_spent; };
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].disabled) continue;
        const auto& compiled = path.sets[set][i];
        TraceStep step{&path, set, i, false, {}, false};
        step.matched = matches(compiled, rules[i].id, root, facts, step.conditions);
        if (step.matched && compiled.actions.route_source)
            step.matched = finds_service(rules[i].actions, compiled.actions, root, facts, verdict);
        step.is_spent = is_spent();
        verdict.trace.push_back(std::move(step));
        if (!verdict.trace.back().matched) continue;
        act(rules[i].actions, compiled.actions, &rules[i], root, verdict, facts.work);
        return compiled.actions.next_set;
    }
    verdict.trace.push_back({&path, set, std::nullopt, true, {}, is_spent()});
    act(path.path.catch_all, path.catch_all, nullptr, root, verdict, facts.work);
    return std::nullopt;
}

void describe_fields(const RuleActions& actions, std::vector<std::string>& did) {
    for (const auto& variable : actions.variables) did.push_back("looked for the variable " + variable.name);
    for (const auto& extraction : actions.extractions) did.push_back("set " + extraction.target);
    if (actions.severity) did.push_back(fmt::format("set the severity to {}", text_of(*actions.severity)));
    if (actions.event_action) did.push_back(fmt::format("made it a {}", text_of(*actions.event_action)));
}

/// What the actions do, in words that go on after "it".
std::vector<std::string> words_of(PathType type, const RuleActions& actions) {
    std::vector<std::string> did;
    describe_fields(actions, did);
    if (actions.drop_event.value_or(false)) did.emplace_back("dropped it");
    if (actions.suppress.value_or(false)) did.emplace_back("suppressed it");
    if (actions.suspend) did.push_back(fmt::format("held it for {} seconds", *actions.suspend));
    if (actions.priority) did.emplace_back("set the priority");
    if (actions.escalation_policy) did.emplace_back("chose the escalation policy");
    if (actions.annotate) did.emplace_back("added a note");
    if (auto count = actions.incident_custom_field_updates.size())
        did.push_back(count == 1 ? "filled a custom field" : fmt::format("filled {} custom fields", count));
    if (actions.service || actions.dynamic_route_to) did.emplace_back("chose the service");
    if (actions.route_to && type == PathType::router) did.emplace_back("left it without a service");
    if (actions.route_to && type != PathType::router) did.push_back("went on to the set " + *actions.route_to);
    return did;
}

}  // namespace

const OrchestrationRule* TraceStep::stored_rule() const { return rule ? &path->path.sets[set].rules[*rule] : nullptr; }

const RuleActions& TraceStep::actions() const { return rule ? stored_rule()->actions : path->path.catch_all; }

void run(const CompiledPath& path, EventValue& root, const RuleFacts& facts, Verdict& verdict) {
    // Sets form no circle: see compile.
    for (std::optional<std::size_t> set = 0; set && !verdict.dropped;) set = run_set(path, *set, root, facts, verdict);
}

bool applies(const CompiledCacheVariable& variable, const EventValue& root, Timestamp now, RuleWork& work) {
    RecentCounts none;
    const std::string no_name;
    return variable.conditions.empty() || std::ranges::any_of(variable.conditions, [&](const PclCondition& condition) {
               return condition.holds({root, now, none, no_name, &work});
           });
}

std::optional<EventValue>
recent_value(const CompiledCacheVariable& variable, const EventValue& root, Timestamp now, RuleWork& work) {
    if (!variable.pattern || !applies(variable, root, now, work)) return std::nullopt;
    const auto* value = at_path(root, *variable.source);
    auto found = value ? extracted(*variable.pattern, *value, &work) : std::nullopt;
    if (!found) return std::nullopt;
    cut_to_bytes(*found, rule_text_max);
    return EventValue{std::move(*found)};
}

std::vector<RuleDecision> decisions_of(const Verdict& verdict) {
    std::vector<RuleDecision> out;
    for (const auto& step : verdict.trace) {
        if (!step.matched) continue;
        auto type = step.path->path.type;
        auto did = words_of(type, step.actions());
        if (step.is_spent) did.emplace_back("did not look at what is left of the conditions, which ask for too much");
        const auto* rule = step.stored_rule();
        // A catch-all that does nothing is not worth a word.
        if (!rule && did.empty()) continue;
        out.push_back({type,
                       step.path->path.version,
                       step.path->path.sets[step.set].id,
                       rule ? rule->id : std::string{},
                       rule ? rule->label : std::nullopt,
                       std::move(did)});
    }
    return out;
}

}  // namespace callboard
