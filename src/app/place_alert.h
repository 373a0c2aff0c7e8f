#pragma once
// Where an alert goes: into an open incident with its like, or into one of its own. New alerts come here, and those
// whose hold has ended.

#include "app/respond.h"
#include "base/result.h"
#include "domain/service/alert_grouping.h"
#include "storage/tx.h"

#include <optional>
#include <string>

namespace callboard {

/// Finds the alert's incident and fills in what follows from it; writing the alert down is the caller's. `grouping` is
/// null where alerts are not grouped. Errors: those of open_incident.
Result<void> place_alert(Tx& tx,
                         Desk& desk,
                         const Service& service,
                         const AlertGroupingSetting* grouping,
                         Alert& alert,
                         const std::string& document,
                         Act act);

/// Opens an incident with the priority, policy and notes that rules ordered; a policy that was deleted since is the
/// service's. Errors: those of open_incident.
Result<Incident> open_as_ordered(Tx& tx, Desk& desk, NewIncident input, const IncidentOrders& orders, Act act);

/// One more trigger entry, until the incident has 100; then one that says so, and no more. The entry's id; absent when
/// it was not logged.
std::optional<LogEntryId> log_trigger(Tx& tx, Desk& desk, LogEntry trigger);

/// A worse severity may make an incident urgent.
void raise_urgency(Tx& tx, Desk& desk, const Service& service, IncidentId id, Severity severity, Act act);

/// The hold of an alert ends. One that is still open gets its incident; while its service takes no alerts, it stays
/// suppressed.
void release_alert(Tx& tx, Desk& desk, AlertId id);

}  // namespace callboard
