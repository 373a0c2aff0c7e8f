#include "app/ingest.h"

#include "app/place_alert.h"

#include <algorithm>

namespace callboard {

namespace {

struct Incoming {
    Tx& tx;
    Desk& desk;
    const Event& event;
    const Route& route;

    [[nodiscard]] bool with_alerts() const {
        return route.service.alert_creation == AlertCreation::create_alerts_and_incidents;
    }

    [[nodiscard]] AlertBook::Key key() const {
        return {with_alerts() ? route.integration.id.value : route.service.id.value, event.dedup_key};
    }

    [[nodiscard]] Act act() const { return {agent_of(route.integration.id), Channel::api, tx.now()}; }
};

Error invalid_routing_key() { return {ErrorKind::invalid, 0, "Event object is invalid", {"Invalid routing key"}}; }

Ingested drop(const Incoming& in, DropReason reason) {
    EventReceipt receipt;
    receipt.id = in.tx.new_id<EventReceiptId>();
    receipt.service = in.route.service.id;
    receipt.integration = in.route.integration.id;
    receipt.action = in.event.action;
    receipt.dedup_key = in.event.dedup_key;
    receipt.reason = reason;
    receipt.created_at = in.tx.now();
    in.tx.insert(receipt);
    return {IngestOutcome::dropped};
}

Result<Ingested> open_without_alert(const Incoming& in) {
    const auto& service = in.route.service;
    NewIncident input;
    input.service = service.id;
    input.title = in.event.summary;
    input.urgency = urgency_for(service, in.event.severity, ConfigCache::local_moment(service, in.tx.now()));
    input.escalation_policy = service.escalation_policy;
    input.event = in.event.document;
    input.incident_key = in.event.dedup_key;
    CHECK_OK(open_incident(in.tx, in.desk, std::move(input), in.act()));
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
    alert.placement_note = "Held for " + std::to_string(pause.count()) + " seconds by " +
                           (in.event.suspended_for ? "a rule." : "the auto-pause of its service.");
    in.tx.schedule({*alert.suspended_until, DueKind::alert, alert.id.value});
}

Result<Ingested> open_new(const Incoming& in) {
    if (!in.with_alerts()) return open_without_alert(in);
    Alert alert;
    alert.id = in.tx.new_id<AlertId>();
    alert.service = in.route.service.id;
    alert.integration = in.route.integration.id;
    alert.alert_key = in.event.dedup_key;
    alert.severity = in.event.severity;
    alert.summary = in.event.summary;
    alert.created_at = in.tx.now();
    alert.updated_at = in.tx.now();
    auto pause = in.event.suspended_for ? in.event.suspended_for
                                        : pause_of(in.route.service.auto_pause_notifications_parameters);
    if (in.event.suppressed_by)
        suppress(in, alert);
    else if (pause)
        hold(in, alert, *pause);
    else
        CHECK_OK(place_alert(in.tx, in.desk, in.route.service, in.route.grouping, alert, in.event.document, in.act()));
    in.tx.insert(alert);
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
    if (!news && in.tx.now() < entry.written_at + minutes{1}) return;
    in.tx.set<Alert>(
        entry.alert, &Alert::event, in.event.document, &Alert::severity, severity, &Alert::updated_at, in.tx.now());
    in.desk.book.put(in.key(), {entry.alert, entry.incident, severity, hash, in.tx.now()});
}

LogEntry trigger_entry(const Incoming& in, const AlertBook::Entry& entry) {
    LogEntry trigger;
    trigger.incident = entry.incident;
    trigger.service = in.route.service.id;
    trigger.type = LogEntryType::trigger;
    trigger.agent = in.act().agent;
    trigger.channel = Channel::api;
    if (entry.alert) trigger.alert = entry.alert;
    trigger.event = in.event.document;
    trigger.created_at = in.tx.now();
    return trigger;
}

/// An alert without an incident stays as it is, unless its pause ended while the service took no alerts: the first
/// event that says it is still there gives it one.
Result<Ingested> take_up(const Incoming& in, const AlertBook::Entry& entry) {
    auto alert = in.tx.find<Alert>(entry.alert);
    if (!alert || alert->placement != Placement::suppressed_after_pause) return Ingested{IngestOutcome::updated};
    const auto& service = in.route.service;
    const auto* grouping = in.desk.config.grouping(in.tx, service);
    alert->event.clear();
    alert->updated_at = in.tx.now();
    CHECK_OK(place_alert(in.tx, in.desk, service, grouping, *alert, in.event.document, in.act()));
    in.tx.update(*alert);
    in.desk.book.put(in.key(), {alert->id, *alert->incident, alert->severity, 0, in.tx.now()});
    return Ingested{IngestOutcome::opened};
}

Result<Ingested> trigger(const Incoming& in, const AlertBook::Entry* open) {
    if (!open) return open_new(in);
    auto entry = *open;
    auto severity = std::max(in.event.severity, entry.severity);
    if (entry.alert) refresh_alert(in, entry, severity);
    if (!entry.incident) return take_up(in, entry);
    log_trigger(in.tx, in.desk, trigger_entry(in, entry));
    if (severity != entry.severity)
        raise_urgency(in.tx, in.desk, in.route.service, entry.incident, in.event.severity, in.act());
    return Ingested{IngestOutcome::updated};
}

Result<Ingested> acknowledge_by_event(const Incoming& in, const AlertBook::Entry* open) {
    if (!open || !open->incident) return drop(in, DropReason::no_open_alert);
    CHECK_OK(acknowledge_incident(in.tx, in.desk, open->incident, in.act()));
    return Ingested{IngestOutcome::acknowledged};
}

Result<Ingested> resolve_by_event(const Incoming& in, const AlertBook::Entry* open) {
    if (!open) return drop(in, DropReason::no_open_alert);
    if (open->alert)
        CHECK_OK(update_alert(in.tx, in.desk, {open->alert, true, std::nullopt}, in.act()));
    else
        CHECK_OK(resolve_incident(in.tx, in.desk, open->incident, std::nullopt, in.act()));
    return Ingested{IngestOutcome::resolved};
}

}  // namespace

Result<Ingested> accept_event(Tx& tx, Desk& desk, EventLimits limits, const Event& event) {
    const auto* route = desk.config.route(tx, event.routing_key);
    if (!route) return invalid_routing_key();
    Incoming in{tx, desk, event, *route};
    const auto* open = desk.book.find(in.key());
    bool over = limits.per_minute > 0 && desk.meter.count(route->integration.id, tx.now()) > limits.per_minute;
    if (over && open && event.action == EventAction::trigger)
        return Error{ErrorKind::too_many_requests,
                     0,
                     "Requests for this service are arriving too quickly. Please retry later.",
                     {"Throttle limit exceeded"}};
    if (route->service.disabled) return drop(in, DropReason::service_disabled);
    if (desk.config.in_maintenance(tx, route->service.id)) return drop(in, DropReason::in_maintenance);
    switch (event.action) {
    case EventAction::trigger: return trigger(in, open);
    case EventAction::acknowledge: return acknowledge_by_event(in, open);
    case EventAction::resolve: return resolve_by_event(in, open);
    }
    return Ingested{};
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
