#pragma once
// Questions that read a few columns of many rows. Together with the tables, the only place where SQL may be.

#include "domain/incident/metrics.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// What can be asked of an incident without reading its texts.
struct IncidentFigure {
    IncidentId id;
    ServiceId service;
    EscalationPolicyId escalation_policy;
    std::vector<TeamId> teams;
    Urgency urgency = Urgency::high;
    std::optional<PriorityId> priority;
    std::string incident_type;
    Timestamp created_at;
    Timestamp updated_at;
    std::optional<Timestamp> resolved_at;
};
DESCRIBE(IncidentFigure,
         id,
         service,
         escalation_policy,
         teams,
         urgency,
         priority,
         incident_type,
         created_at,
         updated_at,
         resolved_at)

/// What Tx::keep_text kept of an object last at a moment; absent when nothing was kept by then.
std::optional<std::string> kept_text_at(Tx& tx, Kind kind, std::int64_t id, Timestamp at);

/// 0 before the first. Whether that incident can be read does not matter.
std::int64_t newest_incident_number(Tx& tx);

/// Incidents created from `since` on and before `until`, oldest first; of these services only, when given. Reads the
/// index from `since` on: ids grow with time.
std::vector<IncidentFigure>
incidents_created(Tx& tx, Timestamp since, Timestamp until, const std::optional<std::vector<ServiceId>>& services);

/// The log of an incident, oldest first, without its triggers: they carry the events and count for nothing.
std::vector<LogFact> log_facts(Tx& tx, IncidentId incident);

}  // namespace callboard
