#include "http/rest_v2/orchestration_rules.h"

#include "base/secret.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>

#include <fmt/format.h>

namespace callboard::http {

namespace {

// Which actions a path takes: REST, the schemas of the four paths.
struct ActionRule {
    std::string_view name;
    bool global;
    bool router;
    bool unrouted;
    bool service;
};

constexpr std::array action_rules{std::to_array<ActionRule>({
    {"route_to", true, true, true, true},
    {"dynamic_route_to", false, true, false, false},
    {"drop_event", true, false, false, false},
    {"suppress", true, false, false, true},
    {"suspend", true, false, false, true},
    {"severity", true, false, true, true},
    {"event_action", true, false, true, true},
    {"priority", true, false, false, true},
    {"escalation_policy", true, false, false, true},
    {"annotate", true, false, false, true},
    {"variables", true, false, true, true},
    {"extractions", true, false, true, true},
    {"incident_custom_field_updates", true, false, false, true},
    {"pagerduty_automation_actions", false, false, false, true},
})};

bool takes(PathType type, const ActionRule& rule) {
    switch (type) {
    case PathType::global: return rule.global;
    case PathType::router: return rule.router;
    case PathType::unrouted: return rule.unrouted;
    case PathType::service: return rule.service;
    }
    return false;
}

/// Clients name every action there is and leave empty what they do not mean.
bool says_nothing(const json::value* value) {
    if (!value || value->is_null()) return true;
    if (const auto* text = value->if_string()) return text->empty();
    if (const auto* flag = value->if_bool()) return !*flag;
    if (const auto* list = value->if_array()) return list->empty();
    return false;
}

/// Empty is the same as not sent.
bool filled_text(Fields& fields, std::string_view name, std::optional<std::string>& target, std::size_t max) {
    target.reset();
    if (says_nothing(fields.raw(name))) return false;
    return fields.text(name, target, {.max = max});
}

template <class E>
void read_choice(Fields& fields, std::string_view name, std::optional<E>& target) {
    target.reset();
    E value{};
    if (!says_nothing(fields.raw(name)) && fields.choice(name, value)) target = value;
}

/// An id as a plain text.
template <class T>
void read_id(Fields& fields, std::string_view name, std::optional<decltype(T::id)>& target) {
    target.reset();
    decltype(T::id) id;
    if (!says_nothing(fields.raw(name)) && fields.reference<T>(name, id)) target = id;
}

/// The elements of a list of actions, each read by `read(Fields&, Row&)`.
template <class Row, class Read>
void read_list(Fields& fields, std::string_view name, std::vector<Row>& rows, Read read) {
    rows.clear();
    auto elements = fields.elements(name);
    if (elements.size() > actions_per_rule_max) fields.problem(name, "has more than 50 elements");
    for (auto& element : elements) {
        read(element, rows.emplace_back());
        fields.adopt(element);
    }
}

void read_extraction(Fields& fields, RuleExtraction& extraction) {
    fields.text("target", extraction.target, {.required = true, .max = rule_text_max});
    bool by_template = filled_text(fields, "template", extraction.template_, template_max);
    bool by_regex = filled_text(fields, "regex", extraction.regex, rule_text_max);
    bool has_source = filled_text(fields, "source", extraction.source, rule_text_max);
    if (by_template && (by_regex || has_source)) fields.problem("template", "cannot stand beside a regex");
    if (!by_template && !(by_regex && has_source))
        fields.problem("template", "can't be blank where there is no regex with its source");
}

void read_dynamic_route(Fields& fields, std::optional<DynamicRoute>& route) {
    route.reset();
    auto inner = fields.nested("dynamic_route_to");
    if (!inner) return;
    route.emplace();
    inner->text("source", route->source, {.required = true, .max = rule_text_max});
    inner->text("regex", route->regex, {.required = true, .max = rule_text_max});
    inner->choice("lookup_by", route->lookup_by);
    fields.adopt(*inner);
}

void read_moments(Fields& fields, std::vector<AlertMoment>& moments) {
    const auto* list = fields.array("trigger_types", /*required=*/true);
    if (!list) return;
    for (const auto& element : *list) {
        const auto* text = element.if_string();
        auto moment = text ? parse_enum<AlertMoment>({text->data(), text->size()}) : std::nullopt;
        if (!moment) return fields.problem("trigger_types", "must be of: " + all_texts_of<AlertMoment>());
        moments.push_back(*moment);
    }
    if (moments.size() != 1) fields.problem("trigger_types", "must have exactly one element");
}

void read_route(Fields& fields, PathType type, RuleActions& actions) {
    actions.route_to.reset();
    actions.service.reset();
    if (says_nothing(fields.raw("route_to"))) return;
    std::string to;
    if (!fields.text("route_to", to, {.max = 255})) return;
    if (type != PathType::router || to == unrouted_route)
        actions.route_to = to;
    else
        read_id<Service>(fields, "route_to", actions.service);
}

void read_lists(Fields& fields, RuleActions& actions) {
    read_list(fields, "variables", actions.variables, [](Fields& element, RuleVariable& row) {
        element.text("name", row.name, {.required = true, .max = 255});
        element.text("path", row.path, {.required = true, .max = rule_text_max});
        element.choice("type", row.type);
        element.text("value", row.value, {.required = true, .max = rule_text_max});
    });
    read_list(fields, "extractions", actions.extractions, read_extraction);
    read_list(fields,
              "incident_custom_field_updates",
              actions.incident_custom_field_updates,
              [](Fields& element, FieldText& row) {
                  if (element.reference<CustomField>("id", row.field, /*required=*/true) &&
                      element.request().tx().find<CustomField>(row.field)->subject != FieldSubject::incident)
                      element.problem("id", "is no custom field of incidents");
                  element.text("value", row.text, {.max = template_max});
              });
    read_list(fields,
              "pagerduty_automation_actions",
              actions.pagerduty_automation_actions,
              [](Fields& element, AutomationAction& row) {
                  element.text("action_id", row.action_id, {.required = true, .max = 255});
                  read_moments(element, row.trigger_types);
              });
}

void read_actions(Fields& fields, PathType type, bool catch_all, RuleActions& actions) {
    for (const auto& rule : action_rules) {
        // REST reports `suppress` for events without a route, whose alerts never have an incident.
        bool fixed = type == PathType::unrouted && catch_all && rule.name == "suppress";
        if (!takes(type, rule) && !fixed && !says_nothing(fields.raw(rule.name)))
            fields.problem(rule.name, fmt::format("is not an action of {} rules", text_of(type)));
    }
    if (!says_nothing(fields.raw("automation_actions")))
        fields.problem("automation_actions", "are not sent by Callboard; use a webhook subscription");
    read_route(fields, type, actions);
    read_dynamic_route(fields, actions.dynamic_route_to);
    auto read_flag = [&](std::string_view name, std::optional<bool>& target) {
        target.reset();
        bool value = false;
        if (fields.flag(name, value)) target = value;
    };
    read_flag("drop_event", actions.drop_event);
    read_flag("suppress", actions.suppress);
    if (type == PathType::unrouted && catch_all) actions.suppress = true;
    actions.suspend.reset();
    fields.number("suspend", actions.suspend, {.min = 0, .max = suspend_max_seconds});
    if (actions.suspend == 0) actions.suspend.reset();
    read_choice(fields, "severity", actions.severity);
    read_choice(fields, "event_action", actions.event_action);
    read_id<Priority>(fields, "priority", actions.priority);
    read_id<EscalationPolicy>(fields, "escalation_policy", actions.escalation_policy);
    filled_text(fields, "annotate", actions.annotate, template_max);
    read_lists(fields, actions);
}

bool is_rule_id(std::string_view id) {
    return id.size() == 8 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void read_rule(Fields& fields, PathType type, OrchestrationRule& rule) {
    fields.text("id", rule.id);
    filled_text(fields, "label", rule.label, rule_text_max);
    read_conditions(fields, rule.conditions);
    fields.flag("disabled", rule.disabled);
    if (auto actions = fields.nested("actions")) {
        read_actions(*actions, type, /*catch_all=*/false, rule.actions);
        fields.adopt(*actions);
    }
}

void read_sets(Fields& fields, OrchestrationPath& path) {
    path.sets.clear();
    std::size_t rules = 0;
    std::set<std::string> ids;
    for (auto& set : fields.elements("sets", /*required=*/true)) {
        auto& row = path.sets.emplace_back();
        set.text("id", row.id, {.required = true, .max = 255});
        auto elements = set.elements("rules");
        rules += elements.size();
        if (rules > rules_per_path_max) return fields.problem("sets", "have more than 1000 rules");
        for (auto& element : elements) {
            auto& rule = row.rules.emplace_back();
            read_rule(element, path.type, rule);
            if (!is_rule_id(rule.id) || !ids.insert(rule.id).second) {
                rule.id = random_hex().substr(0, 8);
                ids.insert(rule.id);
            }
            set.adopt(element);
        }
        fields.adopt(set);
    }
    if (path.sets.size() > sets_per_path_max) fields.problem("sets", "are more than 100");
}

json::array variables_array(const std::vector<RuleVariable>& variables) {
    json::array out;
    for (const auto& row : variables)
        out.push_back({{"name", row.name}, {"path", row.path}, {"type", text_of(row.type)}, {"value", row.value}});
    return out;
}

json::array extractions_array(const std::vector<RuleExtraction>& extractions) {
    json::array out;
    for (const auto& row : extractions) {
        json::object object{{"target", row.target}};
        if (row.template_) object["template"] = *row.template_;
        if (row.source) object["source"] = *row.source;
        if (row.regex) object["regex"] = *row.regex;
        out.emplace_back(std::move(object));
    }
    return out;
}

void write_lists(Wire& wire, const RuleActions& actions, json::object& out) {
    if (!actions.variables.empty()) out["variables"] = variables_array(actions.variables);
    if (!actions.extractions.empty()) out["extractions"] = extractions_array(actions.extractions);
    json::array updates;
    for (const auto& row : actions.incident_custom_field_updates)
        updates.push_back({{"id", wire.id(row.field)}, {"value", row.text}});
    if (!updates.empty()) out["incident_custom_field_updates"] = std::move(updates);
    json::array automation;
    for (const auto& row : actions.pagerduty_automation_actions) {
        json::array moments;
        for (auto moment : row.trigger_types) moments.emplace_back(text_of(moment));
        automation.push_back({{"action_id", row.action_id}, {"trigger_types", std::move(moments)}});
    }
    if (!automation.empty()) out["pagerduty_automation_actions"] = std::move(automation);
}

json::object rule_object(Wire& wire, const OrchestrationRule& rule) {
    json::object out;
    out["id"] = rule.id;
    out["label"] = text_or_null(rule.label);
    out["conditions"] = conditions_array(rule.conditions);
    out["actions"] = rule_actions_object(wire, rule.actions);
    out["disabled"] = rule.disabled;
    return out;
}

}  // namespace

void read_conditions(Fields& fields, std::vector<RuleCondition>& conditions) {
    auto elements = fields.elements("conditions");
    if (!fields.sent("conditions")) return;
    conditions.clear();
    if (elements.size() > conditions_per_rule_max) fields.problem("conditions", "are more than 100");
    for (auto& element : elements) {
        element.text("expression", conditions.emplace_back().expression, {.required = true});
        fields.adopt(element);
    }
}

void read_orchestration_path(Fields& fields, OrchestrationPath& path) {
    if (fields.sent("sets")) read_sets(fields, path);
    auto catch_all = fields.nested("catch_all");
    if (!catch_all) return;
    if (auto actions = catch_all->nested("actions")) {
        read_actions(*actions, path.type, /*catch_all=*/true, path.catch_all);
        fields.adopt(*actions);
    }
    fields.adopt(*catch_all);
}

void check_orchestration_path(Fields& fields, const OrchestrationPath& path) {
    if (!fields.problems().empty()) return;
    const auto compilation = compile(path);
    for (const auto* found : {&compilation.problems, &compilation.excesses})
        for (const auto& problem : *found) fields.problem(problem.place, problem.what);
}

json::array conditions_array(const std::vector<RuleCondition>& conditions) {
    json::array out;
    for (const auto& condition : conditions) out.emplace_back(json::object{{"expression", condition.expression}});
    return out;
}

json::object rule_actions_object(Wire& wire, const RuleActions& actions) {
    json::object out;
    if (actions.route_to) out["route_to"] = *actions.route_to;
    if (actions.service) out["route_to"] = wire.id(*actions.service);
    if (const auto& route = actions.dynamic_route_to)
        out["dynamic_route_to"] =
            json::object{{"source", route->source}, {"regex", route->regex}, {"lookup_by", text_of(route->lookup_by)}};
    if (actions.drop_event) out["drop_event"] = *actions.drop_event;
    if (actions.suppress) out["suppress"] = *actions.suppress;
    if (actions.suspend) out["suspend"] = *actions.suspend;
    if (actions.severity) out["severity"] = text_of(*actions.severity);
    if (actions.event_action) out["event_action"] = text_of(*actions.event_action);
    if (actions.priority) out["priority"] = wire.id(*actions.priority);
    if (actions.escalation_policy) out["escalation_policy"] = wire.id(*actions.escalation_policy);
    if (actions.annotate) out["annotate"] = *actions.annotate;
    write_lists(wire, actions, out);
    return out;
}

json::object orchestration_path_object(Wire& wire, const OrchestrationPath& path) {
    json::object out;
    out["type"] = text_of(path.type);
    auto parent = path.service ? wire.service_ref(*path.service) : orchestration_ref(wire, *path.orchestration);
    auto self = path.service
                    ? fmt::format("/event_orchestrations/services/{}", wire.id(*path.service))
                    : fmt::format("/event_orchestrations/{}/{}", wire.id(*path.orchestration), text_of(path.type));
    out["parent"] = std::move(parent);
    out["self"] = wire.request.site.api(self);
    json::array sets;
    for (const auto& set : path.sets) {
        json::array rules;
        for (const auto& rule : set.rules) rules.emplace_back(rule_object(wire, rule));
        sets.push_back({{"id", set.id}, {"rules", std::move(rules)}});
    }
    out["sets"] = std::move(sets);
    out["catch_all"] = json::object{{"actions", rule_actions_object(wire, path.catch_all)}};
    out["created_at"] = wire.time(path.created_at);
    out["created_by"] = user_or_null(wire, path.created_by);
    out["updated_at"] = wire.time(path.updated_at);
    out["updated_by"] = user_or_null(wire, path.updated_by);
    out["version"] = std::to_string(path.version);
    return out;
}

json::value user_or_null(Wire& wire, const std::optional<UserId>& user) {
    return user ? json::value(wire.user_ref(*user)) : json::value(nullptr);
}

std::optional<UserId> acting_user(Request& request) {
    auto requester = request.requester();
    return requester ? std::optional{requester->id} : std::nullopt;
}

json::object orchestration_ref(Wire& wire, EventOrchestrationId id) {
    auto row = wire.tx().find_even_deleted<EventOrchestration>(id);
    auto path = "/event_orchestrations/" + wire.id(id);
    return wire.head(wire.id(id), "event_orchestration_reference", row ? row->name : "", path, path);
}

}  // namespace callboard::http
