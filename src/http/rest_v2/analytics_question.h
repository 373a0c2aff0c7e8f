#pragma once
// What a question to REST "Analytics" asks for, and the incidents that answer it. Used by the aggregated metrics
// (analytics.cpp) and by the raw ones (analytics_raw.cpp).

#include "domain/incident/metrics.h"
#include "http/kit/fields.h"
#include "storage/reports.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard::http {

/// All of them must hold. Absent: anything.
struct AnalyticsFilters {
    /// As sent, for the answer.
    json::object sent;
    Period created;
    std::optional<Timestamp> updated_after;
    std::optional<Urgency> urgency;
    std::optional<bool> major;
    std::optional<bool> pd_advance_used;
    int min_acknowledgements = 0;
    int min_timeout_escalations = 0;
    int min_manual_escalations = 0;
    std::optional<std::vector<TeamId>> teams;
    std::optional<std::vector<ServiceId>> services;
    std::optional<std::vector<EscalationPolicyId>> policies;
    std::optional<std::vector<PriorityId>> priorities;
    std::optional<std::vector<std::string>> priority_names;
    std::optional<std::vector<std::string>> incident_types;

    /// Problems go to `question`.
    static AnalyticsFilters read(Fields& question);

    /// What can only be told from an incident's log.
    [[nodiscard]] bool need_log() const;
    [[nodiscard]] bool accept(const IncidentMetrics& metrics) const;
};

/// Members that all questions share.
struct AnalyticsQuestion {
    AnalyticsFilters filters;
    std::string time_zone = "Etc/UTC";
    Zone zone;
    std::optional<bool> ascending;
    std::optional<std::string> order_by;

    static AnalyticsQuestion read(Fields& fields);

    [[nodiscard]] json::value time(Timestamp t) const { return json::value(format_iso8601(t, zone.offset_at(t))); }
};

/// Error 2001 for a person's key that names neither teams nor services. REST: "Get raw data", "aggregated … all".
Result<void> check_breadth(const Request& request, const AnalyticsFilters& filters);

/// The account's priorities, highest first, and what analytics make of them.
class PriorityScale {
public:
    explicit PriorityScale(Tx& tx);

    /// One of the two highest.
    [[nodiscard]] bool is_top(std::optional<PriorityId> id) const;
    [[nodiscard]] const Priority* find(std::optional<PriorityId> id) const;
    /// Higher numbers for higher priorities.
    [[nodiscard]] int order_of(const Priority& priority) const;

private:
    std::vector<Priority> highest_first_;
};

IncidentFigure figure_of(const Incident& incident);

/// Incidents that pass every filter but those that need the log; oldest first.
std::vector<IncidentFigure> figures_for(Tx& tx, const AnalyticsFilters& filters, const PriorityScale& priorities);

/// Reads the logs and measures.
std::vector<MeasuredIncident>
measure_all(Tx& tx, const std::vector<IncidentFigure>& figures, const PriorityScale& priorities);

}  // namespace callboard::http
