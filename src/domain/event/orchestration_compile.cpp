#include "domain/event/orchestration_run.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

namespace callboard {

namespace {

/// What rules may set: the common event format, and the key.
constexpr std::array<std::string_view, 11> settable{"summary",
                                                    "source",
                                                    "severity",
                                                    "timestamp",
                                                    "component",
                                                    "group",
                                                    "class",
                                                    "custom_details",
                                                    "dedup_key",
                                                    "client",
                                                    "client_url"};

class Compiler {
public:
    std::vector<RuleProblem> problems;
    std::vector<RuleProblem> excesses;

    void problem(std::string place, std::string what) { problems.push_back({std::move(place), std::move(what)}); }

    std::vector<PclCondition> conditions(const std::string& place, const std::vector<RuleCondition>& texts) {
        std::vector<PclCondition> out;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            auto parsed = PclCondition::parse(texts[i].expression);
            auto at = fmt::format("{}conditions[{}].expression", place, i);
            if (auto* condition = std::get_if<PclCondition>(&parsed)) {
                if (condition->is_too_complicated())
                    excesses.push_back({at, "has a regular expression that is too complicated"});
                out.push_back(std::move(*condition));
            } else {
                problem(std::move(at), std::get<PclProblem>(parsed).sentence());
            }
        }
        return out;
    }

    FieldPath path(const std::string& place, std::string_view text) {
        auto found = parse_path(text);
        if (found && is_rule_root(found->root())) return std::move(*found);
        problem(place, "is no path such as event.custom_details.host");
        return {};
    }

    std::optional<Pattern> pattern(const std::string& place, std::string_view text) {
        auto found = Pattern::extraction(text);
        if (auto* pattern = std::get_if<Pattern>(&found)) {
            if (pattern->is_too_complicated()) excesses.push_back({place, "is too complicated"});
            return std::move(*pattern);
        }
        problem(place, "is not a regular expression of RE2: " + std::get<Pattern::Problem>(found).what);
        return std::nullopt;
    }

    FieldPath target(const std::string& place, std::string_view text) {
        auto found = path(place, text);
        if (found.steps.empty()) return found;
        const auto* field = found.steps.size() > 1 ? std::get_if<std::string>(&found.steps[1]) : nullptr;
        bool known = found.root() == "event" && field && std::ranges::find(settable, *field) != settable.end();
        bool deep = found.steps.size() > 2;
        if (!known || (deep && *field != "custom_details"))
            problem(place, "is not a field that rules can set: event.summary, event.custom_details.host and so on");
        return found;
    }

    CompiledActions actions(const std::string& place, const RuleActions& actions) {
        CompiledActions out;
        for (std::size_t i = 0; i < actions.variables.size(); ++i) {
            const auto& row = actions.variables[i];
            auto at = fmt::format("{}variables[{}].", place, i);
            auto source = path(at + "path", row.path);
            if (auto compiled = pattern(at + "value", row.value))
                out.variables.push_back({row.name, std::move(source), std::move(*compiled)});
        }
        for (std::size_t i = 0; i < actions.extractions.size(); ++i)
            out.extractions.push_back(extraction(fmt::format("{}extractions[{}].", place, i), actions.extractions[i]));
        if (actions.annotate) out.note = RuleTemplate::parse(*actions.annotate);
        for (const auto& field : actions.incident_custom_field_updates)
            out.fields.push_back(RuleTemplate::parse(field.text));
        if (const auto& route = actions.dynamic_route_to) {
            out.route_source = path(place + "dynamic_route_to.source", route->source);
            out.route_pattern = pattern(place + "dynamic_route_to.regex", route->regex);
        }
        return out;
    }

private:
    CompiledExtraction extraction(const std::string& place, const RuleExtraction& row) {
        CompiledExtraction out;
        out.target = target(place + "target", row.target);
        if (row.template_) {
            out.by_template = RuleTemplate::parse(*row.template_);
        } else if (row.source && row.regex) {
            out.source = path(place + "source", *row.source);
            out.pattern = pattern(place + "regex", *row.regex);
        }
        return out;
    }
};

std::string place_of(std::size_t set, std::size_t rule) { return fmt::format("sets[{}].rules[{}].", set, rule); }

/// The sets by id, the first being "start".
std::map<std::string, std::size_t> sets_by_id(const OrchestrationPath& path, Compiler& compiler) {
    std::map<std::string, std::size_t> by_id;
    for (std::size_t i = 0; i < path.sets.size(); ++i)
        if (!by_id.try_emplace(path.sets[i].id, i).second)
            compiler.problem(fmt::format("sets[{}].id", i), "has already been taken");
    if (path.sets.empty() || path.sets.front().id != start_set)
        compiler.problem("sets", "must begin with the set \"start\"");
    if (path.type == PathType::router && path.sets.size() > 1) compiler.problem("sets", "of a router are one");
    return by_id;
}

/// An event that could come back to a set would go around for ever.
void refuse_circles(const CompiledPath& compiled, Compiler& compiler) {
    enum class Mark { fresh, open, done };
    std::vector<Mark> marks(compiled.sets.size(), Mark::fresh);
    std::function<void(std::size_t)> visit = [&](std::size_t set) {
        marks[set] = Mark::open;
        for (std::size_t i = 0; i < compiled.sets[set].size(); ++i) {
            auto next = compiled.sets[set][i].actions.next_set;
            if (!next || marks[*next] == Mark::done) continue;
            if (marks[*next] == Mark::open)
                compiler.problem(place_of(set, i) + "actions.route_to", "leads back to a set that the event was in");
            else
                visit(*next);
        }
        marks[set] = Mark::done;
    };
    for (std::size_t set = 0; set < marks.size(); ++set)
        if (marks[set] == Mark::fresh) visit(set);
}

void check_router_rule(const OrchestrationPath& path, std::size_t i, Compiler& compiler) {
    const auto& rule = path.sets.front().rules[i];
    auto place = place_of(0, i);
    bool dynamic = rule.actions.dynamic_route_to.has_value();
    bool fixed = rule.actions.service || rule.actions.route_to;
    if (dynamic && i > 0) compiler.problem(place + "actions.dynamic_route_to", "can only be in the first rule");
    if (dynamic && (fixed || !rule.conditions.empty()))
        compiler.problem(place + "actions.dynamic_route_to", "cannot stand beside conditions or route_to");
    if (!dynamic && !fixed) compiler.problem(place + "actions.route_to", "can't be blank");
}

bool looks_at_raw_event(const CompiledActions& actions) {
    auto raw = [](const FieldPath& path) { return !path.steps.empty() && path.root() == "raw_event"; };
    return std::ranges::any_of(actions.variables, raw, &CompiledVariable::path) ||
           std::ranges::any_of(actions.extractions,
                               [&](const CompiledExtraction& row) {
                                   return raw(row.source) ||
                                          (row.by_template && row.by_template->looks_at("raw_event"));
                               }) ||
           (actions.note && actions.note->looks_at("raw_event")) ||
           std::ranges::any_of(actions.fields, [](const RuleTemplate& text) { return text.looks_at("raw_event"); }) ||
           (actions.route_source && raw(*actions.route_source));
}

void note_what_it_looks_at(CompiledPath& compiled) {
    compiled.looks_at_raw_event = looks_at_raw_event(compiled.catch_all);
    for (const auto& set : compiled.sets) {
        for (const auto& rule : set) {
            for (const auto& condition : rule.conditions) {
                compiled.counts = compiled.counts || condition.counts();
                compiled.looks_at_raw_event = compiled.looks_at_raw_event || condition.looks_at("raw_event");
            }
            compiled.looks_at_raw_event = compiled.looks_at_raw_event || looks_at_raw_event(rule.actions);
        }
    }
}

}  // namespace

RuleTemplate RuleTemplate::parse(std::string_view text) {
    RuleTemplate out;
    std::string plain;
    while (!text.empty()) {
        auto open = text.find("{{");
        auto close = open == std::string_view::npos ? open : text.find("}}", open);
        if (close == std::string_view::npos) break;
        plain += text.substr(0, open);
        auto inner = text.substr(open + 2, close - open - 2);
        while (inner.starts_with(' ')) inner.remove_prefix(1);
        while (inner.ends_with(' ')) inner.remove_suffix(1);
        auto path = parse_path(inner);
        if (path && is_rule_root(path->root())) {
            if (!plain.empty()) out.parts_.emplace_back(std::move(plain));
            plain.clear();
            out.parts_.emplace_back(std::move(*path));
        } else {
            plain += text.substr(open, close + 2 - open);
        }
        text.remove_prefix(close + 2);
    }
    plain += text;
    if (!plain.empty()) out.parts_.emplace_back(std::move(plain));
    return out;
}

std::string RuleTemplate::fill(const EventValue& root) const {
    std::string out;
    for (const auto& part : parts_) {
        if (const auto* plain = std::get_if<std::string>(&part))
            out += *plain;
        else if (const auto* value = at_path(root, std::get<FieldPath>(part)))
            out += text_of(*value);
        if (out.size() > pcl_compared_max) break;
    }
    cut_to_bytes(out, pcl_compared_max);
    return out;
}

bool RuleTemplate::looks_at(std::string_view root) const {
    return std::ranges::any_of(parts_, [&](const auto& part) {
        const auto* path = std::get_if<FieldPath>(&part);
        return path && path->root() == root;
    });
}

Compilation compile(const OrchestrationPath& path) {
    Compiler compiler;
    auto compiled = std::make_shared<CompiledPath>();
    compiled->path = path;
    auto by_id = sets_by_id(path, compiler);
    auto next_set = [&](const RuleActions& actions, const std::string& place) -> std::optional<std::size_t> {
        if (!actions.route_to || path.type == PathType::router) return std::nullopt;
        auto found = by_id.find(*actions.route_to);
        if (found != by_id.end()) return found->second;
        compiler.problem(place + "route_to", "names no set of this path");
        return std::nullopt;
    };
    for (std::size_t s = 0; s < path.sets.size(); ++s) {
        auto& set = compiled->sets.emplace_back();
        for (std::size_t r = 0; r < path.sets[s].rules.size(); ++r) {
            const auto& rule = path.sets[s].rules[r];
            auto place = place_of(s, r);
            auto& out = set.emplace_back();
            out.conditions = compiler.conditions(place, rule.conditions);
            out.actions = compiler.actions(place + "actions.", rule.actions);
            out.actions.next_set = next_set(rule.actions, place + "actions.");
            if (path.type == PathType::router && s == 0) check_router_rule(path, r, compiler);
        }
    }
    compiled->catch_all = compiler.actions("catch_all.actions.", path.catch_all);
    if (path.catch_all.route_to && path.type != PathType::router)
        compiler.problem("catch_all.actions.route_to", "is for rules only");
    refuse_circles(*compiled, compiler);
    if (!compiler.problems.empty()) return {nullptr, std::move(compiler.problems), std::move(compiler.excesses)};
    note_what_it_looks_at(*compiled);
    return {std::move(compiled), {}, std::move(compiler.excesses)};
}

CacheVariableCompilation compile(const CacheVariable& variable) {
    Compiler compiler;
    CompiledCacheVariable out;
    out.variable = variable;
    out.conditions = compiler.conditions("", variable.conditions);
    for (std::size_t i = 0; i < out.conditions.size(); ++i)
        if (out.conditions[i].counts())
            compiler.problem(fmt::format("conditions[{}].expression", i), "cannot count in a cache variable");
    if (variable.type == CacheVariableType::recent_value) {
        out.source = compiler.path("configuration.source", variable.source);
        out.pattern = compiler.pattern("configuration.regex", variable.regex);
    }
    if (!compiler.problems.empty()) return {std::nullopt, std::move(compiler.problems), std::move(compiler.excesses)};
    return {std::move(out), {}, std::move(compiler.excesses)};
}

}  // namespace callboard
