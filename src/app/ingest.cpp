#include "app/ingest.h"

#include "app/orchestrate.h"
#include "app/place_alert.h"
#include "app/story.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

/// An event on its way to an alert or incident, after all rules.
struct Incoming {
    Tx& tx;
    Desk& desk;
    const Event& event;
    /// Null for an event that no rule led to a service.
    const Service* service = nullptr;
    /// The way by which it came: one of both.
    std::optional<IntegrationId> integration;
    std::optional<EventOrchestrationId> orchestration;

    [[nodiscard]] bool with_alerts() const {
        return !service || service->alert_creation == AlertCreation::create_alerts_and_incidents;
    }

    [[nodiscard]] AlertBook::Key key() const {
        if (!with_alerts()) return {service->id.value, event.dedup_key};
        return {integration ? integration->value : orchestration->value, event.dedup_key};
    }

    [[nodiscard]] Act act() const {
        Agent agent;
        if (integration)
            agent = agent_of(*integration);
        else if (service)
            agent = agent_of(service->id);
        return {agent, Channel::api, tx.now()};
    }

    [[nodiscard]] const AlertGroupingSetting* grouping() const { return desk.config.grouping(tx, *service); }
};

Error invalid_routing_key() { return {ErrorKind::invalid, 0, "Event object is invalid", {"Invalid routing key"}}; }

/// With a receipt at the service that it reached, if any; what came by an orchestration is kept there.
Ingested drop(const Incoming& in, DropReason reason) {
    if (!in.service) return {IngestOutcome::dropped};
    EventReceipt receipt;
    receipt.id = in.tx.new_id<EventReceiptId>();
    receipt.service = in.service->id;
    receipt.integration = in.integration;
    receipt.action = in.event.action;
    receipt.dedup_key = in.event.dedup_key;
    receipt.reason = reason;
    receipt.service_version = in.desk.config.service_use(in.tx, in.service->id).version;
    receipt.created_at = in.tx.now();
    in.tx.insert(receipt);
    return {IngestOutcome::dropped};
}

Result<Ingested> open_without_alert(const Incoming& in) {
    const auto& service = *in.service;
    NewIncident input;
    input.service = service.id;
    input.title = in.event.summary;
    input.urgency = urgency_for(service, in.event.severity, ConfigCache::local_moment(service, in.tx.now()));
    input.escalation_policy = service.escalation_policy;
    input.event = in.event.document;
    input.incident_key = in.event.dedup_key;
    auto orders = in.event.orders.value_or(IncidentOrders{});
    CHECK_OK(open_as_ordered(in.tx, in.desk, std::move(input), orders, in.act()));
    return Ingested{IngestOutcome::opened};
}

/// Nobody is told; people find it in the list of alerts.
void suppress(const Incoming& in, Alert& alert) {
    alert.suppressed = true;
    alert.event = in.event.document;
    alert.placement = Placement::suppressed_by_rule;
    alert.placement_note = "Suppressed by the rule \"" + *in.event.suppressed_by + "\".";
}

/// Many alerts clear by themselves: this one waits before it makes an incident.
void hold(const Incoming& in, Alert& alert, seconds pause) {
    alert.suppressed = true;
    alert.event = in.event.document;
    alert.placement = Placement::paused;
    alert.suspended_until = in.tx.now() + pause;
    alert.suspended_by = in.event.suspended_for ? SuspendedBy::rules : SuspendedBy::auto_pause;
    alert.placement_note = fmt::format("Held for {} by {}.",
                                       span_in_words(pause),
                                       in.event.suspended_for ? "a rule" : "the auto-pause of its service");
    in.tx.schedule({*alert.suspended_until, DueKind::alert, alert.id.value});
}

/// People find it in the list of alerts, and it waits there for a rule that leads it to a service.
void leave_unrouted(const Incoming& in, Alert& alert) {
    alert.suppressed = true;
    alert.event = in.event.document;
    alert.placement = Placement::unrouted;
    alert.placement_note = "No rule of its orchestration led it to a service.";
}

/// Where a new alert goes.
Result<void> place(const Incoming& in, Alert& alert) {
    if (!in.service) {
        leave_unrouted(in, alert);
        return {};
    }
    auto pause =
        in.event.suspended_for ? in.event.suspended_for : pause_of(in.service->auto_pause_notifications_parameters);
    if (in.event.suppressed_by)
        suppress(in, alert);
    else if (pause)
        hold(in, alert, *pause);
    else
        CHECK_OK(place_alert(in.tx, in.desk, *in.service, in.grouping(), alert, in.event.document, in.act()));
    return {};
}

/// The alert of this key that no rule had led anywhere, now that the rules lead it to a service without alerts. False
/// when there is none.
Result<bool> end_unrouted(const Incoming& in, std::string note) {
    if (!in.orchestration || in.with_alerts()) return false;
    const auto* open = in.desk.book.find({in.orchestration->value, in.event.dedup_key});
    auto alert = open ? in.tx.find<Alert>(open->alert) : std::nullopt;
    if (!alert || alert->placement != Placement::unrouted) return false;
    TRY(auto ended, update_alert(in.tx, in.desk, {alert->id, true, std::nullopt}, in.act()));
    ended.placement_note = std::move(note);
    in.tx.update(ended);
    return true;
}

Result<Ingested> open_new(const Incoming& in, std::optional<AlertId>& made) {
    if (!in.with_alerts()) {
        // What is suppressed has an alert or nothing.
        if (in.event.suppressed_by) return drop(in, DropReason::suppressed_by_rule);
        CHECK_OK(end_unrouted(in, "Rules led it to a service without alerts: an incident has it."));
        return open_without_alert(in);
    }
    Alert alert;
    alert.id = in.tx.new_id<AlertId>();
    if (in.service) alert.service = in.service->id;
    alert.integration = in.integration;
    alert.orchestration = in.orchestration;
    alert.orders = in.event.orders;
    alert.alert_key = in.event.dedup_key;
    alert.severity = in.event.severity;
    alert.summary = in.event.summary;
    alert.created_at = in.tx.now();
    alert.updated_at = in.tx.now();
    CHECK_OK(place(in, alert));
    in.tx.insert(alert);
    made = alert.id;
    auto hash = std::hash<std::string>{}(in.event.document);
    auto incident = alert.incident.value_or(IncidentId{});
    in.desk.book.put(in.key(), {alert.id, incident, alert.severity, hash, in.tx.now()});
    if (alert.placement == Placement::opened_incident) return Ingested{IngestOutcome::opened};
    if (alert.suppressed) return Ingested{is_held(alert) ? IngestOutcome::held : IngestOutcome::suppressed};
    return Ingested{IngestOutcome::grouped};
}

/// The alert shows the newest event; its severity is only ever raised. A sender that repeats itself word for word
/// moves `updated_at` once a minute.
void refresh_alert(const Incoming& in, const AlertBook::Entry& entry, Severity severity) {
    auto hash = std::hash<std::string>{}(in.event.document);
    bool news = hash != entry.document_hash || severity != entry.severity;
    // A clock that was set back makes it move at once.
    auto age = in.tx.now() - entry.written_at;
    if (!news && age >= Duration{0} && age < minutes{1}) return;
    in.tx.set<Alert>(
        entry.alert, &Alert::event, in.event.document, &Alert::severity, severity, &Alert::updated_at, in.tx.now());
    in.desk.book.put(in.key(), {entry.alert, entry.incident, severity, hash, in.tx.now()});
}

LogEntry trigger_entry(const Incoming& in, const AlertBook::Entry& entry) {
    LogEntry trigger;
    trigger.incident = entry.incident;
    trigger.service = in.service->id;
    trigger.type = LogEntryType::trigger;
    trigger.agent = in.act().agent;
    trigger.channel = Channel::api;
    if (entry.alert) trigger.alert = entry.alert;
    trigger.event = in.event.document;
    trigger.created_at = in.tx.now();
    return trigger;
}

/// An alert without an incident stays as it is, unless its pause ended while the service took no alerts, or no rule had
/// led it anywhere: the first event that says it is still there gives it one.
Result<Ingested> take_up(const Incoming& in, const AlertBook::Entry& entry, std::optional<AlertId>& made) {
    auto alert = in.tx.find<Alert>(entry.alert);
    if (!alert || !in.service) return Ingested{IngestOutcome::updated};
    bool found_its_service = alert->placement == Placement::unrouted;
    bool waits = alert->placement == Placement::suppressed_after_pause;
    if (!found_its_service && !waits) return Ingested{IngestOutcome::updated};
    alert->event.clear();
    alert->updated_at = in.tx.now();
    if (found_its_service) {
        alert->service = in.service->id;
        alert->orders = in.event.orders;
        CHECK_OK(place(in, *alert));
        made = alert->id;
    } else {
        CHECK_OK(place_alert(in.tx, in.desk, *in.service, in.grouping(), *alert, in.event.document, in.act()));
    }
    in.tx.update(*alert);
    auto incident = alert->incident.value_or(IncidentId{});
    in.desk.book.put(in.key(), {alert->id, incident, alert->severity, 0, in.tx.now()});
    return Ingested{incident ? IngestOutcome::opened : IngestOutcome::suppressed};
}

Result<Ingested> trigger(const Incoming& in, const AlertBook::Entry* open, std::optional<AlertId>& made) {
    if (!open) return open_new(in, made);
    auto entry = *open;
    auto severity = std::max(in.event.severity, entry.severity);
    if (entry.alert) refresh_alert(in, entry, severity);
    // The service of an alert may be gone while it stands in an incident of another.
    if (!entry.incident || !in.service) return take_up(in, entry, made);
    log_trigger(in.tx, in.desk, trigger_entry(in, entry));
    if (severity != entry.severity)
        raise_urgency(in.tx, in.desk, *in.service, entry.incident, in.event.severity, in.act());
    return Ingested{IngestOutcome::updated};
}

Result<Ingested> acknowledge_by_event(const Incoming& in, const AlertBook::Entry* open) {
    if (!open || !open->incident) return drop(in, DropReason::no_open_alert);
    CHECK_OK(acknowledge_incident(in.tx, in.desk, open->incident, in.act()));
    return Ingested{IngestOutcome::acknowledged};
}

Result<Ingested> resolve_by_event(const Incoming& in, const AlertBook::Entry* open) {
    if (!open) {
        TRY(bool ended, end_unrouted(in, "It was resolved before rules led it to a service."));
        return ended ? Ingested{IngestOutcome::resolved} : drop(in, DropReason::no_open_alert);
    }
    if (open->alert)
        CHECK_OK(update_alert(in.tx, in.desk, {open->alert, true, std::nullopt}, in.act()));
    else
        CHECK_OK(resolve_incident(in.tx, in.desk, open->incident, std::nullopt, in.act()));
    return Ingested{IngestOutcome::resolved};
}

}  // namespace

namespace {

bool is_over(const EventLimits& limits, Desk& desk, std::int64_t integration, Timestamp now) {
    return limits.per_minute > 0 && desk.meter.count(integration, now) > limits.per_minute;
}

Error too_many() {
    return {ErrorKind::too_many_requests,
            0,
            "Requests for this service are arriving too quickly. Please retry later.",
            {"Throttle limit exceeded"}};
}

/// `made` becomes the alert that the event opened or led to its service, if it did.
Result<Ingested> decide(const Incoming& in, bool over, std::optional<AlertId>& made) {
    const auto* open = in.desk.book.find(in.key());
    if (over && open && in.event.action == EventAction::trigger) return too_many();
    if (in.service && in.service->disabled) return drop(in, DropReason::service_disabled);
    if (in.service && in.desk.config.in_maintenance(in.tx, in.service->id)) return drop(in, DropReason::in_maintenance);
    switch (in.event.action) {
    case EventAction::trigger: return trigger(in, open, made);
    case EventAction::acknowledge: return acknowledge_by_event(in, open);
    case EventAction::resolve: return resolve_by_event(in, open);
    }
    return Ingested{};
}

/// The service of the open alert that an event of an orchestration is about: what came by one key stays together,
/// wherever the rules would lead it now.
const Service* service_of_open(Tx& tx, Desk& desk, EventOrchestrationId orchestration, const Event& event) {
    const auto* open = desk.book.find({orchestration.value, event.dedup_key});
    auto alert = open ? tx.find<Alert>(open->alert) : std::nullopt;
    return alert && alert->service ? desk.config.service(tx, alert->service) : nullptr;
}

/// An event that rules have a say in. What they decided is kept when it made an alert, and when it changed nothing.
Result<Ingested> accept_by_rules(
    Tx& tx, Desk& desk, const RuleSources& sources, std::optional<IntegrationId> integration, bool over, Event event) {
    auto ruled = apply_rules(tx, sources, event);
    remember(tx, ruled.memory);
    Result<Ingested> result = Ingested{IngestOutcome::dropped};
    auto& record = ruled.record;
    if (ruled.disposition != Disposition::drop) {
        Incoming in{tx, desk, ruled.event, nullptr, integration, record.orchestration};
        if (in.orchestration) in.service = service_of_open(tx, desk, *in.orchestration, ruled.event);
        if (!in.service && ruled.service) in.service = desk.config.service(tx, *ruled.service);
        result = decide(in, over, record.alert);
        if (!result || (!record.alert && result->outcome != IngestOutcome::dropped)) return result;
    }
    record.id = tx.new_id<OrchestratedEventId>();
    record.created_at = tx.now();
    tx.insert(record);
    return result;
}

}  // namespace

Result<Ingested> accept_event(Tx& tx, Desk& desk, EventLimits limits, const Event& event) {
    RuleSources sources;
    sources.of_service = [&](ServiceId service) { return desk.rules.of_service(tx, service); };
    if (const auto* route = desk.config.route(tx, event.routing_key)) {
        bool over = is_over(limits, desk, route->integration.id.value, tx.now());
        sources.service = route->service.id;
        if (desk.rules.of_service(tx, route->service.id))
            return accept_by_rules(tx, desk, sources, route->integration.id, over, event);
        std::optional<AlertId> made;
        return decide({tx, desk, event, &route->service, route->integration.id, std::nullopt}, over, made);
    }
    const auto* integration = desk.rules.integration(tx, event.routing_key);
    if (integration) sources.orchestration = desk.rules.of_orchestration(tx, integration->orchestration);
    if (!sources.orchestration) return invalid_routing_key();
    bool over = is_over(limits, desk, integration->id.value, tx.now());
    return accept_by_rules(tx, desk, sources, std::nullopt, over, event);
}

Result<ChangeEvent> accept_change_event(Tx& tx, Desk& desk, const ChangeEventInput& input) {
    const auto* route = desk.config.route(tx, input.routing_key);
    if (!route) return invalid_routing_key();
    ChangeEvent change;
    change.id = tx.new_id<ChangeEventId>();
    change.service = route->service.id;
    change.integration = route->integration.id;
    change.summary = input.summary;
    change.source = input.source;
    change.timestamp = input.timestamp.value_or(tx.now());
    change.custom_details = input.custom_details;
    change.links = input.links;
    change.images = input.images;
    change.created_at = tx.now();
    tx.insert(change);
    return change;
}

}  // namespace callboard
