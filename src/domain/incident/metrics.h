#pragma once
// The numbers about incidents: first of each incident from its log, then of many together. Members of MetricRow and
// Percentiles are spelled as the API spells them. Definitions: REST "Analytics" and the knowledge base's "Insights".

#include "domain/calendar/zone.h"
#include "domain/incident/incident.h"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace callboard {

/// A log entry, as far as numbers go.
struct LogFact {
    LogEntryType type = LogEntryType::trigger;
    Agent agent;
    Channel channel = Channel::api;
    std::vector<UserId> users;
    std::optional<Timestamp> until;
    Timestamp at;
};

struct IncidentFacts {
    IncidentId id;
    ServiceId service;
    EscalationPolicyId escalation_policy;
    std::vector<TeamId> teams;
    Urgency urgency = Urgency::high;
    /// One of the account's two highest.
    bool top_priority = false;
    Timestamp created_at;
    std::optional<Timestamp> resolved_at;
    /// Oldest first.
    std::vector<LogFact> log;
};

/// business: 08–18 Monday to Friday; off: 18–22 on these days, 08–22 at the weekend; sleep: 22–08.
enum class HourClass { business, off, sleep };

HourClass hour_class(Zone zone, Timestamp at);

/// The people who can be interrupted, with the zone they live in: those with a telephone or a device. Mail interrupts
/// nobody.
using Interruptible = std::unordered_map<UserId, Zone>;

struct Interruption {
    UserId user;
    Timestamp at;
    HourClass hours = HourClass::business;

    bool operator==(const Interruption&) const = default;
};

struct IncidentMetrics {
    /// Each once, in the order they came in.
    std::vector<UserId> assigned_users;
    std::vector<UserId> acknowledged_users;
    int acknowledgement_count = 0;
    int assignment_count = 0;
    int reassignment_count = 0;
    int manual_escalation_count = 0;
    int timeout_escalation_count = 0;
    /// By a time-out or through an integration.
    bool auto_resolved = false;
    std::optional<UserId> resolved_by;
    std::int64_t snoozed_seconds = 0;
    /// From each person's first acknowledgement to the end, added up; an open incident ends now.
    std::int64_t engaged_seconds = 0;
    std::optional<std::int64_t> seconds_to_first_ack;
    std::optional<std::int64_t> seconds_to_resolve;
    /// To the last person's first acknowledgement, and from the first person's to it; two people at least.
    std::optional<std::int64_t> seconds_to_mobilize;
    std::optional<std::int64_t> seconds_to_engage;
    /// Assignments of high urgency, until there are notifications to count.
    std::vector<Interruption> interruptions;
    /// One of the two highest priorities, or several people who acknowledged.
    bool major = false;
};

IncidentMetrics measure(const IncidentFacts& facts, const Interruptible& interruptible, Timestamp now);

struct InterruptionCounts {
    std::int64_t total = 0;
    std::int64_t business = 0;
    std::int64_t off = 0;
    std::int64_t sleep = 0;
};

/// The same person within 60 seconds is interrupted once.
InterruptionCounts count_interruptions(std::vector<Interruption> interruptions);

struct MeasuredIncident {
    IncidentFacts facts;
    IncidentMetrics metrics;
};

/// Begin included, end not.
struct Period {
    Timestamp begin;
    Timestamp end;

    bool operator==(const Period&) const = default;
};

enum class AggregateUnit { day, week, month };
DESCRIBE_ENUM(AggregateUnit, day, week, month)

/// The local day, week (from Monday) or month in which `at` lies.
Period unit_around(Timestamp at, AggregateUnit unit, Zone zone);

/// Means are over the incidents that have the value; absent when none has.
struct MetricRow {
    std::optional<std::int64_t> mean_assignment_count;
    std::optional<std::int64_t> mean_engaged_seconds;
    std::optional<std::int64_t> mean_engaged_user_count;
    std::optional<std::int64_t> mean_seconds_to_engage;
    std::optional<std::int64_t> mean_seconds_to_first_ack;
    std::optional<std::int64_t> mean_seconds_to_mobilize;
    std::optional<std::int64_t> mean_seconds_to_resolve;
    std::optional<std::int64_t> mean_user_defined_engaged_seconds;
    std::int64_t total_business_hour_interruptions = 0;
    std::int64_t total_down_time_minutes = 0;
    std::int64_t total_engaged_seconds = 0;
    std::int64_t total_escalation_count = 0;
    std::int64_t total_high_urgency_incidents = 0;
    std::int64_t total_incident_count = 0;
    std::int64_t total_incidents_acknowledged = 0;
    std::int64_t total_incidents_auto_resolved = 0;
    std::int64_t total_incidents_manual_escalated = 0;
    std::int64_t total_incidents_reassigned = 0;
    std::int64_t total_incidents_timeout_escalated = 0;
    std::int64_t total_interruptions = 0;
    std::int64_t total_low_urgency_incidents = 0;
    std::int64_t total_major_incidents = 0;
    std::int64_t total_notifications = 0;
    std::int64_t total_off_hour_interruptions = 0;
    std::int64_t total_sleep_hour_interruptions = 0;
    std::int64_t total_snoozed_seconds = 0;
    std::int64_t total_user_defined_engaged_seconds = 0;
    /// The share of the period without a major incident.
    double up_time_pct = 100;

    bool operator==(const MetricRow&) const = default;
};
DESCRIBE(MetricRow,
         mean_assignment_count,
         mean_engaged_seconds,
         mean_engaged_user_count,
         mean_seconds_to_engage,
         mean_seconds_to_first_ack,
         mean_seconds_to_mobilize,
         mean_seconds_to_resolve,
         mean_user_defined_engaged_seconds,
         total_business_hour_interruptions,
         total_down_time_minutes,
         total_engaged_seconds,
         total_escalation_count,
         total_high_urgency_incidents,
         total_incident_count,
         total_incidents_acknowledged,
         total_incidents_auto_resolved,
         total_incidents_manual_escalated,
         total_incidents_reassigned,
         total_incidents_timeout_escalated,
         total_interruptions,
         total_low_urgency_incidents,
         total_major_incidents,
         total_notifications,
         total_off_hour_interruptions,
         total_sleep_hour_interruptions,
         total_snoozed_seconds,
         total_user_defined_engaged_seconds,
         up_time_pct)

/// `incidents` were created in `period`; what is still open lasts until `now`.
MetricRow summarize(const std::vector<const MeasuredIncident*>& incidents, Period period, Timestamp now);

/// By nearest rank.
struct Percentiles {
    std::optional<std::int64_t> p50_seconds_to_first_ack;
    std::optional<std::int64_t> p75_seconds_to_first_ack;
    std::optional<std::int64_t> p90_seconds_to_first_ack;
    std::optional<std::int64_t> p95_seconds_to_first_ack;
    std::optional<std::int64_t> p50_seconds_to_resolve;
    std::optional<std::int64_t> p75_seconds_to_resolve;
    std::optional<std::int64_t> p90_seconds_to_resolve;
    std::optional<std::int64_t> p95_seconds_to_resolve;

    bool operator==(const Percentiles&) const = default;
};
DESCRIBE(Percentiles,
         p50_seconds_to_first_ack,
         p75_seconds_to_first_ack,
         p90_seconds_to_first_ack,
         p95_seconds_to_first_ack,
         p50_seconds_to_resolve,
         p75_seconds_to_resolve,
         p90_seconds_to_resolve,
         p95_seconds_to_resolve)

Percentiles percentiles_of(const std::vector<const MeasuredIncident*>& incidents);

}  // namespace callboard
