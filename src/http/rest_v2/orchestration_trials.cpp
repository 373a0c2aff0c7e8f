// What rules would make of an event, and what they made of events: ours, for the console and for whoever wonders where
// an event went.

#include "app/orchestrate.h"
#include "app/orchestrations.h"
#include "app/stored_json.h"
#include "http/events_v2/parse.h"
#include "http/kit/page.h"
#include "http/rest_v2/event_document.h"
#include "http/rest_v2/orchestrations.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/team_scope.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// How far back events of a service are looked for.
constexpr auto recent_span = days{7};

Error alert_not_found() { return errors::not_found("Alert Not Found", 5001); }

bool is_hidden(Request& request, ServiceId id) {
    auto service = request.tx().find_even_deleted<Service>(id);
    return service && !knows(request, *service);
}

/// The event that made an alert, as a body of Events v2 without its key; where rules changed it, as it was before.
std::string body_of_alert(Tx& tx, const Alert& alert) {
    auto kept = tx.first(Query<OrchestratedEvent>().where(&OrchestratedEvent::alert, alert.id));
    if (kept && !kept->event.empty()) return kept->event;
    Event event;
    event.dedup_key = alert.alert_key;
    event.summary = alert.summary;
    event.severity = alert.severity;
    event.document = newest_event(tx, alert);
    return event_body(event);
}

// --- trials
// -----------------------------------------------------------------------------------------------------------

/// Whose rules are tried, with those that were edited and are not saved.
struct Trial {
    RuleBook book;
    std::optional<OrchestrationRules> orchestration;
    std::optional<ServiceId> service;
    std::optional<ServiceRules> service_rules;

    /// Ends where the event is led to a service that the requester does not know of: its rules are not run.
    RuleSources sources(Request& request) {
        RuleSources out;
        if (orchestration) out.orchestration = &*orchestration;
        out.service = service;
        out.of_service = [this, &request](ServiceId id) -> const ServiceRules* {
            if (is_hidden(request, id)) return nullptr;
            return service == id && service_rules ? &*service_rules : book.of_service(request.tx(), id);
        };
        return out;
    }
};

/// `paths.<type>`, if it was sent, over what is saved.
void read_edited(Fields* paths, OrchestrationPath saved, bool aiops, Rules& rules) {
    if (!paths) return;
    auto inner = paths->nested(text_of(saved.type));
    if (!inner) return;
    read_orchestration_path(*inner, saved);
    check_orchestration_path(*inner, saved);
    if (inner->problems().empty()) rules = compile_saved(std::move(saved), aiops);
    paths->adopt(*inner);
}

void refuse_edited(Fields* paths, std::initializer_list<PathType> types, std::string_view whose) {
    for (auto type : types)
        if (paths && paths->sent(text_of(type)))
            paths->problem(text_of(type), fmt::format("is not a path of {}", whose));
}

Result<void> take_orchestration(Request& request, EventOrchestrationId id, Fields* paths, Trial& trial) {
    auto row = request.tx().find<EventOrchestration>(id);
    CHECK_OK(permit_orchestration(request, *row));
    trial.orchestration = *trial.book.of_orchestration(request.tx(), id);
    auto& rules = *trial.orchestration;
    read_edited(paths, path_of(request.tx(), id, PathType::global), row->aiops, rules.global);
    read_edited(paths, path_of(request.tx(), id, PathType::router), row->aiops, rules.router);
    read_edited(paths, path_of(request.tx(), id, PathType::unrouted), row->aiops, rules.unrouted);
    refuse_edited(paths, {PathType::service}, "an orchestration");
    return {};
}

Result<void> take_service(Request& request, ServiceId id, Fields* paths, Trial& trial) {
    auto row = request.tx().find<Service>(id);
    CHECK_OK(permit(request, teams_of(request.tx(), *row)));
    trial.service = id;
    Rules edited;
    read_edited(paths, path_of(request.tx(), *row), /*aiops=*/true, edited);
    refuse_edited(paths, {PathType::global, PathType::router, PathType::unrouted}, "a service");
    if (edited) trial.service_rules = {edited, compile_variables(variables_of(request.tx(), id))};
    return {};
}

Result<void> read_alert(Request& request, AlertId id, Event& event) {
    auto alert = request.tx().find<Alert>(id);
    auto service = request.tx().find_even_deleted<Service>(alert->service);
    if (service && !sees(request, *service)) return alert_not_found();
    auto orchestration =
        alert->orchestration ? request.tx().find_even_deleted<EventOrchestration>(*alert->orchestration) : std::nullopt;
    if (!service && orchestration && !sees(request, *orchestration)) return alert_not_found();
    auto text = body_of_alert(request.tx(), *alert);
    text.insert(1, fmt::format(R"("routing_key":"{}",)", std::string(routing_key_length, '0')));
    auto parsed = parse_event(text, "");
    if (auto* read = std::get_if<Event>(&parsed)) event = std::move(*read);
    return {};
}

json::array trial_conditions(const TraceStep& step) {
    json::array out;
    const auto* rule = step.stored_rule();
    for (std::size_t i = 0; rule && i < step.conditions.size(); ++i)
        out.push_back({{"expression", rule->conditions[i].expression}, {"matched", bool{step.conditions[i]}}});
    return out;
}

/// As the rule is written, without the service when that is hidden.
json::object trial_actions(Wire& wire, const RuleActions& actions) {
    auto out = rule_actions_object(wire, actions);
    if (actions.service && is_hidden(wire.request, *actions.service)) out.erase("route_to");
    return out;
}

json::object step_object(Wire& wire, const TraceStep& step) {
    json::object out;
    out["path"] = text_of(step.path->path.type);
    out["set"] = step.path->path.sets[step.set].id;
    const auto* rule = step.stored_rule();
    out["rule"] = rule ? json::value({{"id", rule->id}, {"label", text_or_null(rule->label)}}) : json::value(nullptr);
    out["catch_all"] = rule == nullptr;
    out["matched"] = step.matched;
    if (step.is_spent) out["too_much_work"] = true;
    out["conditions"] = trial_conditions(step);
    out["actions"] = step.matched ? trial_actions(wire, step.actions()) : json::object{};
    return out;
}

json::object outcome_object(Wire& wire, const RuledEvent& ruled) {
    const auto& verdict = ruled.verdict;
    json::object out;
    bool hidden = ruled.service && is_hidden(wire.request, *ruled.service);
    out["route_to"] = ruled.service && !hidden ? json::value(wire.service_ref(*ruled.service)) : json::value(nullptr);
    // What its rules would make of the event is not told either.
    out["route_to_hidden"] = hidden;
    out["disposition"] = text_of(ruled.disposition);
    if (ruled.disposition == Disposition::suspend) out["suspend_seconds"] = *verdict.suspend;
    out["severity"] = text_of(ruled.event.severity);
    out["event_action"] = text_of(ruled.event.action);
    out["dedup_key"] = ruled.event.dedup_key;
    const auto& orders = verdict.orders;
    if (auto row = orders.priority ? wire.tx().find<Priority>(*orders.priority) : std::nullopt)
        out["priority"] = priority_object(wire, *row);
    if (orders.escalation_policy) out["escalation_policy"] = wire.policy_ref(*orders.escalation_policy);
    out["notes"] = json::value_from(orders.notes);
    return out;
}

/// POST /console/orchestration_trials
Result<Reply> try_rules(Request& request) {
    TRY(auto fields, Fields::of(request, ""));
    fields.speak_of_places();
    EventOrchestrationId orchestration;
    ServiceId service;
    AlertId alert;
    Event event;
    Trial trial;
    fields.reference<EventOrchestration>("orchestration", orchestration);
    fields.reference<Service>("service", service);
    fields.reference<Alert>("alert", alert);
    read_sent_event(fields, event);
    if (fields.sent("orchestration") == fields.sent("service"))
        fields.problem("orchestration", "or service must be given, and not both");
    if (fields.sent("event") == fields.sent("alert")) fields.problem("event", "or alert must be given, and not both");
    CHECK_OK(fields.check());
    auto paths = fields.nested("paths");
    auto* edited = paths ? &*paths : nullptr;
    if (orchestration) CHECK_OK(take_orchestration(request, orchestration, edited, trial));
    if (service) CHECK_OK(take_service(request, service, edited, trial));
    if (alert) CHECK_OK(read_alert(request, alert, event));
    if (paths) fields.adopt(*paths);
    CHECK_OK(fields.check());
    auto ruled = apply_rules(request.tx(), trial.sources(request), event);
    Wire wire(request);
    json::array steps;
    for (const auto& step : ruled.verdict.trace) steps.emplace_back(step_object(wire, step));
    return ok(json::object{{"trial",
                            {{"event", parse_stored(event_body(ruled.event))},
                             {"steps", std::move(steps)},
                             {"outcome", outcome_object(wire, ruled)}}}});
}

// --- what came lately
// -------------------------------------------------------------------------------------------------

json::object
recent_object(Wire& wire, json::value alert, Timestamp at, const std::string& summary, const std::string& body) {
    bool shown = !body.empty() && wire.has_room_for(body.size());
    return {{"alert", std::move(alert)},
            {"at", wire.time(at)},
            {"summary", summary},
            {"event", shown ? parse_stored(body) : json::value(nullptr)}};
}

json::value alert_or_null(Wire& wire, const std::optional<AlertId>& id) {
    auto alert = id ? wire.tx().find<Alert>(*id) : std::nullopt;
    return alert ? json::value(wire.alert_ref(*alert)) : json::value(nullptr);
}

/// Those of an orchestration, without events of services that the requester does not know of.
Query<OrchestratedEvent> seen_events(Request& request, EventOrchestrationId id) {
    auto query = Query<OrchestratedEvent>().where(&OrchestratedEvent::orchestration, id);
    auto seen = seen_services(request);
    if (!seen) return query;
    std::vector<ServiceId> hidden;
    for (const auto& service : request.tx().list(Query<Service>().with_deleted()))
        if (!std::ranges::binary_search(*seen, service.id)) hidden.push_back(service.id);
    return query.where_not_in(&OrchestratedEvent::service, hidden);
}

json::array recent_of_orchestration(Wire& wire, EventOrchestrationId id, std::int64_t limit) {
    json::array out;
    auto query = seen_events(wire.request, id).order_by(&OrchestratedEvent::id, Order::descending).page(limit);
    for (const auto& row : wire.tx().list(query))
        out.emplace_back(recent_object(wire, alert_or_null(wire, row.alert), row.created_at, row.summary, row.event));
    return out;
}

json::array recent_of_service(Wire& wire, ServiceId id, std::int64_t limit) {
    json::array out;
    AlertId first{IdSource::first_of(wire.request.now - recent_span)};
    auto query = Query<Alert>()
                     .at_least(&Alert::id, first)
                     .where(&Alert::service, id)
                     .order_by(&Alert::id, Order::descending)
                     .page(limit);
    for (const auto& alert : wire.tx().list(query))
        out.emplace_back(recent_object(
            wire, wire.alert_ref(alert), alert.created_at, alert.summary, body_of_alert(wire.tx(), alert)));
    return out;
}

/// GET /console/recent_events: what made alerts, newest first; of an orchestration also what it dropped.
Result<Reply> list_recent(Request& request) {
    Wire wire(request);
    TRY(auto page, Paging::of(request));
    auto orchestration = request.query.text("orchestration_id");
    auto service = request.query.text("service_id");
    if (orchestration.has_value() == service.has_value())
        return errors::invalid_input("Orchestration ID or service ID must be given, and not both");
    if (orchestration) {
        auto absent = errors::not_found("Orchestration Not Found");
        auto id = request.site.ids.parse<EventOrchestrationId>(*orchestration);
        auto row = id ? request.tx().find<EventOrchestration>(*id) : std::nullopt;
        if (!row) return absent;
        CHECK_OK(permit_orchestration(request, *row));
        return ok(json::object{{"events", recent_of_orchestration(wire, *id, page.limit)}});
    }
    auto absent = errors::not_found("Service Not Found", 5002);
    auto id = request.site.ids.parse<ServiceId>(*service);
    auto row = id ? request.tx().find<Service>(*id) : std::nullopt;
    if (!row) return absent;
    CHECK_OK(permit(request, teams_of(request.tx(), *row), absent));
    return ok(json::object{{"events", recent_of_service(wire, *id, page.limit)}});
}

// --- what was decided
// -------------------------------------------------------------------------------------------------

json::object decision_object(const RuleDecision& decision) {
    return {{"path", text_of(decision.path)},
            {"version", std::to_string(decision.version)},
            {"set", decision.set},
            {"rule_id", decision.rule.empty() ? json::value(nullptr) : json::value(decision.rule)},
            {"label", text_or_null(decision.label)},
            {"did", json::value_from(decision.did)}};
}

json::object orchestrated_event_object(Wire& wire, const OrchestratedEvent& row) {
    json::object out;
    out["id"] = wire.id(row.id);
    out["type"] = "orchestrated_event";
    out["orchestration"] = row.orchestration ? json::value(orchestration_ref(wire, *row.orchestration)) : json::value();
    out["service"] = row.service ? json::value(wire.service_ref(*row.service)) : json::value(nullptr);
    out["alert"] = alert_or_null(wire, row.alert);
    out["event_action"] = text_of(row.action);
    out["dedup_key"] = row.dedup_key;
    out["summary"] = row.summary;
    out["disposition"] = text_of(row.disposition);
    json::array decisions;
    for (const auto& decision : row.decisions) decisions.emplace_back(decision_object(decision));
    out["decisions"] = std::move(decisions);
    out["created_at"] = wire.time(row.created_at);
    return out;
}

/// Newest first; `dedup_key` and `disposition` narrow it.
Result<Reply> list_orchestrated(Request& request, Query<OrchestratedEvent> query) {
    if (auto key = request.query.text("dedup_key")) query.where(&OrchestratedEvent::dedup_key, *key);
    if (auto text = request.query.text("disposition")) {
        auto disposition = parse_enum<Disposition>(*text);
        if (!disposition) return errors::invalid_input("Disposition must be one of: " + all_texts_of<Disposition>());
        query.where(&OrchestratedEvent::disposition, *disposition);
    }
    query.order_by(&OrchestratedEvent::id, Order::descending);
    Wire wire(request);
    return page_of(request, "orchestrated_events", std::move(query), [&](const OrchestratedEvent& row) {
        return orchestrated_event_object(wire, row);
    });
}

Result<Reply> list_of_orchestration(Request& request) {
    TRY(auto row, orchestration_of_path(request));
    return list_orchestrated(request, seen_events(request, row.id));
}

Result<Reply> list_of_service(Request& request) {
    TRY(auto row, permitted_row<Service>(request, "id", errors::not_found("Service Not Found", 5002)));
    return list_orchestrated(request, Query<OrchestratedEvent>().where(&OrchestratedEvent::service, row.id));
}

constexpr Scope of_orchestrations{"event_orchestrations.read"};

// clang-format off
constexpr Route table[] = {
    {Verb::post_reads, "/console/orchestration_trials", of_orchestrations, Need::view, try_rules, Reach::team},
    {Verb::get, "/console/recent_events", of_orchestrations, Need::view, list_recent, Reach::team},
    {Verb::get, "/event_orchestrations/{id}/orchestrated_events", of_orchestrations, Need::view, list_of_orchestration, Reach::team},
    {Verb::get, "/services/{id}/orchestrated_events", "services.read", Need::view, list_of_service, Reach::team},
};
// clang-format on

}  // namespace

std::span<const Route> orchestration_trial_routes() { return table; }

}  // namespace callboard::http
