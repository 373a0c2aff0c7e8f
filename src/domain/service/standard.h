#pragma once
// Standards: checks that a well-kept technical service passes. Which checks exist is fixed; whether one is active,
// how it is described and what it leaves out is the account's.

#include "base/describe.h"
#include "domain/ids.h"

#include <optional>
#include <string>
#include <vector>

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

/// What standards ask about a service.
struct ServiceFacts {
    bool has_description = false;
    bool has_acknowledgement_timeout = false;
    bool has_auto_resolve_timeout = false;
    bool has_team = false;
    std::size_t escalation_rules = 0;
    /// Different people whom the policy can reach, themselves or by a schedule.
    std::size_t unique_users = 0;
    std::size_t inbound_integrations = 0;
    std::size_t dependencies = 0;
};

// The least that passes.
constexpr std::size_t escalation_rules_least = 2;
constexpr std::size_t unique_users_least = 2;
constexpr std::size_t inbound_integrations_least = 1;

/// Whether the standard is about this service at all: its inclusions (none: every service) without its exclusions.
bool applies(const Standard& standard, ServiceId service);

bool passes(StandardType type, const ServiceFacts& facts);

}  // namespace callboard
