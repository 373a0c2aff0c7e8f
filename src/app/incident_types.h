#pragma once
// Which fields an incident has: those of its type and of all types above it.

#include "domain/account/custom_field.h"
#include "domain/account/incident_type.h"
#include "storage/tx.h"

#include <string_view>
#include <vector>

namespace callboard {

/// The type of that name and those above it, without the one that every account has. Empty for that one.
std::vector<IncidentType> lineage_of(Tx& tx, std::string_view incident_type);

/// Whether incidents whose type has this lineage have the field.
bool is_field_of(const std::vector<IncidentType>& lineage, const CustomField& field);

}  // namespace callboard
