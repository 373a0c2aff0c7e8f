#pragma once
// Standards: checks that a well-kept technical service passes. Which checks exist is fixed; whether one is active,
// how it is described and what it leaves out is the account's.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "domain/ids.h"

namespace callboard {

enum class StandardType {
    has_technical_service_description,
    minimum_escalation_policy_rule_depth,
    minimum_inbound_integrations,
    has_acknowledgement_timeout,
    has_auto_resolve_timeout,
    has_service_dependencies,
    has_team,
    minimum_escalation_policy_unique_users,
};
DESCRIBE_ENUM(StandardType,
              has_technical_service_description,
              minimum_escalation_policy_rule_depth,
              minimum_inbound_integrations,
              has_acknowledgement_timeout,
              has_auto_resolve_timeout,
              has_service_dependencies,
              has_team,
              minimum_escalation_policy_unique_users)

struct Standard {
    StandardId id;
    StandardType type = StandardType::has_technical_service_description;
    std::string name;
    std::string description;
    bool active = true;
    /// Services the standard is limited to (none: all) and services it leaves out.
    std::vector<ServiceId> inclusions;
    std::vector<ServiceId> exclusions;

    bool operator==(const Standard&) const = default;
};
DESCRIBE(Standard, id, type, name, description, active, inclusions, exclusions)

}  // namespace callboard
