#pragma once
// Which open incident a new alert joins. Every alert is compared with the *first* alert of an incident, so that a group
// is what its first alert says and does not drift from alert to alert. Where the API's documentation is silent the
// choices are ours: docs/compatibility.md, "Alert grouping".

#include "base/time.h"
#include "domain/incident/incident.h"
#include "domain/incident/words.h"
#include "domain/service/alert_grouping.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// What grouping looks at in one alert.
struct AlertTraits {
    /// Hashes of the values of the setting's fields, in their order; absent where the event has no such value.
    std::vector<std::optional<std::size_t>> values;
    /// See words_of.
    std::vector<std::size_t> words;

    bool operator==(const AlertTraits&) const = default;
};

/// An open incident that takes alerts.
struct OpenGroup {
    IncidentId incident;
    std::int64_t incident_number = 0;
    /// The service of the first alert owns the incident.
    ServiceId service;
    LogEntryId first_trigger_log_entry;
    Timestamp first_at;
    Timestamp last_at;
    int alert_count = 0;
    /// The worst of its alerts.
    Severity severity = Severity::info;
    AlertTraits first;

    bool operator==(const OpenGroup&) const = default;
};

/// The group that an alert joins, and why.
struct GroupingChoice {
    std::size_t index = 0;
    /// Words in both and in either, where words were compared.
    std::size_t words_common = 0;
    std::size_t words_all = 0;
    /// The fields that are equal, where content was compared.
    std::vector<std::string> equal_fields;
};

/// True when the group takes no more alerts, whatever comes: it is full, its window has ended, or its setting means
/// something else by now.
bool is_over(const AlertGroupingSetting& setting, const OpenGroup& group, Timestamp now);

/// The newest of `groups` (oldest first) that an alert with these traits joins at `now`; absent: it opens an incident.
std::optional<GroupingChoice> choose_group(const AlertGroupingSetting& setting,
                                           std::span<const OpenGroup> groups,
                                           const AlertTraits& traits,
                                           Timestamp now);

Placement placement_of(AlertGroupingType type);

/// Why the alert joined, as a sentence. `group` is as it was before.
std::string
explain(const AlertGroupingSetting& setting, const OpenGroup& group, const GroupingChoice& choice, Timestamp now);

/// REST: rolling windows are extended up to 24 hours.
constexpr hours group_age_max{24};

}  // namespace callboard
