#pragma once
// Which incidents belong together: those of the past that were like this one, those that go on beside it, and how
// unusual it is for its service. By the words of their titles, their times and their services' dependencies. REST:
// past_incidents, related_incidents, outlier_incident; what the API leaves open is ours: docs/compatibility.md.

#include "domain/incident/incident.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// REST: past incidents go back six months.
constexpr days past_reach{184};
/// Incidents that began further apart are not related.
constexpr hours related_reach{24};
/// REST: the 20 most recent.
constexpr std::size_t related_max = 20;
/// Incidents of one service that are looked at, the newest.
constexpr std::int64_t kin_looked_at = 2'000;

struct PastIncident {
    /// Where it stands among those that were asked about.
    std::size_t index = 0;
    /// 0 to 100: the share of words that both titles have.
    double score = 0;

    bool operator==(const PastIncident&) const = default;
};

/// Those of `others` that began before `incident`, are over, and have a title like its own: the likest first, of equal
/// ones the newest.
std::vector<PastIncident> past_incidents(const Incident& incident, std::span<const Incident> others);

/// Whether there was a time at which both were open, and they began within `related_reach`.
bool went_on_together(const Incident& one, const Incident& other, Timestamp now);

bool have_similar_titles(const Incident& one, const Incident& other);

/// A title with "<*>" for each word that says which one and not what: "Disk <*> of <*> is full".
std::string title_pattern(std::string_view title);

/// Never before; seldom; often.
enum class Occurrence { anomaly, rare, frequent };
DESCRIBE_ENUM(Occurrence, anomaly, rare, frequent)

struct OutlierVerdict {
    /// Incidents with the same pattern, this one among them.
    std::int64_t count = 0;
    /// Their share of all.
    double frequency = 0;
    Occurrence category = Occurrence::anomaly;
};

/// How `incident` stands among `others` of its service, which may hold it too.
OutlierVerdict outlier_verdict(const Incident& incident, std::span<const Incident> others);

}  // namespace callboard
