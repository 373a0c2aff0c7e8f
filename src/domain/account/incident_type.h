#pragma once
// Types of incidents: "Security", "Major incident", each with fields of its own. REST, "Incident Types".

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// The name of the type that every account has, whose fields all incidents have. It has no row.
constexpr std::string_view base_incident_type = "incident_default";

struct IncidentType {
    IncidentTypeId id;
    /// Never changes: incidents name their type by it.
    std::string name;
    std::string display_name;
    std::optional<std::string> description;
    /// Others are given to no incident any more.
    bool enabled = true;
    /// The type whose fields it has as well; absent: the one that every account has.
    std::optional<IncidentTypeId> parent;
    Timestamp created_at;
    Timestamp updated_at;

    bool operator==(const IncidentType&) const = default;
};
DESCRIBE(IncidentType, id, name, display_name, description, enabled, parent, created_at, updated_at)

constexpr std::size_t incident_types_max = 50;

}  // namespace callboard
