#include "app/responders.h"

#include "app/hooks.h"
#include "app/pager.h"
#include "app/respond.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

Error incident_not_found() { return errors::not_found("Incident Not Found", 5001); }

template <class T>
bool holds(const std::vector<T>& list, const T& value) {
    return std::ranges::find(list, value) != list.end();
}

std::vector<Responder> responders_of(Tx& tx, IncidentId incident) {
    return tx.list(Query<Responder>().where(&Responder::incident, incident).order_by(&Responder::id));
}

std::vector<ResponderTarget> targets_of(Tx& tx, IncidentId incident) {
    return tx.list(Query<ResponderTarget>().where(&ResponderTarget::incident, incident).order_by(&ResponderTarget::id));
}

std::optional<Responder> responder_of(Tx& tx, IncidentId incident, UserId user) {
    return tx.first(Query<Responder>().where(&Responder::incident, incident).where(&Responder::user, user));
}

void log(Tx& tx,
         const Incident& incident,
         LogEntryType type,
         std::vector<UserId> users,
         std::string note,
         Act act,
         std::optional<int> level = std::nullopt,
         const ConfigUses& config = {}) {
    LogEntry entry;
    entry.id = tx.new_id<LogEntryId>();
    entry.incident = incident.id;
    entry.service = incident.service;
    entry.type = type;
    entry.agent = act.agent;
    entry.channel = act.channel;
    entry.users = std::move(users);
    if (!note.empty()) entry.note = std::move(note);
    entry.level = level;
    entry.config = config;
    entry.created_at = act.now;
    tx.insert(entry);
}

/// Writes the row and keeps its due row beside it. `due` is when the old row was to be looked at.
void keep(Tx& tx, const Responder& row, std::optional<Timestamp> due) {
    if (due) tx.cancel({*due, DueKind::responder, row.id.value});
    if (row.notify_at) tx.schedule({*row.notify_at, DueKind::responder, row.id.value});
    tx.update(row);
}

void keep(Tx& tx, const ResponderTarget& row, std::optional<Timestamp> due) {
    if (due) tx.cancel({*due, DueKind::responder_target, row.id.value});
    if (row.escalate_at) tx.schedule({*row.escalate_at, DueKind::responder_target, row.id.value});
    tx.update(row);
}

void stand_still(Tx& tx, ResponderTarget row) {
    auto due = std::exchange(row.escalate_at, std::nullopt);
    keep(tx, row, due);
}

/// Asked no more, whatever for.
void settle(Tx& tx, Responder& row, ResponderState state, Timestamp now) {
    auto due = std::exchange(row.notify_at, std::nullopt);
    row.state = state;
    row.updated_at = now;
    keep(tx, row, due);
}

bool has_acknowledged(const Incident& incident, UserId user) {
    return std::ranges::any_of(incident.acknowledgements,
                               [&](const Acknowledgement& a) { return a.acknowledger == agent_of(user); });
}

/// Asks one person, by `target`. False when there is nothing to ask: they have joined already.
bool ask(Tx& tx,
         Desk& desk,
         const Incident& incident,
         const ResponderRequest& request,
         ResponderTargetId target,
         UserId user,
         Act act) {
    auto known = responder_of(tx, incident.id, user);
    Responder row = known.value_or(Responder{});
    if (!known) {
        row.id = tx.new_id<ResponderId>();
        row.incident = incident.id;
        row.user = user;
    }
    if (!holds(row.targets, target)) row.targets.push_back(target);
    bool has_joined = (known && row.state == ResponderState::joined) || has_acknowledged(incident, user);
    auto due = std::exchange(row.notify_at, std::nullopt);
    row.requester = request.requester;
    row.message = request.message;
    row.requested_at = act.now;
    row.updated_at = act.now;
    row.state = has_joined ? ResponderState::joined : ResponderState::pending;
    row.notify_from = act.now;
    if (!known) tx.insert(row);
    if (!has_joined) {
        row.notify_at = act.now;
        plan_pages(tx, desk, incident, row);
    }
    keep(tx, row, due);
    announce_responder(tx, desk, incident, row, "incident.responder.added", act.agent);
    return !has_joined;
}

/// The policy in the version that was asked.
const EscalationPolicy* policy_of(Tx& tx, Desk& desk, const ResponderTarget& target) {
    EscalationPolicyId id{target.target};
    const auto* policy = desk.config.policy(tx, id, target.policy_version);
    return policy ? policy : desk.config.policy(tx, id);
}

std::string nobody_asked_sentence(const EscalationPolicy& policy, const EscalationInput& escalation) {
    auto sentence = fmt::format("Nobody is on call by {}: nobody was asked yet.", policy.name);
    for (const auto& [level, reason] : *escalation.unreadable) sentence += fmt::format(" Level {}: {}", level, reason);
    return sentence;
}

/// Asks the people of the policy's next level.
void ask_next_level(Tx& tx, Desk& desk, const Incident& incident, ResponderTarget target, Act act) {
    auto request = tx.find<ResponderRequest>(target.request);
    const auto* policy = policy_of(tx, desk, target);
    ASSERT(request && policy, "requests and policies are kept as long as the incident");
    auto escalation = escalation_by(tx, desk, *policy);
    auto config = desk.config.on_call_uses(tx, *policy);
    auto step = next_step(*policy, escalation.on_call, {target.level, target.loop});
    auto due = std::exchange(target.escalate_at, std::nullopt);
    if (step.kind == EscalationStepKind::assign) {
        take_turns(escalation, step);
        target.level = step.state.level;
        target.loop = step.state.loop;
    }
    bool is_first_look = target.level == 0 && !due;
    if (step.kind == EscalationStepKind::nobody_on_call && is_first_look)
        log(tx,
            incident,
            LogEntryType::responder_request,
            {},
            nobody_asked_sentence(*policy, escalation),
            act,
            std::nullopt,
            config);
    if (step.kind != EscalationStepKind::exhausted) target.escalate_at = next_step_at(escalation, step, act.now);
    keep(tx, target, due);
    std::vector<UserId> asked;
    for (auto user : step.users)
        if (ask(tx, desk, incident, *request, target.id, user, act)) asked.push_back(user);
    if (!asked.empty())
        log(tx, incident, LogEntryType::responder_request, asked, request->message, act, target.level, config);
    // Somebody of the level is there already.
    if (step.kind == EscalationStepKind::assign && asked.empty()) stand_still(tx, *tx.find<ResponderTarget>(target.id));
}

Act by_service(const Incident& incident, Timestamp now) { return {agent_of(incident.service), Channel::auto_, now}; }

bool came_by(const Responder& row, ResponderTargetId target) { return holds(row.targets, target); }

/// Nobody whom the policy's present level asked is still to answer, or has joined. Those of earlier levels had their
/// time.
bool nobody_left(Tx& tx, Desk& desk, const ResponderTarget& target) {
    const auto* policy = policy_of(tx, desk, target);
    auto level = static_cast<std::size_t>(target.level);
    if (!policy || level < 1 || level > policy->escalation_rules.size() || !target.escalate_at) return false;
    auto begun = *target.escalate_at - minutes{policy->escalation_rules[level - 1].escalation_delay_in_minutes};
    return std::ranges::none_of(responders_of(tx, target.incident), [&](const Responder& row) {
        if (!came_by(row, target.id)) return false;
        bool is_waited_for = row.state == ResponderState::pending && row.requested_at >= begun;
        return is_waited_for || row.state == ResponderState::joined;
    });
}

/// Somebody joined: the policies they came by are at rest, and those who were asked by nothing else need not answer.
void rest_policies_of(Tx& tx, const Responder& joined, Timestamp now) {
    std::vector<ResponderTargetId> at_rest;
    for (auto id : joined.targets) {
        auto target = tx.find<ResponderTarget>(id);
        if (!target || target->type == ResponderTargetType::user) continue;
        stand_still(tx, *target);
        at_rest.push_back(id);
    }
    for (auto& other : responders_of(tx, joined.incident)) {
        auto is_at_rest = [&](ResponderTargetId id) { return holds(at_rest, id); };
        if (other.state == ResponderState::pending && std::ranges::all_of(other.targets, is_at_rest))
            settle(tx, other, ResponderState::user_cancelled, now);
    }
}

void join(Tx& tx, Desk& desk, const Incident& incident, Responder row, Act act) {
    settle(tx, row, ResponderState::joined, act.now);
    auto name = tx.find_even_deleted<User>(row.user);
    log(tx,
        incident,
        LogEntryType::responder_reply,
        {row.user},
        fmt::format("{} joined.", name ? name->name : "A responder"),
        act);
    announce_responder(tx, desk, incident, row, "incident.responder.replied", act.agent);
    rest_policies_of(tx, row, act.now);
}

void decline(Tx& tx, Desk& desk, const Incident& incident, Responder row, Act act) {
    settle(tx, row, ResponderState::declined, act.now);
    auto name = tx.find_even_deleted<User>(row.user);
    log(tx,
        incident,
        LogEntryType::responder_reply,
        {row.user},
        fmt::format("{} declined.", name ? name->name : "A responder"),
        act);
    announce_responder(tx, desk, incident, row, "incident.responder.replied", act.agent);
    for (auto id : row.targets) {
        auto target = tx.find<ResponderTarget>(id);
        bool goes_on =
            target && target->type == ResponderTargetType::escalation_policy && nobody_left(tx, desk, *target);
        if (goes_on) ask_next_level(tx, desk, incident, *target, by_service(incident, act.now));
    }
}

CancelResult result_of(ResponderState state) {
    switch (state) {
    case ResponderState::pending: return CancelResult::cancelled;
    case ResponderState::joined: return CancelResult::joined;
    case ResponderState::declined: return CancelResult::declined;
    case ResponderState::user_cancelled: return CancelResult::not_found;
    }
    return CancelResult::not_found;
}

CancelResult cancel_user(Tx& tx, const Incident& incident, UserId user, Act act) {
    auto row = responder_of(tx, incident.id, user);
    if (!row) return CancelResult::not_found;
    auto result = result_of(row->state);
    if (result != CancelResult::cancelled) return result;
    settle(tx, *row, ResponderState::user_cancelled, act.now);
    log(tx, incident, LogEntryType::responder_cancel, {user}, "", act);
    return result;
}

/// Stops the policy wherever it was asked, and takes back what it asked of people. Those who were asked by something
/// else as well stay asked.
CancelResult cancel_policy(Tx& tx, const Incident& incident, EscalationPolicyId policy, Act act) {
    bool known = false;
    std::vector<ResponderTargetId> stopped;
    auto targets = targets_of(tx, incident.id);
    for (auto& target : targets) {
        if (target.type != ResponderTargetType::escalation_policy || target.target != policy.value) continue;
        if (target.cancelled) continue;
        known = true;
        target.cancelled = true;
        stopped.push_back(target.id);
        stand_still(tx, target);
    }
    if (!known) return CancelResult::not_found;
    std::vector<UserId> freed;
    auto result = CancelResult::cancelled;
    for (auto& row : responders_of(tx, incident.id)) {
        if (std::ranges::none_of(row.targets, [&](auto id) { return holds(stopped, id); })) continue;
        if (row.state == ResponderState::joined) result = CancelResult::joined;
        bool only_by_it = std::ranges::all_of(row.targets, [&](auto id) { return holds(stopped, id); });
        if (row.state != ResponderState::pending || !only_by_it) continue;
        settle(tx, row, ResponderState::user_cancelled, act.now);
        freed.push_back(row.user);
    }
    if (!freed.empty()) log(tx, incident, LogEntryType::responder_cancel, freed, "", act);
    return freed.empty() ? result : CancelResult::cancelled;
}

void end_requests(Tx& tx, IncidentId incident, Timestamp now) {
    for (auto& row : responders_of(tx, incident))
        if (row.state == ResponderState::pending) settle(tx, row, ResponderState::user_cancelled, now);
    for (auto& target : targets_of(tx, incident))
        if (target.escalate_at) stand_still(tx, target);
}

}  // namespace

Result<ResponderRequest> request_responders(Tx& tx, Desk& desk, NewResponderRequest input, Act act) {
    auto incident = tx.find<Incident>(input.incident);
    if (!incident) return incident_not_found();
    if (incident->status == IncidentStatus::resolved)
        return Error{ErrorKind::invalid, 1001, "Incident Already Resolved", {}};
    incident->help_asked = true;
    incident->updated_at = act.now;
    tx.update(*incident);
    ResponderRequest request{
        tx.new_id<ResponderRequestId>(), incident->id, input.requester, std::move(input.message), act.now};
    tx.insert(request);
    std::vector<UserId> asked;
    for (const auto& wanted : input.targets) {
        ResponderTarget target;
        target.id = tx.new_id<ResponderTargetId>();
        target.request = request.id;
        target.incident = incident->id;
        target.type = wanted.type;
        target.target = wanted.target;
        if (wanted.type == ResponderTargetType::escalation_policy)
            if (const auto* policy = desk.config.policy(tx, EscalationPolicyId{wanted.target}))
                target.policy_version = policy->version;
        tx.insert(target);
        if (wanted.type == ResponderTargetType::escalation_policy)
            ask_next_level(tx, desk, *incident, target, act);
        else if (ask(tx, desk, *incident, request, target.id, UserId{wanted.target}, act))
            asked.push_back(UserId{wanted.target});
    }
    if (!asked.empty()) log(tx, *incident, LogEntryType::responder_request, asked, request.message, act);
    return request;
}

Result<std::vector<CancelResult>>
cancel_responders(Tx& tx, Desk&, IncidentId id, const std::vector<AskedTarget>& targets, Act act) {
    auto incident = tx.find<Incident>(id);
    if (!incident) return incident_not_found();
    std::vector<CancelResult> results;
    for (const auto& target : targets)
        results.push_back(target.type == ResponderTargetType::user
                              ? cancel_user(tx, *incident, UserId{target.target}, act)
                              : cancel_policy(tx, *incident, EscalationPolicyId{target.target}, act));
    return results;
}

Result<Responder> reply_to_request(Tx& tx, Desk& desk, IncidentId id, UserId user, ResponderReply reply, Act act) {
    auto incident = tx.find<Incident>(id);
    if (!incident) return incident_not_found();
    auto row = responder_of(tx, id, user);
    if (!row) return errors::not_found("Responder Request Not Found");
    if (row->state == ResponderState::user_cancelled)
        return errors::invalid_input("The responder request is no longer open");
    bool joins = reply == ResponderReply::joined;
    if (!joins && row->state == ResponderState::joined)
        return errors::invalid_input("The responder has joined the incident already");
    // Acknowledging joins as well: follow_incident.
    if (joins && incident->status == IncidentStatus::triggered) {
        CHECK_OK(acknowledge_incident(tx, desk, id, act));
    } else if (joins && row->state != ResponderState::joined) {
        join(tx, desk, *incident, *row, act);
    } else if (row->state == ResponderState::pending) {
        decline(tx, desk, *incident, *row, act);
    }
    return *responder_of(tx, id, user);
}

void follow_incident(Tx& tx, Desk& desk, const Incident& before, const IncidentChange& change) {
    const auto& incident = change.incident;
    for (const auto& entry : change.entries) {
        if (entry.type != LogEntryType::acknowledge || entry.agent.type != AgentType::user) continue;
        auto row = responder_of(tx, incident.id, UserId{entry.agent.id});
        bool may_join = row && (row->state == ResponderState::pending || row->state == ResponderState::declined);
        if (may_join) join(tx, desk, incident, *row, {entry.agent, entry.channel, entry.created_at});
    }
    if (before.status != IncidentStatus::resolved && incident.status == IncidentStatus::resolved)
        end_requests(tx, incident.id, tx.now());
}

void pass_responder(Tx& tx, Desk& desk, ResponderId id) {
    auto row = tx.find<Responder>(id);
    if (!row || row->state != ResponderState::pending || !row->notify_at || *row->notify_at > tx.now()) return;
    auto incident = tx.find<Incident>(row->incident);
    if (!incident || incident->status == IncidentStatus::resolved) return;
    auto due = row->notify_at;
    plan_pages(tx, desk, *incident, *row);
    keep(tx, *row, due);
}

void pass_responder_target(Tx& tx, Desk& desk, ResponderTargetId id) {
    auto target = tx.find<ResponderTarget>(id);
    if (!target || target->cancelled || !target->escalate_at || *target->escalate_at > tx.now()) return;
    auto incident = tx.find<Incident>(target->incident);
    if (!incident || incident->status == IncidentStatus::resolved) return;
    ask_next_level(tx, desk, *incident, *target, by_service(*incident, tx.now()));
}

std::optional<Responder> open_request(Tx& tx, const Incident& incident, UserId user) {
    if (!incident.help_asked || incident.status == IncidentStatus::resolved) return std::nullopt;
    auto row = responder_of(tx, incident.id, user);
    if (!row || row->state != ResponderState::pending) return std::nullopt;
    return row;
}

}  // namespace callboard
