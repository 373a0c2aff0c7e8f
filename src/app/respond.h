#pragma once
// What people and events do to incidents: load, let the domain decide, save. Every function runs inside a decision
// (Store::decide); an Error leaves nothing behind.

#include "app/alert_book.h"
#include "app/config_cache.h"
#include "app/event_meter.h"
#include "app/group_book.h"
#include "app/hook_book.h"
#include "app/incident_numbers.h"
#include "app/page_book.h"
#include "app/rule_book.h"
#include "base/result.h"
#include "domain/incident/lifecycle.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// What decisions about incidents share: the writer's memory.
struct Desk {
    ConfigCache config;
    RuleBook rules;
    AlertBook book;
    PageBook pages;
    GroupBook groups;
    HookBook hooks;
    EventMeter meter;
    IncidentNumbers numbers;
};

/// Lets `desk` follow `store`, which it outlives. Before the first decision.
void attach(Store& store, Desk& desk);

/// A policy, who is on call by it, and whose turn it is where a level takes turns.
EscalationInput escalation_by(Tx& tx, Desk& desk, const EscalationPolicy& policy);

/// Writes an incident's change: the row, its log entries, the messages that are due, and the one due row that says when
/// to look again.
/// `before` is absent for a new incident.
void save(Tx& tx, Desk& desk, const std::optional<Incident>& before, IncidentChange& change);

struct NewIncident {
    ServiceId service;
    std::string title;
    Urgency urgency = Urgency::high;
    /// The policy to follow; the service's unless told otherwise.
    EscalationPolicyId escalation_policy;
    /// Given instead of a policy: assigned by hand.
    std::vector<UserId> assignees;
    std::optional<std::string> incident_key;
    std::optional<PriorityId> priority;
    std::string incident_type{base_incident_type};
    std::optional<std::string> body;
    bool manual = false;
    /// The event that made it.
    std::optional<std::string> event;
    std::optional<AlertId> alert;
    std::optional<std::string> conference_number;
    std::optional<std::string> conference_url;
};

/// The alert's newest event, as JSON text.
std::string newest_event(Tx& tx, const Alert& alert);

/// Opens an incident with its trigger entry, first assignment and timers.
/// Errors: 5002 when the service, 1014 when the policy is unknown.
Result<Incident> open_incident(Tx& tx, Desk& desk, NewIncident input, Act act);

Result<Incident> acknowledge_incident(Tx& tx, Desk& desk, IncidentId id, Act act);
Result<Incident> resolve_incident(Tx& tx, Desk& desk, IncidentId id, std::optional<std::string> resolution, Act act);
Result<Incident> snooze_incident(Tx& tx, Desk& desk, IncidentId id, std::int64_t duration_seconds, Act act);
Result<Incident> add_note(Tx& tx, Desk& desk, IncidentId id, std::string content, Act act, IncidentNote& note);

/// What PUT /incidents changes; absent members stay.
struct IncidentUpdate {
    IncidentId id;
    std::optional<IncidentStatus> status;
    std::optional<std::string> resolution;
    std::optional<std::string> title;
    std::optional<Urgency> urgency;
    /// Present and empty: the priority is taken away.
    std::optional<std::optional<PriorityId>> priority;
    /// Its name.
    std::optional<std::string> incident_type;
    std::optional<int> escalation_level;
    std::optional<std::vector<UserId>> assignees;
    std::optional<EscalationPolicyId> escalation_policy;
    std::optional<ServiceId> service;
    std::optional<std::string> conference_number;
    std::optional<std::string> conference_url;
};

/// Errors: 5001 Incident Not Found; 1001, 1006, 1014 as the state table says. Acknowledging what is acknowledged
/// and resolving what is resolved succeed and change nothing.
Result<Incident> update_incident(Tx& tx, Desk& desk, const IncidentUpdate& update, Act act);

/// Moves the sources' alerts to the target and resolves the sources. Error 1019 for a source already merged.
Result<Incident>
merge_incidents(Tx& tx, Desk& desk, IncidentId target, const std::vector<IncidentId>& sources, Act act);

struct AlertUpdate {
    AlertId id;
    bool resolve = false;
    std::optional<IncidentId> move_to;
};

/// Resolves an alert or moves it to another incident; an incident whose last open alert is gone resolves.
Result<Alert> update_alert(Tx& tx, Desk& desk, const AlertUpdate& update, Act act);

/// Everything of one incident that has come due.
void pass_time(Tx& tx, Desk& desk, IncidentId id);

}  // namespace callboard
