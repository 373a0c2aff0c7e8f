#include "domain/incident/lifecycle.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

std::optional<Timestamp> next_due(const Incident& incident) {
    std::optional<Timestamp> earliest;
    for (const auto& at : {incident.escalate_at,
                           incident.unacknowledge_at,
                           incident.resolve_at,
                           incident.urgency_change_at,
                           incident.notify_at})
        if (at && (!earliest || *at < *earliest)) earliest = at;
    return earliest;
}

namespace {

constexpr std::int64_t snooze_max_seconds = 604'800;  // REST: createIncidentSnooze

Error state_error(int code, std::string message, std::vector<std::string> problems = {}) {
    return {ErrorKind::invalid, code, std::move(message), std::move(problems)};
}

LogEntry& log(IncidentChange& change, LogEntryType type, const Act& act) {
    auto& entry = change.entries.emplace_back();
    entry.type = type;
    entry.agent = act.agent;
    entry.channel = act.channel;
    entry.service = change.incident.service;
    if (!act.by.empty()) entry.note = fmt::format("By {}.", act.by);
    entry.created_at = act.now;
    return entry;
}

void set_status(IncidentChange& change, IncidentStatus status, const Act& act) {
    auto& incident = change.incident;
    incident.status = status;
    incident.last_status_change_at = act.now;
    incident.last_status_change_by = act.agent;
    incident.updated_at = act.now;
}

Act by_service(const IncidentChange& change, const Act& act) {
    return {agent_of(change.incident.service), Channel::auto_, act.now};
}

/// The assignees are told by their notification rules, counted from now.
void start_notifying(Incident& incident, Timestamp now) {
    incident.notify_from = now;
    incident.notify_at.reset();
    if (!incident.assignments.empty()) incident.notify_at = now;
}

void replace_assignees(IncidentChange& change, const std::vector<UserId>& users, const Act& act) {
    change.incident.assignments.clear();
    for (auto user : users)
        if (std::ranges::find(change.incident.assignments, user, &Assignment::assignee) ==
            change.incident.assignments.end())
            change.incident.assignments.push_back({user, act.now});
    start_notifying(change.incident, act.now);
}

/// One assign entry per assignee, as PagerDuty writes them. `level` is absent when it was given to them by hand.
void log_assignments(IncidentChange& change,
                     const std::vector<UserId>& users,
                     std::optional<int> level,
                     const Act& act) {
    for (auto user : users) {
        auto& entry = log(change, LogEntryType::assign, act);
        entry.users = {user};
        entry.level = level;
    }
}

void log_skipped(IncidentChange& change, const EscalationStep& step, const Act& act) {
    for (int level : step.skipped_levels)
        log(change, LogEntryType::escalate, act).note = fmt::format("Level {} was skipped: nobody was on call.", level);
}

/// What of the levels that the step came past, or led to, could not be read.
void log_unreadable(IncidentChange& change, EscalationInput escalation, const EscalationStep& step, const Act& act) {
    if (!escalation.unreadable) return;
    for (const auto& [level, sentence] : *escalation.unreadable) {
        bool counts = step.kind == EscalationStepKind::nobody_on_call ||
                      (step.kind == EscalationStepKind::assign && step.state.level == level) ||
                      std::ranges::find(step.skipped_levels, level) != step.skipped_levels.end();
        if (counts) log(change, LogEntryType::escalate, act).note = fmt::format("Level {}: {}", level, sentence);
    }
}

/// Low urgency never escalates by timer, nor does what was assigned by hand.
bool escalates(const Incident& incident) {
    return incident.urgency == Urgency::high && incident.assigned_via == AssignedVia::escalation_policy &&
           incident.status == IncidentStatus::triggered;
}

void start_escalation_timer(IncidentChange& change,
                            const EscalationInput& escalation,
                            const EscalationStep& step,
                            const Act& act) {
    auto& incident = change.incident;
    incident.escalate_at.reset();
    bool unassigned = incident.assignments.empty();
    // An incident that nobody has must keep looking for somebody, whatever its urgency.
    if (escalates(incident) || (unassigned && incident.status == IncidentStatus::triggered))
        incident.escalate_at = next_step_at(escalation, step, act.now);
}

/// Carries out one step of the policy; `type` is how the log names a move of level.
void take_step(
    IncidentChange& change, EscalationInput escalation, EscalationStep step, LogEntryType type, const Act& act) {
    auto& incident = change.incident;
    auto system = by_service(change, act);
    // Looking again for somebody while nobody is on call is said once, not for every look.
    bool nobody_before = incident.assignments.empty() ||
                         (incident.assigned_via == AssignedVia::escalation_policy && incident.escalation_level == 0);
    bool nobody_still =
        step.kind == EscalationStepKind::nobody_on_call && type == LogEntryType::escalate && nobody_before;
    if (nobody_still) return start_escalation_timer(change, escalation, step, act);
    log_unreadable(change, escalation, step, system);
    log_skipped(change, step, system);
    incident.updated_at = act.now;
    switch (step.kind) {
    case EscalationStepKind::nobody_on_call:
        if (type == LogEntryType::delegate) {
            // It is not with the people of the policy that it followed before.
            log(change, type, act);
            replace_assignees(change, {}, act);
        }
        log(change, LogEntryType::exhaust_escalation_path, system).note =
            "Nobody is on call at any level of the escalation policy; nobody was notified.";
        // Whoever has it keeps it; the policy has no level for it until somebody is on call, and begins with the first.
        incident.escalation_level = 0;
        start_escalation_timer(change, escalation, step, act);
        return;
    case EscalationStepKind::exhausted:
        log(change, LogEntryType::exhaust_escalation_path, system);
        incident.escalate_at.reset();
        return;
    case EscalationStepKind::assign: break;
    }
    if (step.repeated) log(change, LogEntryType::repeat_escalation_path, system);
    take_turns(escalation, step);
    if (type != LogEntryType::assign) {
        auto& entry = log(change, type, act);
        entry.users = step.users;
        entry.level = step.state.level;
    }
    incident.escalation_level = step.state.level;
    incident.escalation_loop = step.state.loop;
    incident.assigned_via = AssignedVia::escalation_policy;
    replace_assignees(change, step.users, act);
    log_assignments(change, step.users, step.state.level, system);
    start_escalation_timer(change, escalation, step, act);
}

void start_auto_resolve(Incident& incident, const Service& service, Timestamp now) {
    incident.resolve_at.reset();
    if (service.auto_resolve_timeout) incident.resolve_at = now + seconds{*service.auto_resolve_timeout};
}

/// What begins to run when an incident begins, for the first time or again.
void start_service_timers(Incident& incident, const Service& service, Timestamp now) {
    if (incident.urgency == Urgency::low) incident.urgency_change_at = urgency_rises_at(service, now);
    start_auto_resolve(incident, service, now);
}

void follow_policy(Incident& incident, const EscalationPolicy& policy) {
    incident.escalation_policy = policy.id;
    incident.policy_version = policy.version;
    incident.escalation_level = 0;
    incident.escalation_loop = 0;
    incident.assigned_via = AssignedVia::escalation_policy;
    if (policy.team && std::ranges::find(incident.teams, *policy.team) == incident.teams.end())
        incident.teams.push_back(*policy.team);
}

/// Counts again from a change of status. It is switched on when an incident opens: a service that turns it on later
/// does not touch what is open already, and one that turned it off stops it.
void restart_auto_resolve(Incident& incident, const Service& service, Timestamp now) {
    if (incident.resolve_at || incident.snoozed) start_auto_resolve(incident, service, now);
}

void end_acknowledgement(Incident& incident) {
    incident.acknowledgements.clear();
    incident.unacknowledge_at.reset();
    incident.snoozed = false;
}

/// It needs somebody again: what the acknowledgement held up runs anew.
void back_to_triggered(IncidentChange& change, const Service& service, const Act& act) {
    set_status(change, IncidentStatus::triggered, act);
    restart_auto_resolve(change.incident, service, act.now);
    end_acknowledgement(change.incident);
}

/// The timer of a level that is already assigned, started anew. Where no level has it, somebody is looked for at once.
void resume_escalation(IncidentChange& change, EscalationInput escalation, const Act& act) {
    auto& incident = change.incident;
    EscalationState state{incident.escalation_level, incident.escalation_loop};
    if (incident.assignments.empty() || (escalates(incident) && state.level == 0)) {
        auto step = next_step(escalation.policy, escalation.on_call, {0, state.loop});
        return take_step(change, escalation, step, LogEntryType::escalate, act);
    }
    auto step = step_to_level(escalation.policy, escalation.on_call, std::max(state.level, 1), state.loop);
    start_escalation_timer(change, escalation, step, act);
}

}  // namespace

Timestamp next_step_at(const EscalationInput& escalation, const EscalationStep& step, Timestamp now) {
    auto at = now + step.next_delay;
    bool comes_sooner = step.kind == EscalationStepKind::nobody_on_call && escalation.changes_at > now;
    return comes_sooner ? std::min(at, escalation.changes_at) : at;
}

void take_turns(const EscalationInput& escalation, EscalationStep& step) {
    const auto& rule = escalation.policy.escalation_rules.at(static_cast<std::size_t>(step.state.level - 1));
    if (rule.strategy != AssignmentStrategy::round_robin || step.users.size() < 2) return;
    auto turn = escalation.turn ? escalation.turn(rule.id) : 0;
    step.users = {step.users[static_cast<std::size_t>(turn) % step.users.size()]};
}

void open(IncidentChange& change, const Service& service, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    set_status(change, IncidentStatus::triggered, act);
    follow_policy(incident, escalation.policy);
    auto step = next_step(escalation.policy, escalation.on_call, {});
    take_step(change, escalation, step, LogEntryType::assign, act);
    start_service_timers(incident, service, act.now);
}

Result<void> acknowledge(IncidentChange& change, const Service& service, Act act) {
    auto& incident = change.incident;
    if (incident.status == IncidentStatus::resolved) return state_error(1001, "Incident Already Resolved");
    auto same = [&](const Acknowledgement& a) { return a.acknowledger == act.agent; };
    if (!incident.snoozed && std::ranges::any_of(incident.acknowledgements, same)) return {};
    set_status(change, IncidentStatus::acknowledged, act);
    std::erase_if(incident.acknowledgements, same);
    incident.acknowledgements.push_back({act.agent, act.now});
    incident.escalate_at.reset();
    incident.notify_at.reset();
    restart_auto_resolve(incident, service, act.now);
    incident.snoozed = false;
    incident.unacknowledge_at.reset();
    if (service.acknowledgement_timeout)
        incident.unacknowledge_at = act.now + seconds{*service.acknowledgement_timeout};
    log(change, LogEntryType::acknowledge, act).until = incident.unacknowledge_at;
    return {};
}

void unacknowledge(IncidentChange& change, const Service& service, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    back_to_triggered(change, service, act);
    log(change, LogEntryType::unacknowledge, act);
    start_notifying(incident, act.now);
    resume_escalation(change, escalation, act);
}

Result<void> resolve(IncidentChange& change, std::optional<std::string> resolution, Act act) {
    auto& incident = change.incident;
    if (incident.status == IncidentStatus::resolved) return state_error(1001, "Incident Already Resolved");
    set_status(change, IncidentStatus::resolved, act);
    incident.resolved_at = act.now;
    incident.assignments.clear();
    end_acknowledgement(incident);
    incident.escalate_at.reset();
    incident.resolve_at.reset();
    incident.urgency_change_at.reset();
    incident.notify_at.reset();
    auto& entry = log(change, LogEntryType::resolve, act);
    if (resolution) entry.note = std::move(resolution);
    return {};
}

void reopen(IncidentChange& change, const Service& service, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    incident.resolved_at.reset();
    incident.merged_into.reset();
    set_status(change, IncidentStatus::triggered, act);
    log(change, LogEntryType::reopen, act);
    follow_policy(incident, escalation.policy);
    take_step(change, escalation, next_step(escalation.policy, escalation.on_call, {}), LogEntryType::assign, act);
    start_service_timers(incident, service, act.now);
}

Result<void> snooze(IncidentChange& change, std::int64_t duration_seconds, Act act) {
    auto& incident = change.incident;
    if (duration_seconds < 1 || duration_seconds > snooze_max_seconds)
        return state_error(1013,
                           "Snooze Duration is Invalid",
                           {fmt::format("Duration must be from 1 to {} seconds", snooze_max_seconds)});
    if (incident.status != IncidentStatus::acknowledged) return state_error(1012, "Incident is not Acknowledged");
    incident.snoozed = true;
    incident.unacknowledge_at = act.now + seconds{duration_seconds};
    incident.resolve_at.reset();
    incident.updated_at = act.now;
    log(change, LogEntryType::snooze, act).until = incident.unacknowledge_at;
    return {};
}

void escalate_by_timeout(IncidentChange& change, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    EscalationState state{incident.escalation_level, incident.escalation_loop};
    auto step = next_step(escalation.policy, escalation.on_call, state);
    take_step(change, escalation, step, LogEntryType::escalate, act);
}

Result<void>
escalate_to(IncidentChange& change, int level, const Service& service, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    if (incident.status == IncidentStatus::resolved) return state_error(1001, "Incident Already Resolved");
    auto levels = static_cast<int>(escalation.policy.escalation_rules.size());
    if (incident.urgency == Urgency::low)
        return state_error(1006, "Cannot Escalate", {"An incident of low urgency is not escalated"});
    if (level < 1 || level > levels)
        return state_error(1006,
                           "Cannot Escalate",
                           {fmt::format("Escalation level must be from 1 to {}, the levels of {}",
                                        levels,
                                        escalation.policy.name)});
    auto step = step_to_level(escalation.policy, escalation.on_call, level, incident.escalation_loop);
    // Nothing is taken from whoever has it, or has acknowledged it, when there is nobody to give it to.
    if (step.kind != EscalationStepKind::assign)
        return state_error(1006, "Cannot Escalate", {fmt::format("Nobody is on call at level {} or above", level)});
    if (incident.status == IncidentStatus::acknowledged) back_to_triggered(change, service, act);
    take_step(change, escalation, step, LogEntryType::escalate, act);
    return {};
}

void assign_directly(IncidentChange& change, const std::vector<UserId>& users, const Service& service, Act act) {
    auto& incident = change.incident;
    if (incident.status == IncidentStatus::acknowledged) back_to_triggered(change, service, act);
    incident.assigned_via = AssignedVia::direct_assignment;
    incident.escalate_at.reset();
    incident.updated_at = act.now;
    replace_assignees(change, users, act);
    log_assignments(change, users, std::nullopt, act);
}

void delegate(IncidentChange& change, const Service& service, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    if (incident.status == IncidentStatus::acknowledged) back_to_triggered(change, service, act);
    follow_policy(incident, escalation.policy);
    auto step = next_step(escalation.policy, escalation.on_call, {});
    take_step(change, escalation, step, LogEntryType::delegate, act);
}

void change_urgency(
    IncidentChange& change, Urgency urgency, const Service& service, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    if (incident.urgency == urgency) return;
    incident.urgency = urgency;
    incident.urgency_change_at.reset();
    incident.updated_at = act.now;
    log(change, LogEntryType::urgency_change, act);
    if (incident.status == IncidentStatus::resolved) return;
    if (urgency == Urgency::low) {
        // What was still to come by the rules of high urgency is off; the rules of low urgency take over.
        if (incident.notify_at) start_notifying(incident, act.now);
        if (!incident.assignments.empty()) incident.escalate_at.reset();
        return;
    }
    if (incident.status == IncidentStatus::acknowledged) {
        unacknowledge(change, service, escalation, act);
        return;
    }
    start_notifying(incident, act.now);
    resume_escalation(change, escalation, act);
}

void pass_time(IncidentChange& change, const Service& service, EscalationInput escalation, Act act) {
    auto& incident = change.incident;
    auto due = next_due(incident);
    if (!due || *due > act.now || incident.status == IncidentStatus::resolved) return;
    Act timeout{agent_of(service.id), Channel::timeout, act.now};
    if (incident.resolve_at == due) {
        // Already open here, so resolve cannot refuse.
        static_cast<void>(resolve(change, std::nullopt, {agent_of(service.id), Channel::auto_, act.now}));
        return;
    }
    // Planned by whoever knows the rules of people (app/pager.h); what else is due at this instant comes next.
    if (incident.notify_at == due) return;
    if (incident.unacknowledge_at == due) {
        unacknowledge(change, service, escalation, timeout);
        return;
    }
    if (incident.urgency_change_at == due) {
        change_urgency(change, Urgency::high, service, escalation, timeout);
        return;
    }
    escalate_by_timeout(change, escalation, timeout);
}

}  // namespace callboard
