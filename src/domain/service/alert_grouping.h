#pragma once
// How the alerts of services are gathered into incidents. The rule that follows from a setting is in
// domain/event/grouping.h. Services name their setting (Service::alert_grouping_setting), so that none has two.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

enum class AlertGroupingType { time, intelligent, content_based, content_based_intelligent };
DESCRIBE_ENUM(AlertGroupingType, time, intelligent, content_based, content_based_intelligent)

enum class GroupingAggregate { all, any };
DESCRIBE_ENUM(GroupingAggregate, all, any)

struct AlertGroupingSetting {
    AlertGroupingSettingId id;
    std::optional<std::string> name;
    std::optional<std::string> description;
    AlertGroupingType type = AlertGroupingType::time;
    /// Seconds after the first alert, for `time`; 0 groups until the incident is resolved.
    int timeout = 0;
    /// Seconds after the newest alert, for the other types; 0 leaves it to us.
    int time_window = 0;
    GroupingAggregate aggregate = GroupingAggregate::all;
    /// What the content is compared by, for the types that look at it.
    std::vector<std::string> fields;
    /// What the words are taken from, for the types that compare words.
    std::vector<std::string> iag_fields;
    /// Incidents that began earlier take no more alerts: new criteria start afresh.
    Timestamp criteria_changed_at;
    Timestamp created_at;
    Timestamp updated_at;

    bool operator==(const AlertGroupingSetting&) const = default;
};
DESCRIBE(AlertGroupingSetting,
         id,
         name,
         description,
         type,
         timeout,
         time_window,
         aggregate,
         fields,
         iag_fields,
         criteria_changed_at,
         created_at,
         updated_at)

bool compares_content(AlertGroupingType type);
bool compares_words(AlertGroupingType type);

/// Whether two settings group alike.
bool same_criteria(const AlertGroupingSetting& one, const AlertGroupingSetting& other);

/// source, severity, component, group, class, summary, or a path below custom_details.
bool is_grouping_field(std::string_view field);

/// Stands for `time_window` 0. Seconds.
constexpr int time_window_recommended = 300;
/// REST: services of one setting.
constexpr std::size_t grouping_services_max = 250;
constexpr std::size_t grouping_fields_max = 50;

}  // namespace callboard
