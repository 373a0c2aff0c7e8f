#pragma once
// Values of custom fields, of services and of incidents.

#include "domain/account/custom_field.h"
#include "domain/incident/lifecycle.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

struct Desk;

void set_service_fields(Tx& tx, Desk& desk, const Service& service, const std::vector<FieldValue>& values, Agent agent);

/// A service goes, and takes its values along.
void forget_field_values(Tx& tx, std::int64_t subject_id);

/// An incident that begins, or begins to be of its type, has the values that are there for those of which nobody says
/// anything.
void give_default_values(Tx& tx, Desk& desk, const Incident& incident);

/// Changes values of an incident; its log says `words`. Nothing is logged when nothing was sent. Error 5001.
Result<Incident> set_incident_fields(
    Tx& tx, Desk& desk, IncidentId id, const std::vector<FieldValue>& values, std::string words, Act act);

/// The same by texts that rules made; of a text that is no value of its field the log says why it was not taken, and of
/// a field that is there no longer nothing.
Result<Incident>
fill_incident_fields(Tx& tx, Desk& desk, const Incident& incident, const std::vector<FieldText>& texts, Act act);

}  // namespace callboard
