#pragma once
// What the card is told when PagerDuty's REST API does not give what was asked for: the status it gave, and one
// sentence under "errors", which is all that the card's client can read. The sentences are those of the plugin's own
// backend, word for word: people search for them.

#include "backstage/route.h"

#include <optional>
#include <string>
#include <string_view>

namespace callboard::backstage {

/// A use of the REST API, as its sentences name it.
struct Operation {
    /// "Failed to get service."
    std::string_view failed;
    /// The sentences about dependencies say more.
    bool says_more = false;
    std::string_view over_rate = "Rate limit exceeded.";
};

namespace operations {

inline constexpr std::string_view too_many = "Too many requests have been made, the rate limit has been reached.";

inline constexpr Operation get_service{"Failed to get service."};
inline constexpr Operation get_services{"Failed to get services."};
inline constexpr Operation get_incidents{"Failed to get incidents for service.", false, too_many};
inline constexpr Operation get_change_events{"Failed to get change events for service."};
inline constexpr Operation get_standards{"Failed to get service standards for service.", false, too_many};
inline constexpr Operation get_metrics{"Failed to get service metrics for service.", false, too_many};
inline constexpr Operation list_oncalls{"Failed to list oncalls."};
inline constexpr Operation list_escalation_policies{"Failed to list escalation policies."};
inline constexpr Operation list_teams{"Failed to list teams."};
inline constexpr Operation list_dependencies{"Failed to list service dependencies.", true};
inline constexpr Operation add_dependencies{"Failed to add service dependencies.", true};
inline constexpr Operation remove_dependencies{"Failed to remove service dependencies.", true};
inline constexpr Operation create_integration{"Failed to create service integration."};
inline constexpr Operation read_service_integrations{"Failed to read the integrations of the service."};
inline constexpr Operation create_custom_field{"Failed to create custom field."};
inline constexpr Operation update_custom_field{"Failed to update custom field."};
inline constexpr Operation delete_custom_field{"Failed to delete custom field."};
inline constexpr Operation set_custom_fields{"Failed to set custom field values."};
inline constexpr Operation find_user{"Failed to find the person."};
inline constexpr Operation get_incident{"Failed to get incident."};
inline constexpr Operation create_incident{"Failed to create incident."};
inline constexpr Operation update_incident{"Failed to update incident."};
inline constexpr Operation take_over{"Failed to take over the shift."};
inline constexpr Operation start_maintenance{"Failed to start maintenance."};
inline constexpr Operation end_maintenance{"Failed to end maintenance."};
inline constexpr Operation list_users{"Failed to list users."};
inline constexpr Operation list_priorities{"Failed to list priorities."};

}  // namespace operations

/// {"errors": ["…"]}
Reply refused(int status, std::string sentence);
/// A bare sentence, as the plugin's own backend refuses on its older routes.
Reply said(int status, std::string sentence);
/// {"error": "…"}, as it refuses bulk mappings and auto-matching.
Reply refused_once(int status, std::string sentence);

/// The reply to give when `answer` is no success, or when its body has no `member`. A `member` of "" asks for nothing.
/// Upstream's status is kept; 502 when it could not be reached or read, 504 when it was late. A refusal is never
/// reported as success, whatever its status.
std::optional<Reply> failure_of(const Answer& answer, const Operation& operation, std::string_view member = {});

/// The scope that the credentials lack, where a refusal names it: then it is about them, and not about what was asked
/// for. Empty otherwise.
std::string_view lacking_scope(const Answer& answer);

}  // namespace callboard::backstage
