#include "app/place_alert.h"

#include "app/alert_traits.h"
#include "app/custom_fields.h"

namespace callboard {

namespace {

struct Placing {
    Tx& tx;
    Desk& desk;
    const Service& service;
    const AlertGroupingSetting* grouping;
    const std::string& document;
    Act act;
};

Result<IncidentId> open_own(const Placing& in, Alert& alert) {
    NewIncident input;
    input.service = in.service.id;
    input.title = alert.summary;
    input.urgency = urgency_for(in.service, alert.severity, ConfigCache::local_moment(in.service, in.act.now));
    input.escalation_policy = in.service.escalation_policy;
    input.event = in.document;
    input.alert = alert.id;
    auto orders = alert.orders.value_or(IncidentOrders{});
    TRY(auto incident, open_as_ordered(in.tx, in.desk, std::move(input), orders, in.act));
    alert.incident = incident.id;
    alert.first_trigger_log_entry = incident.first_trigger_log_entry;
    alert.placement = Placement::opened_incident;
    if (!in.grouping) return incident.id;
    OpenGroup group;
    group.incident = incident.id;
    group.incident_number = incident.incident_number;
    group.service = incident.service;
    group.first_trigger_log_entry = incident.first_trigger_log_entry;
    group.first_at = in.act.now;
    group.last_at = in.act.now;
    group.alert_count = incident.alert_count;
    group.severity = alert.severity;
    group.first = traits_of(*in.grouping, alert.summary, alert.severity, in.document);
    in.desk.groups.open(in.grouping->id, std::move(group));
    in.desk.book.first_trigger_of(incident.id);
    return incident.id;
}

/// The escalation goes on as it was: whoever looks after the incident looks after this alert too.
void join(const Placing& in, Alert& alert, const OpenGroup& group, const GroupingChoice& choice) {
    auto note = explain(*in.grouping, group, choice, in.act.now);
    alert.incident = group.incident;
    alert.placement = placement_of(in.grouping->type);
    LogEntry trigger;
    trigger.incident = group.incident;
    trigger.service = group.service;
    trigger.type = LogEntryType::trigger;
    trigger.agent = in.act.agent;
    trigger.channel = in.act.channel;
    trigger.alert = alert.id;
    trigger.note = note;
    trigger.event = in.document;
    trigger.config.add(in.desk.config.grouping_use(in.tx, in.grouping->id));
    trigger.created_at = in.act.now;
    auto logged = log_trigger(in.tx, in.desk, std::move(trigger));
    // Past the limit the alert keeps its event itself.
    alert.first_trigger_log_entry = logged.value_or(group.first_trigger_log_entry);
    if (!logged) alert.event = in.document;
    in.tx.set<Incident>(
        group.incident, &Incident::alert_count, group.alert_count + 1, &Incident::updated_at, in.act.now);
    alert.placement_note = std::move(note);
}

}  // namespace

Result<void> place_alert(Tx& tx,
                         Desk& desk,
                         const Service& service,
                         const AlertGroupingSetting* grouping,
                         Alert& alert,
                         const std::string& document,
                         Act act) {
    Placing in{tx, desk, service, grouping, document, act};
    alert.suppressed = false;
    std::optional<GroupingChoice> choice;
    if (grouping) {
        auto groups = desk.groups.groups_of(*grouping, act.now);
        choice =
            choose_group(*grouping, groups, traits_of(*grouping, alert.summary, alert.severity, document), act.now);
        if (choice) {
            auto group = groups[choice->index];
            join(in, alert, group, *choice);
            desk.groups.join(grouping->id, choice->index, alert.severity, act.now);
            // The incident may belong to another service of the setting.
            const auto* owner = desk.config.service(tx, group.service);
            if (owner && alert.severity > group.severity)
                raise_urgency(tx, desk, *owner, group.incident, alert.severity, act);
            return {};
        }
    }
    CHECK_OK(open_own(in, alert));
    return {};
}

Result<Incident> open_as_ordered(Tx& tx, Desk& desk, NewIncident input, const IncidentOrders& orders, Act act) {
    if (orders.priority && tx.find<Priority>(*orders.priority)) input.priority = orders.priority;
    const auto* policy = orders.escalation_policy ? desk.config.policy(tx, *orders.escalation_policy) : nullptr;
    if (policy && !policy->deleted_at) input.escalation_policy = policy->id;
    TRY(auto incident, open_incident(tx, desk, std::move(input), act));
    for (const auto& text : orders.notes) {
        IncidentNote note;
        TRY(incident, add_note(tx, desk, incident.id, text, act, note));
    }
    if (!orders.fields.empty()) return fill_incident_fields(tx, desk, incident, orders.fields, act);
    return incident;
}

std::optional<LogEntryId> log_trigger(Tx& tx, Desk& desk, LogEntry trigger) {
    auto& triggers = desk.book.triggers_of(tx, trigger.incident);
    if (triggers >= trigger_entries_max) return std::nullopt;
    auto id = tx.new_id<LogEntryId>();
    trigger.id = id;
    tx.insert(trigger);
    if (++triggers < trigger_entries_max) return id;
    trigger.id = tx.new_id<LogEntryId>();
    trigger.type = LogEntryType::reach_trigger_limit;
    trigger.agent = agent_of(trigger.service);
    trigger.note.reset();
    trigger.event.reset();
    tx.insert(trigger);
    return id;
}

void raise_urgency(Tx& tx, Desk& desk, const Service& service, IncidentId id, Severity severity, Act act) {
    auto urgency = urgency_for(service, severity, ConfigCache::local_moment(service, tx.now()));
    if (urgency != Urgency::high) return;
    auto incident = tx.find<Incident>(id);
    ASSERT(incident, "the books hold stored incidents only");
    const auto* policy = desk.config.policy(tx, incident->escalation_policy, incident->policy_version);
    if (!policy) return;
    auto before = *incident;
    IncidentChange change{std::move(*incident), {}};
    change_urgency(change, urgency, service, escalation_by(tx, desk, *policy), act);
    if (change.entries.empty()) return;
    auto& config = change.entries.front().config;
    config.add(desk.config.service_use(tx, service.id));
    config.add(desk.config.on_call_uses(tx, *policy));
    save(tx, desk, before, change);
}

void release_alert(Tx& tx, Desk& desk, AlertId id) {
    auto alert = tx.find<Alert>(id);
    if (!alert || !is_held(*alert)) return;
    Act act{agent_of(alert->service), Channel::timeout, tx.now()};
    if (alert->integration) act.agent = agent_of(*alert->integration);
    alert->updated_at = tx.now();
    const auto* service = desk.config.service(tx, alert->service);
    bool takes_alerts = service && !service->disabled && !desk.config.in_maintenance(tx, alert->service);
    auto document = alert->event;
    alert->event.clear();
    auto placed = takes_alerts
                      ? place_alert(tx, desk, *service, desk.config.grouping(tx, *service), *alert, document, act)
                      : Result<void>{};
    if (!takes_alerts || !placed) {
        alert->event = document;
        alert->suppressed = true;
        alert->placement = Placement::suppressed_after_pause;
        alert->placement_note = "Its pause ended while the service took no alerts.";
        tx.update(*alert);
        return;
    }
    tx.update(*alert);
    desk.book.put(book_key(*alert), {alert->id, *alert->incident, alert->severity, 0, tx.now()});
}

}  // namespace callboard
