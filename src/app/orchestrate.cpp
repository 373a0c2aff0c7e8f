#include "app/orchestrate.h"

#include "app/orchestrations.h"
#include "app/stored_json.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

namespace callboard {

namespace {

namespace json = boost::json;

constexpr std::size_t forgotten_at_once = 500;

/// The members of a document, in its order: Event::document.
constexpr std::array<std::string_view, 10> document_members{
    "client", "client_url", "source", "component", "group", "class", "timestamp", "custom_details", "links", "images"};

// --- between texts and trees
// ------------------------------------------------------------------------------------------

/// Without NUL, which PostgreSQL's text cannot hold and no sender means.
EventValue text_value(std::string_view text) {
    std::string out{text};
    std::erase(out, '\0');
    return EventValue{std::move(out)};
}

EventValue value_of(const json::value& value) {
    switch (value.kind()) {
    case json::kind::null: return {};
    case json::kind::bool_: return EventValue{value.get_bool()};
    case json::kind::int64: return EventValue{value.get_int64()};
    case json::kind::uint64: return EventValue{static_cast<double>(value.get_uint64())};
    case json::kind::double_: return EventValue{value.get_double()};
    case json::kind::string: return text_value({value.get_string().data(), value.get_string().size()});
    case json::kind::array: {
        EventList list;
        for (const auto& element : value.get_array()) list.push_back(value_of(element));
        return EventValue{std::move(list)};
    }
    case json::kind::object: {
        EventObject object;
        for (const auto& [name, member] : value.get_object()) object.emplace_back(std::string{name}, value_of(member));
        return EventValue{std::move(object)};
    }
    }
    return {};
}

EventValue parsed(const std::string& text) { return value_of(parse_stored(text)); }

/// `event` of rules: the common event format, and what else is known of the event.
EventValue tree_of(const Event& event) {
    auto tree = event.document.empty() ? EventValue{EventObject{}} : parsed(event.document);
    auto set = [&](std::string_view name, std::string_view text) {
        tree.member_or_new(name) = EventValue{std::string{text}};
    };
    // One that resolves or acknowledges need not have more than its key.
    if (!event.summary.empty()) {
        set("summary", event.summary);
        set("severity", text_of(event.severity));
    }
    set("dedup_key", event.dedup_key);
    set("event_action", text_of(event.action));
    return tree;
}

/// The same in the form of a body of Events v2.
EventValue body_of(const EventValue& event) {
    EventObject payload;
    EventObject body;
    for (const auto* name : {"event_action", "dedup_key", "client", "client_url", "links", "images"})
        if (const auto* value = event.member(name)) body.emplace_back(name, *value);
    for (const auto* name :
         {"summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"})
        if (const auto* value = event.member(name)) payload.emplace_back(name, *value);
    if (!payload.empty()) body.emplace_back("payload", EventValue{std::move(payload)});
    return EventValue{std::move(body)};
}

void cut(std::string& text, std::size_t chars) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && ++seen > chars) return text.resize(i);
}

std::string document_of(const EventValue& tree) {
    EventObject members;
    for (auto name : document_members)
        if (const auto* value = tree.member(name)) members.emplace_back(name, *value);
    std::string out;
    append_json(out, EventValue{std::move(members)});
    return out;
}

/// What rules made of it; a field that would not be valid stays as it was.
void take_over(const EventValue& tree, Event& event) {
    auto text = [&](std::string_view name) {
        const auto* value = tree.member(name);
        return value ? text_of(*value) : std::string{};
    };
    if (auto summary = text("summary"); !is_blank(summary)) {
        cut(summary, summary_max_chars);
        event.summary = std::move(summary);
    }
    if (auto key = text("dedup_key"); !is_blank(key)) {
        cut(key, dedup_key_max_chars);
        event.dedup_key = std::move(key);
    }
    event.severity = parse_enum<Severity>(text("severity")).value_or(event.severity);
    event.action = parse_enum<EventAction>(text("event_action")).value_or(event.action);
    // An event that was to end a problem, and opens one by a rule, need not have had more than its key.
    if (is_blank(event.summary)) event.summary = event.dedup_key;
    if (auto document = document_of(tree); document.size() <= event_body_max_bytes)
        event.document = std::move(document);
}

// --- what is remembered
// -----------------------------------------------------------------------------------------------

std::string text_of_count(const RecentCount& count) {
    json::array counts;
    for (auto value : count.counts) counts.emplace_back(value);
    return json::serialize(json::array{count.newest, std::move(counts)});
}

RecentCount count_of(const std::string& text) {
    RecentCount count;
    auto value = parse_stored(text).as_array();
    count.newest = value.at(0).as_int64();
    const auto& counts = value.at(1).as_array();
    for (std::size_t i = 0; i < count.counts.size() && i < counts.size(); ++i) count.counts[i] = counts[i].as_int64();
    return count;
}

class Pass {
public:
    Pass(Tx& tx, const RuleSources& sources, const Event& event) : tx_(tx), sources_(sources), received_(event) {
        out_.event = event;
        out_.service = sources.service;
    }

    RuledEvent run() {
        auto tree = tree_of(received_);
        root_.member_or_new("event") = tree;
        raw_ = body_of(tree);
        if (sources_.orchestration) pass_orchestration(*sources_.orchestration);
        const auto* service = out_.service && !out_.verdict.dropped ? sources_.of_service(*out_.service) : nullptr;
        if (service) {
            set_variables(service->variables);
            pass(service->path);
        }
        if (const auto& after = root_.member_or_new("event"); after != tree) take_over(after, out_.event);
        conclude();
        return std::move(out_);
    }

private:
    void pass_orchestration(const OrchestrationRules& rules) {
        set_variables(rules.variables);
        pass(rules.global);
        if (out_.verdict.dropped) return;
        pass(rules.router);
        out_.service = out_.verdict.service;
        // A rule may name a service that was deleted since.
        if (out_.service && !tx_.find<Service>(*out_.service)) out_.service.reset();
        if (!out_.service) pass(rules.unrouted);
    }

    void pass(const Rules& rules) {
        RecentCounts counts;
        const auto* action = root_.member_or_new("event").member("event_action");
        counts.counting = action && text_of(*action) == "trigger";
        if (rules->counts) load_counts(rules->path.id, counts);
        if (rules->looks_at_raw_event && !root_.member("raw_event")) root_.member_or_new("raw_event") = raw_;
        auto find_service = [&](RouteLookup by, const std::string& text) { return service_named(by, text); };
        const auto before = counts.by_name;
        callboard::run(*rules, root_, {tx_.now(), counts, find_service, &work_}, out_.verdict);
        for (const auto& [name, count] : counts.by_name)
            if (auto known = before.find(name); known == before.end() || known->second != count)
                out_.memory.push_back({rules->path.id.value, name, text_of_count(count), std::nullopt});
    }

    void load_counts(OrchestrationPathId path, RecentCounts& counts) {
        for (const auto& row : tx_.list(Query<OrchestrationValue>().where(&OrchestrationValue::owner, path.value)))
            counts.by_name[row.name] = count_of(row.value);
    }

    std::optional<ServiceId> service_named(RouteLookup by, const std::string& text) {
        if (by == RouteLookup::service_id) return id_lookup(text);
        auto found = tx_.first(Query<Service>().where_same_text(&Service::name, text));
        return found && may_be_found(*found) ? std::optional{found->id} : std::nullopt;
    }

    /// An event that names its service itself speaks for whoever wrote the rule: services of a private team exist for
    /// that team's own orchestrations only.
    bool may_be_found(const Service& service) {
        auto policy = tx_.find<EscalationPolicy>(service.escalation_policy);
        auto team = policy && policy->team ? tx_.find<Team>(*policy->team) : std::nullopt;
        if (!team || team->default_role != TeamDefaultRole::none) return true;
        return sources_.orchestration && sources_.orchestration->orchestration.team == team->id;
    }

    std::optional<ServiceId> id_lookup(const std::string& text) {
        auto key = tx_.setting("ids.key");
        if (!key) return std::nullopt;
        auto id = PublicIds(std::stoull(*key)).parse<ServiceId>(text);
        auto found = id ? tx_.find<Service>(*id) : std::nullopt;
        return found && may_be_found(*found) ? id : std::nullopt;
    }

    /// The variables of whoever's rules come next, this event included.
    void set_variables(const std::vector<CompiledCacheVariable>& variables) {
        EventObject values;
        for (const auto& variable : variables) {
            auto value = variable_after(variable);
            if (!value.is_nil()) values.emplace_back(variable.variable.name, std::move(value));
        }
        root_.member_or_new("cache_var") = EventValue{std::move(values)};
    }

    EventValue variable_after(const CompiledCacheVariable& variable) {
        auto stored = callboard::value_of(tx_, variable.variable);
        switch (variable.variable.type) {
        case CacheVariableType::external_data: break;
        case CacheVariableType::recent_value:
            if (auto value = recent_value(variable, root_, tx_.now(), work_)) {
                std::string text;
                append_json(text, *value);
                out_.memory.push_back({variable.variable.id.value, "", std::move(text), std::nullopt});
                return std::move(*value);
            }
            break;
        case CacheVariableType::trigger_event_count: return EventValue{count_triggers(variable, stored)};
        }
        return stored ? parsed(stored->value) : EventValue{};
    }

    std::int64_t count_triggers(const CompiledCacheVariable& variable,
                                const std::optional<OrchestrationValue>& stored) {
        seconds span{variable.variable.ttl_seconds.value_or(1)};
        auto count = stored ? count_of(stored->value) : RecentCount{};
        if (received_.action == EventAction::trigger && applies(variable, root_, tx_.now(), work_)) {
            count.add(tx_.now(), span);
            out_.memory.push_back({variable.variable.id.value, "", text_of_count(count), tx_.now() + span});
        }
        return count.total(tx_.now(), span);
    }

    void conclude() {
        auto& event = out_.event;
        const auto& verdict = out_.verdict;
        bool opens = event.action == EventAction::trigger;
        if (verdict.dropped)
            out_.disposition = Disposition::drop;
        else if (!opens)
            out_.disposition = Disposition::trigger;
        else if (!out_.service)
            out_.disposition = Disposition::unrouted;
        else if (verdict.suppressed)
            out_.disposition = Disposition::suppress;
        else if (verdict.suspend)
            out_.disposition = Disposition::suspend;
        if (verdict.suppressed) event.suppressed_by = name_of(verdict.suppressed_by);
        if (verdict.suspend) event.suspended_for = seconds{*verdict.suspend};
        if (verdict.orders != IncidentOrders{}) event.orders = verdict.orders;
        auto& record = out_.record;
        if (sources_.orchestration) record.orchestration = sources_.orchestration->orchestration.id;
        record.service = out_.service;
        record.action = event.action;
        record.dedup_key = event.dedup_key;
        record.summary = event.summary;
        record.disposition = out_.disposition;
        record.decisions = decisions_of(verdict);
        append_json(record.event, raw_);
        if (record.event.size() > kept_event_max) record.event.clear();
    }

    static std::string name_of(const OrchestrationRule* rule) {
        if (!rule) return "catch-all";
        return rule->label.value_or(rule->id);
    }

    Tx& tx_;
    const RuleSources& sources_;
    const Event& received_;
    EventValue root_;
    EventValue raw_;
    RuleWork work_;
    RuledEvent out_;
};

}  // namespace

RuledEvent apply_rules(Tx& tx, const RuleSources& sources, const Event& event) {
    return Pass(tx, sources, event).run();
}

void remember(Tx& tx, const std::vector<RuleMemory>& memory) {
    for (const auto& item : memory) {
        auto row = tx.first(Query<OrchestrationValue>()
                                .where(&OrchestrationValue::owner, item.owner)
                                .where(&OrchestrationValue::name, item.name));
        bool known = row.has_value();
        if (!known) row.emplace().id = tx.new_id<OrchestrationValueId>();
        row->owner = item.owner;
        row->name = item.name;
        row->value = item.value;
        row->updated_at = tx.now();
        row->expires_at = item.expires_at;
        if (known)
            tx.update(*row);
        else
            tx.insert(*row);
    }
}

std::string event_body(const Event& event) {
    std::string out;
    append_json(out, body_of(tree_of(event)));
    return out;
}

bool forget_old_orchestrated_events(Tx& tx) {
    OrchestratedEventId first_kept{IdSource::first_of(tx.now() - orchestrated_events_kept)};
    auto old = tx.list(Query<OrchestratedEvent>()
                           .below(&OrchestratedEvent::id, first_kept)
                           .order_by(&OrchestratedEvent::id)
                           .page(forgotten_at_once));
    for (const auto& row : old) tx.erase<OrchestratedEvent>(row.id);
    return old.size() == forgotten_at_once;
}

}  // namespace callboard
