#pragma once
// Incidents and alerts as they are stored. The rules that move them are in domain/incident/lifecycle.h.

#include "base/describe.h"
#include "base/time.h"
#include "domain/account/custom_field.h"
#include "domain/account/incident_type.h"
#include "domain/account/user.h"
#include "domain/config_use.h"
#include "domain/ids.h"
#include "domain/service/service.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// Who did something: a person, a service by its rules or time-outs, or the integration an event came through.
enum class AgentType { none, user, service, integration };
DESCRIBE_ENUM(AgentType, none, user, service, integration)

struct Agent {
    AgentType type = AgentType::none;
    std::int64_t id = 0;

    bool operator==(const Agent&) const = default;

    /// How it is stored: the type's number and the id, "1:4711".
    [[nodiscard]] std::string coded() const;
    static Agent decoded(std::string_view text);
};
DESCRIBE(Agent, type, id)

inline Agent agent_of(UserId id) { return {AgentType::user, id.value}; }

inline Agent agent_of(ServiceId id) { return {AgentType::service, id.value}; }

inline Agent agent_of(IntegrationId id) { return {AgentType::integration, id.value}; }

enum class IncidentStatus { triggered, acknowledged, resolved };
DESCRIBE_ENUM(IncidentStatus, triggered, acknowledged, resolved)

enum class AssignedVia { escalation_policy, direct_assignment };
DESCRIBE_ENUM(AssignedVia, escalation_policy, direct_assignment)

struct Assignment {
    UserId assignee;
    Timestamp at;

    bool operator==(const Assignment&) const = default;
};
DESCRIBE(Assignment, assignee, at)

struct Acknowledgement {
    Agent acknowledger;
    Timestamp at;

    bool operator==(const Acknowledgement&) const = default;
};
DESCRIBE(Acknowledgement, acknowledger, at)

struct Incident {
    IncidentId id;
    /// Counts the account's incidents from 1.
    std::int64_t incident_number = 0;
    ServiceId service;
    std::string title;
    IncidentStatus status = IncidentStatus::triggered;
    Urgency urgency = Urgency::high;
    std::optional<PriorityId> priority;
    /// The dedup key of incidents made by REST, and of services that create incidents without alerts.
    std::optional<std::string> incident_key;
    /// The policy and the version of it that this incident follows for its whole life.
    EscalationPolicyId escalation_policy;
    int policy_version = 1;
    /// 1-based; 0 while nobody has been assigned by the policy.
    int escalation_level = 0;
    int escalation_loop = 0;
    AssignedVia assigned_via = AssignedVia::escalation_policy;
    std::vector<Assignment> assignments;
    std::vector<Acknowledgement> acknowledgements;
    std::vector<TeamId> teams;
    Timestamp created_at;
    Timestamp updated_at;
    Timestamp last_status_change_at;
    Agent last_status_change_by;
    std::optional<Timestamp> resolved_at;
    /// The incident this one was merged into.
    std::optional<IncidentId> merged_into;
    int alert_count = 0;
    int resolved_alert_count = 0;
    LogEntryId first_trigger_log_entry;
    /// Made through REST or the console: no alerts of its own, yet it can be merged.
    bool manual = false;
    std::optional<std::string> body;
    std::string incident_type{base_incident_type};
    std::optional<std::string> conference_number;
    std::optional<std::string> conference_url;
    // What comes next, if nobody acts. Shown as pending_actions.
    std::optional<Timestamp> escalate_at;
    /// The acknowledgement runs out then: by the service's time-out, or because a snooze ends.
    std::optional<Timestamp> unacknowledge_at;
    bool snoozed = false;
    /// Auto-resolve; suspended while snoozed.
    std::optional<Timestamp> resolve_at;
    std::optional<Timestamp> urgency_change_at;
    /// When the assignees' next notification rule comes due, and since when the delays of the rules count.
    std::optional<Timestamp> notify_at;
    Timestamp notify_from;
    /// Somebody was asked to help: there are rows of Responder.
    bool help_asked = false;

    bool operator==(const Incident&) const = default;
};
DESCRIBE(Incident,
         id,
         incident_number,
         service,
         title,
         status,
         urgency,
         priority,
         incident_key,
         escalation_policy,
         policy_version,
         escalation_level,
         escalation_loop,
         assigned_via,
         assignments,
         acknowledgements,
         teams,
         created_at,
         updated_at,
         last_status_change_at,
         last_status_change_by,
         resolved_at,
         merged_into,
         alert_count,
         resolved_alert_count,
         first_trigger_log_entry,
         manual,
         body,
         incident_type,
         conference_number,
         conference_url,
         escalate_at,
         unacknowledge_at,
         snoozed,
         resolve_at,
         urgency_change_at,
         notify_at,
         notify_from,
         help_asked)

/// The earliest of what comes next; absent when nothing will happen by itself.
std::optional<Timestamp> next_due(const Incident& incident);

enum class AlertStatus { triggered, resolved };
DESCRIBE_ENUM(AlertStatus, triggered, resolved)

/// Why an alert stands where it stands.
enum class Placement {
    opened_incident,
    grouped_by_time,
    grouped_by_content,
    grouped_by_similarity,
    grouped_by_content_and_similarity,
    /// Held until `suspended_until`.
    paused,
    /// It cleared while it was held: nobody was paged.
    cleared_in_pause,
    suppressed_by_rule,
    /// The hold ended when its service took no alerts.
    suppressed_after_pause,
    /// No rule of its orchestration led it to a service.
    unrouted,
    /// Put into its incident by hand.
    moved,
};
DESCRIBE_ENUM(Placement,
              opened_incident,
              grouped_by_time,
              grouped_by_content,
              grouped_by_similarity,
              grouped_by_content_and_similarity,
              paused,
              cleared_in_pause,
              suppressed_by_rule,
              suppressed_after_pause,
              unrouted,
              moved)

enum class SuspendedBy { auto_pause, rules };
DESCRIBE_ENUM(SuspendedBy, auto_pause, rules)

/// What rules ordered for the incident that an alert opens.
struct IncidentOrders {
    std::optional<PriorityId> priority;
    std::optional<EscalationPolicyId> escalation_policy;
    std::vector<std::string> notes;
    std::vector<FieldText> fields;

    bool operator==(const IncidentOrders&) const = default;
};
DESCRIBE(IncidentOrders, priority, escalation_policy, notes, fields)

struct Alert {
    AlertId id;
    /// 0 for one that no rule led to a service.
    ServiceId service;
    /// One of both, or neither: the way by which it came.
    std::optional<IntegrationId> integration;
    std::optional<EventOrchestrationId> orchestration;
    /// Absent for suppressed alerts, and for those that are held.
    std::optional<IncidentId> incident;
    /// The dedup key; unique among the open alerts of one integration or orchestration.
    std::string alert_key;
    AlertStatus status = AlertStatus::triggered;
    Severity severity = Severity::critical;
    std::string summary;
    /// It has no incident.
    bool suppressed = false;
    /// JSON text, the newest event: see Event::document in domain/event/event.h. Empty as long as that is the event of
    /// `first_trigger_log_entry`.
    std::string event;
    /// 0 as long as there is no incident to log it on.
    LogEntryId first_trigger_log_entry;
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> resolved_at;
    Placement placement = Placement::opened_incident;
    /// The reason in one sentence; absent where the placement says it all.
    std::optional<std::string> placement_note;
    /// It was held until then, and by what; absent when it never was.
    std::optional<Timestamp> suspended_until;
    std::optional<SuspendedBy> suspended_by;
    std::optional<IncidentOrders> orders;

    bool operator==(const Alert&) const = default;
};
DESCRIBE(Alert,
         id,
         service,
         integration,
         orchestration,
         incident,
         alert_key,
         status,
         severity,
         summary,
         suppressed,
         event,
         first_trigger_log_entry,
         created_at,
         updated_at,
         resolved_at,
         placement,
         placement_note,
         suspended_until,
         suspended_by,
         orders)

/// Whether it waits for its hold to end.
bool is_held(const Alert& alert);

/// Log entry types by their API name, without the suffix "_log_entry".
enum class LogEntryType {
    trigger,
    acknowledge,
    unacknowledge,
    assign,
    delegate,
    escalate,
    exhaust_escalation_path,
    repeat_escalation_path,
    notify,
    resolve,
    snooze,
    annotate,
    urgency_change,
    reach_ack_limit,
    reach_trigger_limit,
    field_value_change,
    custom_field_value_change,
    merge,
    reopen,
    /// Somebody was asked to help; `users` says who, `note` with what words.
    responder_request,
    /// They joined or declined.
    responder_reply,
    /// The request was taken back.
    responder_cancel,
};
DESCRIBE_ENUM(LogEntryType,
              trigger,
              acknowledge,
              unacknowledge,
              assign,
              delegate,
              escalate,
              exhaust_escalation_path,
              repeat_escalation_path,
              notify,
              resolve,
              snooze,
              annotate,
              urgency_change,
              reach_ack_limit,
              reach_trigger_limit,
              field_value_change,
              custom_field_value_change,
              merge,
              reopen,
              responder_request,
              responder_reply,
              responder_cancel)

/// By which way the agent acted, as `channel.type`. `auto_` is the system itself.
enum class Channel { auto_, api, timeout, website, note, email, sms, phone, mobile, web_trigger };
DESCRIBE_ENUM(Channel, auto_, api, timeout, website, note, email, sms, phone, mobile, web_trigger)

struct LogEntry {
    LogEntryId id;
    IncidentId incident;
    ServiceId service;
    LogEntryType type = LogEntryType::trigger;
    Agent agent;
    Channel channel = Channel::api;
    std::optional<AlertId> alert;
    /// assign, delegate, escalate: who has it now. notify: who was told.
    std::vector<UserId> users;
    /// assign, escalate, responder_request: of the escalation policy, from 1. Absent when it was done by hand.
    std::optional<int> level;
    /// A resolution, a note's text, a snooze's or a skipped level's reason: one sentence or the user's words.
    std::optional<std::string> note;
    /// trigger: the event, as on Alert.
    std::optional<std::string> event;
    /// snooze, acknowledge: when the state it leads to ends.
    std::optional<Timestamp> until;
    /// notify: the message. `note` says what became of it.
    std::optional<NotificationId> notification;
    /// What the decision that wrote it was based on; of several entries of one decision, the first has it.
    ConfigUses config;
    Timestamp created_at;

    bool operator==(const LogEntry&) const = default;
};
DESCRIBE(LogEntry,
         id,
         incident,
         service,
         type,
         agent,
         channel,
         alert,
         users,
         level,
         note,
         event,
         until,
         notification,
         config,
         created_at)

struct IncidentNote {
    NoteId id;
    IncidentId incident;
    std::string content;
    std::optional<UserId> user;
    Timestamp created_at;

    bool operator==(const IncidentNote&) const = default;
};
DESCRIBE(IncidentNote, id, incident, content, user, created_at)

/// Trigger log entries per incident. Knowledge base: further triggers are not logged.
constexpr int trigger_entries_max = 100;
/// REST: alerts per incident; then a new incident is started.
constexpr int alerts_per_incident_max = 1000;

}  // namespace callboard
