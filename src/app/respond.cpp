#include "app/respond.h"

#include "app/custom_fields.h"
#include "app/hooks.h"
#include "app/pager.h"
#include "app/responders.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace callboard {

namespace {

Error incident_not_found() { return errors::not_found("Incident Not Found", 5001); }

/// The policy has ended without anybody, not by its last level: lifecycle.cpp gives the reason then.
bool says_nobody_is_on_call(const LogEntry& entry) {
    return entry.type == LogEntryType::exhaust_escalation_path && entry.note.has_value();
}

/// An incident being changed inside a decision.
class Case {
public:
    static Result<Case> load(Tx& tx, Desk& desk, IncidentId id) {
        auto incident = tx.find<Incident>(id);
        if (!incident) return incident_not_found();
        return Case(tx, desk, std::move(*incident));
    }

    Case(Tx& tx, Desk& desk, Incident incident) : tx_(&tx), desk_(&desk), before_(incident) {
        change.incident = std::move(incident);
    }

    /// The policy in the version this incident follows, and who is on call by it now.
    EscalationInput escalation() {
        const auto* policy =
            desk_->config.policy(*tx_, change.incident.escalation_policy, change.incident.policy_version);
        if (!policy) policy = desk_->config.policy(*tx_, change.incident.escalation_policy);
        ASSERT(policy, "an incident's policy is kept as long as the incident");
        return current(*policy);
    }

    /// The incident's service. One that was deleted meanwhile still lets its incidents run to their end.
    Service service() {
        used_.add(desk_->config.service_use(*tx_, change.incident.service));
        const auto* found = desk_->config.service(*tx_, change.incident.service);
        if (found) return *found;
        Service gone;
        gone.id = change.incident.service;
        return gone;
    }

    /// A policy as it is now.
    EscalationInput current(const EscalationPolicy& policy) {
        used_.add(desk_->config.on_call_uses(*tx_, policy));
        return escalation_by(*tx_, *desk_, policy);
    }

    Incident save() {
        if (!change.entries.empty()) change.entries.front().config.add(used_);
        callboard::save(*tx_, *desk_, before_, change);
        return change.incident;
    }

    IncidentChange change;

private:
    Tx* tx_;
    Desk* desk_;
    Incident before_;
    /// What was looked at on the way to the decision.
    ConfigUses used_;
};

/// The incident is over: so are its alerts.
void resolve_alerts_of(Tx& tx, Desk& desk, Incident& incident, Timestamp now) {
    if (auto key = book_key(incident)) desk.book.erase(*key);
    auto open = Query<Alert>().where(&Alert::incident, incident.id).where(&Alert::status, AlertStatus::triggered);
    for (auto& alert : tx.list(open)) {
        alert.status = AlertStatus::resolved;
        alert.resolved_at = now;
        alert.updated_at = now;
        tx.update(alert);
        desk.book.erase(book_key(alert));
        ++incident.resolved_alert_count;
    }
}

Result<void> resolve_case(Tx& tx, Desk& desk, Case& the_case, std::optional<std::string> resolution, Act act) {
    CHECK_OK(resolve(the_case.change, std::move(resolution), act));
    resolve_alerts_of(tx, desk, the_case.change.incident, act.now);
    return {};
}

}  // namespace

EscalationInput escalation_by(Tx& tx, Desk& desk, const EscalationPolicy& policy) {
    auto turn = [&tx](EscalationRuleId rule) { return take_turn(tx, rule); };
    const auto& on_call = desk.config.on_call(tx, policy);
    return {policy, on_call.levels, turn, &on_call.unreadable, on_call.valid_until};
}

void attach(Store& store, Desk& desk) {
    store.attach(desk.book);
    store.attach(desk.groups);
    store.attach(desk.meter);
    store.attach(desk.pages);
    store.attach(desk.hooks);
}

void save(Tx& tx, Desk& desk, const std::optional<Incident>& before, IncidentChange& change) {
    auto& incident = change.incident;
    for (auto& entry : change.entries) {
        if (!entry.id) entry.id = tx.new_id<LogEntryId>();
        entry.incident = incident.id;
        tx.insert(entry);
    }
    auto age = before ? IncidentAge::known : IncidentAge::opened_now;
    announce(tx, desk, before, incident, change.entries);
    if (before && before->help_asked) follow_incident(tx, desk, *before, change);
    if (std::ranges::any_of(change.entries, says_nobody_is_on_call)) tell_administrators(tx, desk, incident, age);
    change.entries.clear();
    if (incident.notify_at && *incident.notify_at <= tx.now()) plan_pages(tx, desk, incident, age);
    auto due_before = before ? next_due(*before) : std::nullopt;
    auto due_after = next_due(incident);
    if (due_before != due_after) {
        if (due_before) tx.cancel({*due_before, DueKind::incident, incident.id.value});
        if (due_after) tx.schedule({*due_after, DueKind::incident, incident.id.value});
    }
    if (before) {
        tx.update(incident);
        desk.groups.follow(incident);
    } else {
        tx.insert(incident);
    }
}

std::string newest_event(Tx& tx, const Alert& alert) {
    if (!alert.event.empty()) return alert.event;
    auto trigger = tx.find<LogEntry>(alert.first_trigger_log_entry);
    return trigger ? trigger->event.value_or("") : std::string{};
}

Result<Incident> open_incident(Tx& tx, Desk& desk, NewIncident input, Act act) {
    const auto* service = desk.config.service(tx, input.service);
    if (!service) return errors::not_found("Service Not Found", 5002);
    const auto* policy = desk.config.policy(tx, input.escalation_policy);
    if (!policy) return Error{ErrorKind::invalid, 1014, "Escalation Policy Not Found", {}};
    IncidentChange change;
    auto& incident = change.incident;
    incident.id = tx.new_id<IncidentId>();
    incident.incident_number = desk.numbers.next(tx);
    incident.service = input.service;
    incident.title = std::move(input.title);
    incident.urgency = input.urgency;
    incident.priority = input.priority;
    incident.incident_type = std::move(input.incident_type);
    incident.incident_key = std::move(input.incident_key);
    incident.body = std::move(input.body);
    incident.manual = input.manual;
    incident.conference_number = std::move(input.conference_number);
    incident.conference_url = std::move(input.conference_url);
    incident.created_at = act.now;
    incident.alert_count = input.alert ? 1 : 0;
    incident.first_trigger_log_entry = tx.new_id<LogEntryId>();

    auto& trigger = change.entries.emplace_back();
    trigger.id = incident.first_trigger_log_entry;
    trigger.type = LogEntryType::trigger;
    trigger.agent = act.agent;
    trigger.channel = act.channel;
    trigger.service = incident.service;
    trigger.alert = input.alert;
    trigger.event = std::move(input.event);
    trigger.created_at = act.now;

    open(change, *service, escalation_by(tx, desk, *policy), act);
    if (!input.assignees.empty()) {
        // Assigned by hand from the start: what the policy would have done is not part of its history.
        std::erase_if(change.entries, [](const LogEntry& e) { return e.type != LogEntryType::trigger; });
        assign_directly(change, input.assignees, *service, act);
        incident.escalation_level = 0;
    }
    if (auto key = book_key(incident)) desk.book.put(*key, {AlertId{}, incident.id, Severity::critical});
    give_default_values(tx, desk, incident);
    auto& config = change.entries.front().config;
    config.add(desk.config.service_use(tx, input.service));
    config.add(desk.config.on_call_uses(tx, *policy));
    save(tx, desk, std::nullopt, change);
    return std::move(incident);
}

Result<Incident> acknowledge_incident(Tx& tx, Desk& desk, IncidentId id, Act act) {
    TRY(auto the_case, Case::load(tx, desk, id));
    CHECK_OK(acknowledge(the_case.change, the_case.service(), act));
    return the_case.save();
}

Result<Incident> resolve_incident(Tx& tx, Desk& desk, IncidentId id, std::optional<std::string> resolution, Act act) {
    TRY(auto the_case, Case::load(tx, desk, id));
    CHECK_OK(resolve_case(tx, desk, the_case, std::move(resolution), act));
    return the_case.save();
}

Result<Incident> snooze_incident(Tx& tx, Desk& desk, IncidentId id, std::int64_t duration_seconds, Act act) {
    TRY(auto the_case, Case::load(tx, desk, id));
    CHECK_OK(snooze(the_case.change, duration_seconds, act));
    return the_case.save();
}

Result<Incident> add_note(Tx& tx, Desk& desk, IncidentId id, std::string content, Act act, IncidentNote& note) {
    TRY(auto the_case, Case::load(tx, desk, id));
    note.id = tx.new_id<NoteId>();
    note.incident = id;
    note.content = content;
    if (act.agent.type == AgentType::user) note.user = UserId{act.agent.id};
    note.created_at = act.now;
    tx.insert(note);
    auto& entry = the_case.change.entries.emplace_back();
    entry.type = LogEntryType::annotate;
    entry.agent = act.agent;
    entry.channel = Channel::note;
    entry.service = the_case.change.incident.service;
    entry.note = std::move(content);
    entry.created_at = act.now;
    the_case.change.incident.updated_at = act.now;
    announce_note(tx, desk, the_case.change.incident, note, act.agent);
    return the_case.save();
}

namespace {

/// A resolved incident begins again, by the policy of the update or its own.
Result<void> reopen_case(Tx& tx, Desk& desk, Case& the_case, const IncidentUpdate& update, Act act) {
    auto& incident = the_case.change.incident;
    const auto* policy = desk.config.policy(tx, update.escalation_policy.value_or(incident.escalation_policy));
    bool gone = !policy || (update.escalation_policy && policy->deleted_at);
    if (gone) return Error{ErrorKind::invalid, 1014, "Escalation Policy Not Found", {}};
    reopen(the_case.change, the_case.service(), the_case.current(*policy), act);
    // It answers to its key again, unless another incident does by now.
    if (auto key = book_key(incident); key && !desk.book.find(*key))
        desk.book.put(*key, {AlertId{}, incident.id, Severity::critical});
    bool taken = update.status == IncidentStatus::acknowledged && !update.assignees;
    if (taken && act.agent.type == AgentType::user)
        assign_directly(the_case.change, {UserId{act.agent.id}}, the_case.service(), act);
    return {};
}

Result<void> apply_status(Tx& tx, Desk& desk, Case& the_case, const IncidentUpdate& update, Act act) {
    auto& incident = the_case.change.incident;
    if (!update.status) return {};
    switch (*update.status) {
    case IncidentStatus::resolved:
        if (incident.status == IncidentStatus::resolved) return {};
        return resolve_case(tx, desk, the_case, update.resolution, act);
    case IncidentStatus::acknowledged: return acknowledge(the_case.change, the_case.service(), act);
    case IncidentStatus::triggered:
        if (incident.status == IncidentStatus::acknowledged)
            unacknowledge(the_case.change, the_case.service(), the_case.escalation(), act);
        return {};
    }
    return {};
}

/// `follows_policy`: the incident has just begun to follow the update's policy.
Result<void>
apply_assignment(Tx& tx, Desk& desk, Case& the_case, const IncidentUpdate& update, bool follows_policy, Act act) {
    auto& incident = the_case.change.incident;
    bool asked = update.escalation_policy || update.escalation_level || update.assignees;
    if (!asked) return {};
    if (incident.status == IncidentStatus::resolved)
        return Error{ErrorKind::invalid, 1001, "Incident Already Resolved", {}};
    if (update.escalation_policy && !follows_policy) {
        const auto* policy = desk.config.policy(tx, *update.escalation_policy);
        if (!policy || policy->deleted_at) return Error{ErrorKind::invalid, 1014, "Escalation Policy Not Found", {}};
        delegate(the_case.change, the_case.service(), the_case.current(*policy), act);
    }
    if (update.escalation_level)
        CHECK_OK(
            escalate_to(the_case.change, *update.escalation_level, the_case.service(), the_case.escalation(), act));
    if (update.assignees) {
        for (auto user : *update.assignees)
            if (!tx.find<User>(user)) return Error{ErrorKind::invalid, 1007, "Assigned To User Not Found", {}};
        assign_directly(the_case.change, *update.assignees, the_case.service(), act);
    }
    return {};
}

/// Members that are plain values.
void apply_values(Incident& incident, const IncidentUpdate& update, Timestamp now) {
    if (update.title) incident.title = *update.title;
    if (update.priority) incident.priority = *update.priority;
    if (update.incident_type) incident.incident_type = *update.incident_type;
    if (update.conference_number) incident.conference_number = *update.conference_number;
    if (update.conference_url) incident.conference_url = *update.conference_url;
    if (update.service) incident.service = *update.service;
    incident.updated_at = now;
}

}  // namespace

Result<Incident> update_incident(Tx& tx, Desk& desk, const IncidentUpdate& update, Act act) {
    TRY(auto the_case, Case::load(tx, desk, update.id));
    apply_values(the_case.change.incident, update, act.now);
    if (update.incident_type) give_default_values(tx, desk, the_case.change.incident);
    bool reopens = the_case.change.incident.status == IncidentStatus::resolved && update.status &&
                   *update.status != IncidentStatus::resolved;
    if (reopens) CHECK_OK(reopen_case(tx, desk, the_case, update, act));
    if (update.urgency)
        change_urgency(the_case.change, *update.urgency, the_case.service(), the_case.escalation(), act);
    CHECK_OK(apply_assignment(tx, desk, the_case, update, reopens, act));
    CHECK_OK(apply_status(tx, desk, the_case, update, act));
    return the_case.save();
}

Result<Incident>
merge_incidents(Tx& tx, Desk& desk, IncidentId target, const std::vector<IncidentId>& sources, Act act) {
    TRY(auto into, Case::load(tx, desk, target));
    if (into.change.incident.status == IncidentStatus::resolved)
        return Error{ErrorKind::invalid, 1001, "Incident Already Resolved", {}};
    for (auto source_id : sources) {
        if (source_id == target) return errors::invalid_input("An incident cannot be merged into itself");
        TRY(auto source, Case::load(tx, desk, source_id));
        auto& from = source.change.incident;
        if (from.merged_into) return Error{ErrorKind::invalid, 1019, "Incident Already Merged", {}};
        auto alerts = tx.list(Query<Alert>().where(&Alert::incident, source_id));
        auto total = into.change.incident.alert_count + static_cast<int>(alerts.size());
        if (total > alerts_per_incident_max) return errors::invalid_input("An incident may have at most 1000 alerts");
        for (auto& alert : alerts) {
            alert.incident = target;
            alert.placement = Placement::moved;
            alert.placement_note = "Its incident was merged into this one.";
            tx.update(alert);
            bool open = alert.status == AlertStatus::triggered;
            if (open) desk.book.put(book_key(alert), {alert.id, target, alert.severity});
            ++into.change.incident.alert_count;
            if (!open) ++into.change.incident.resolved_alert_count;
        }
        from.alert_count = 0;
        from.resolved_alert_count = 0;
        if (from.status != IncidentStatus::resolved)
            CHECK_OK(resolve_case(tx,
                                  desk,
                                  source,
                                  fmt::format("It was merged into incident {}.", into.change.incident.incident_number),
                                  act));
        from.merged_into = target;
        source.save();
    }
    auto& entry = into.change.entries.emplace_back();
    entry.type = LogEntryType::merge;
    entry.agent = act.agent;
    entry.channel = act.channel;
    entry.service = into.change.incident.service;
    entry.created_at = act.now;
    into.change.incident.updated_at = act.now;
    return into.save();
}

namespace {

Result<void> resolve_if_over(Tx& tx, Desk& desk, Case& the_case, Act act) {
    auto& incident = the_case.change.incident;
    bool over = incident.alert_count > 0 && incident.resolved_alert_count >= incident.alert_count;
    if (!over || incident.status == IncidentStatus::resolved) return {};
    return resolve_case(tx, desk, the_case, std::nullopt, act);
}

/// An alert that had no incident so far gets its trigger entry where it goes.
void end_suppression(Tx& tx, Alert& alert, Case& into, Act act) {
    if (is_held(alert)) tx.cancel({*alert.suspended_until, DueKind::alert, alert.id.value});
    alert.suppressed = false;
    if (alert.first_trigger_log_entry) return;
    auto& trigger = into.change.entries.emplace_back();
    trigger.id = tx.new_id<LogEntryId>();
    trigger.type = LogEntryType::trigger;
    trigger.agent = act.agent;
    trigger.channel = act.channel;
    trigger.service = into.change.incident.service;
    trigger.alert = alert.id;
    trigger.event = alert.event;
    trigger.created_at = act.now;
    alert.first_trigger_log_entry = trigger.id;
}

Result<void> move_alert(Tx& tx, Desk& desk, Alert& alert, IncidentId target, Act act) {
    TRY(auto into, Case::load(tx, desk, target));
    if (into.change.incident.status == IncidentStatus::resolved)
        return Error{ErrorKind::invalid, 1001, "Incident Already Resolved", {}};
    if (into.change.incident.alert_count >= alerts_per_incident_max)
        return errors::invalid_input("An incident may have at most 1000 alerts");
    bool resolved = alert.status == AlertStatus::resolved;
    if (!alert.incident) end_suppression(tx, alert, into, act);
    // It leaves first: an incident that is over without it must not take it along.
    auto source = std::exchange(alert.incident, target);
    alert.placement = Placement::moved;
    alert.placement_note = "It was put into this incident by hand.";
    alert.updated_at = act.now;
    tx.update(alert);
    if (source) {
        TRY(auto from, Case::load(tx, desk, *source));
        --from.change.incident.alert_count;
        if (resolved) --from.change.incident.resolved_alert_count;
        CHECK_OK(resolve_if_over(tx, desk, from, act));
        from.change.incident.updated_at = act.now;
        from.save();
    }
    ++into.change.incident.alert_count;
    if (resolved) ++into.change.incident.resolved_alert_count;
    into.change.incident.updated_at = act.now;
    into.save();
    if (!resolved) desk.book.put(book_key(alert), {alert.id, target, alert.severity});
    return {};
}

Result<void> resolve_alert(Tx& tx, Desk& desk, Alert& alert, Act act) {
    if (alert.status == AlertStatus::resolved) return {};
    if (is_held(alert)) {
        tx.cancel({*alert.suspended_until, DueKind::alert, alert.id.value});
        alert.placement = Placement::cleared_in_pause;
        alert.placement_note = "It cleared before its pause ended: nobody was paged.";
    }
    alert.status = AlertStatus::resolved;
    alert.resolved_at = act.now;
    alert.updated_at = act.now;
    tx.update(alert);
    desk.book.erase(book_key(alert));
    if (!alert.incident) return {};
    TRY(auto the_case, Case::load(tx, desk, *alert.incident));
    ++the_case.change.incident.resolved_alert_count;
    the_case.change.incident.updated_at = act.now;
    CHECK_OK(resolve_if_over(tx, desk, the_case, act));
    the_case.save();
    return {};
}

}  // namespace

Result<Alert> update_alert(Tx& tx, Desk& desk, const AlertUpdate& update, Act act) {
    auto alert = tx.find<Alert>(update.id);
    if (!alert) return errors::not_found("Alert Not Found", 5001);
    if (update.move_to && alert->incident != update.move_to)
        CHECK_OK(move_alert(tx, desk, *alert, *update.move_to, act));
    if (update.resolve) CHECK_OK(resolve_alert(tx, desk, *alert, act));
    return std::move(*alert);
}

void pass_time(Tx& tx, Desk& desk, IncidentId id) {
    auto loaded = Case::load(tx, desk, id);
    if (!loaded) return;
    auto& the_case = *loaded;
    auto& incident = the_case.change.incident;
    bool was_open = incident.status != IncidentStatus::resolved;
    Act act{agent_of(incident.service), Channel::timeout, tx.now()};
    pass_time(the_case.change, the_case.service(), the_case.escalation(), act);
    if (was_open && incident.status == IncidentStatus::resolved) resolve_alerts_of(tx, desk, incident, tx.now());
    the_case.save();
    // The row that led here is gone; when something else falls due at the same instant, save() saw no change.
    if (auto next = next_due(incident)) tx.schedule({*next, DueKind::incident, id.value});
}

}  // namespace callboard
