#pragma once
// The incident's state machine, as values. Each function takes the incident as it is, what happened and when,
// changes the incident and writes down what to log. Nothing here reads a clock or a store: callers pass the
// policy snapshot and who is on call, and save what comes back.
//
// Source of the rules: the REST reference's state table; where it is silent, docs/compatibility.md.

#include "base/result.h"
#include "domain/escalation/escalation_policy.h"
#include "domain/incident/incident.h"
#include "domain/service/service.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// An incident in the middle of a decision, with the log entries the decision has produced so far
/// (ids and incident are filled in when they are saved).
struct IncidentChange {
    Incident incident;
    std::vector<LogEntry> entries;
};

/// Who acted, by which way, when.
struct Act {
    Agent agent;
    Channel channel = Channel::api;
    Timestamp now;
    /// By what, where the agent does not say: "a link in ops-channel".
    std::string by = {};
};

/// What the escalation needs to know at this moment.
struct EscalationInput {
    const EscalationPolicy& policy;
    const OnCallByLevel& on_call;
    /// Counts the assignments of a level that takes turns, from 0. Without it the first is always next.
    std::function<std::int64_t(EscalationRuleId)> turn = {};
    /// What of the levels could not be read and yields nobody, by level: one sentence each. Null: nothing.
    const std::multimap<int, std::string>* unreadable = nullptr;
    /// When somebody next comes on call or goes off, as far as is known now.
    Timestamp changes_at = Timestamp::max();
};

/// When the next step falls due if nobody reacts: while nobody is on call, as soon as somebody comes.
Timestamp next_step_at(const EscalationInput& escalation, const EscalationStep& step, Timestamp now);

/// Where the level that `step` leads to takes turns, the step is for the next of its people only.
void take_turns(const EscalationInput& escalation, EscalationStep& step);

/// A new incident's first step: assigns the first level with someone on call and starts the timers.
/// The incident carries service, title, urgency, escalation policy and times already.
void open(IncidentChange& change, const Service& service, EscalationInput escalation, Act act);

/// Triggered (or acknowledged by somebody else) to acknowledged: escalation stops, the service's time-out starts, and
/// auto-resolve counts from now. Error 1001 when resolved. Acknowledging again by the same agent changes nothing.
Result<void> acknowledge(IncidentChange& change, const Service& service, Act act);

/// Back to triggered: ack time-out, snooze end, or by hand. Escalation resumes where it stood; auto-resolve counts
/// from now.
void unacknowledge(IncidentChange& change, const Service& service, EscalationInput escalation, Act act);

/// Any open state to resolved; all that was pending ends. Error 1001 when already resolved.
Result<void> resolve(IncidentChange& change, std::optional<std::string> resolution, Act act);

/// Resolved to triggered: reopened with a fresh snapshot, assigned from its first level, with the timers of a new one.
void reopen(IncidentChange& change, const Service& service, EscalationInput escalation, Act act);

/// Error 1012 unless acknowledged; 1013 unless 1 to 604800 seconds.
Result<void> snooze(IncidentChange& change, std::int64_t duration_seconds, Act act);

/// The escalation timer ran out: the next level, the policy over again, or its end.
void escalate_by_timeout(IncidentChange& change, EscalationInput escalation, Act act);

// Whatever moves an acknowledged incident by hand ends the acknowledgement or snooze, as unacknowledge does.

/// Escalated by hand to a 1-based level. Error 1006 for low urgency or a level that does not exist.
Result<void>
escalate_to(IncidentChange& change, int level, const Service& service, EscalationInput escalation, Act act);

/// Assigned to people by hand; such an incident no longer escalates by itself.
void assign_directly(IncidentChange& change, const std::vector<UserId>& users, const Service& service, Act act);

/// Moved to another policy (or a fresh snapshot of its own), from level 1. With nobody on call there it is nobody's and
/// keeps looking.
void delegate(IncidentChange& change, const Service& service, EscalationInput escalation, Act act);

/// Raising low to high on an acknowledged incident un-acknowledges it.
void change_urgency(
    IncidentChange& change, Urgency urgency, const Service& service, EscalationInput escalation, Act act);

/// Everything of `incident` that has come due at `act.now`, in the order of its times.
/// What fell due while the server was down happens now, one escalation step at a time. Whom to tell is not decided here
/// but where the rules of people are known: an incident whose `notify_at` has come is left as it is.
void pass_time(IncidentChange& change, const Service& service, EscalationInput escalation, Act act);

}  // namespace callboard
