// REST "Analytics": metrics of incidents, together or by service, team or escalation policy, for the whole range or
// unit by unit. Reads that happen to be POST. The raw numbers of each incident are in analytics_raw.cpp.

#include "http/kit/wire.h"
#include "http/rest_v2/analytics_question.h"
#include "http/rest_v2/analytics_raw.h"
#include "http/rest_v2/routes.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace callboard::http {

namespace {

/// What makes a row, besides the unit of time.
enum class Grouping { all, service, team, escalation_policy };

/// Which incidents are looked at, and how they are laid together.
struct Cut {
    Grouping grouping = Grouping::all;
    /// Only incidents that have a team.
    bool with_team = false;
    bool percentiles = false;
    bool responders = false;
};

struct MetricsQuestion : AnalyticsQuestion {
    std::optional<AggregateUnit> unit;
};

MetricsQuestion read_question(Fields& fields) {
    MetricsQuestion question{AnalyticsQuestion::read(fields), std::nullopt};
    AggregateUnit unit = AggregateUnit::day;
    if (fields.choice("aggregate_unit", unit)) question.unit = unit;
    return question;
}

/// The incidents of one row.
struct Bundle {
    std::vector<const MeasuredIncident*> incidents;
    Period period;
};

/// By group, then by the beginning of the unit.
using Bundles = std::map<std::pair<std::int64_t, Timestamp>, Bundle>;

std::vector<std::int64_t> groups_of(const MeasuredIncident& incident, const Cut& cut, const AnalyticsFilters& filters) {
    const auto& facts = incident.facts;
    switch (cut.grouping) {
    case Grouping::all:
        if (cut.with_team && facts.teams.empty()) return {};
        return {0};
    case Grouping::service: return {facts.service.value};
    case Grouping::escalation_policy: return {facts.escalation_policy.value};
    case Grouping::team: break;
    }
    // An incident counts for each of its teams, as far as these were asked for.
    std::vector<std::int64_t> teams;
    for (auto team : facts.teams)
        if (!filters.teams || std::ranges::find(*filters.teams, team) != filters.teams->end())
            teams.push_back(team.value);
    return teams;
}

Bundles
bundle(const std::vector<MeasuredIncident>& incidents, const Cut& cut, const MetricsQuestion& question, Timestamp now) {
    // What has not happened yet was neither up nor down.
    Period whole{question.filters.created.begin, std::min(question.filters.created.end, now)};
    Bundles bundles;
    for (const auto& incident : incidents) {
        if (!question.filters.accept(incident.metrics)) continue;
        auto unit = whole;
        if (question.unit) unit = unit_around(incident.facts.created_at, *question.unit, question.zone);
        for (auto group : groups_of(incident, cut, question.filters)) {
            auto& row = bundles[{group, unit.begin}];
            row.period = {std::max(unit.begin, whole.begin), std::min(unit.end, whole.end)};
            row.incidents.push_back(&incident);
        }
    }
    return bundles;
}

template <class T>
void write_members(json::object& out, const T& described) {
    for_each_member(described, [&](std::string_view name, const auto& member) {
        using Member = std::remove_cvref_t<decltype(member)>;
        if constexpr (std::is_same_v<Member, std::optional<std::int64_t>>)
            out[name] = member ? json::value(*member) : json::value(nullptr);
        else
            out[name] = member;
    });
}

template <class AnyId, class Row>
void write_name(Wire& wire, json::object& out, std::string_view noun, std::optional<AnyId> id, const Row* row) {
    out[std::string{noun} + "_id"] = id ? json::value(wire.id(*id)) : json::value(nullptr);
    out[std::string{noun} + "_name"] = row ? json::value(row->name) : json::value(nullptr);
}

void write_team(Wire& wire, json::object& out, std::optional<TeamId> team) {
    write_name(wire, out, "team", team, team ? wire.team(*team) : nullptr);
}

void write_group(Wire& wire, json::object& out, Grouping grouping, std::int64_t group) {
    switch (grouping) {
    case Grouping::all: return;
    case Grouping::team: return write_team(wire, out, TeamId{group});
    case Grouping::service: {
        ServiceId id{group};
        const auto* service = wire.service(id);
        write_name(wire, out, "service", std::optional{id}, service);
        const auto* policy = service ? wire.policy(service->escalation_policy) : nullptr;
        return write_team(wire, out, policy ? policy->team : std::nullopt);
    }
    case Grouping::escalation_policy: {
        EscalationPolicyId id{group};
        const auto* policy = wire.policy(id);
        write_name(wire, out, "escalation_policy", std::optional{id}, policy);
        return write_team(wire, out, policy ? policy->team : std::nullopt);
    }
    }
}

std::size_t responders_of(const Bundle& row) {
    std::unordered_set<UserId> users;
    for (const auto* incident : row.incidents)
        users.insert(incident->metrics.acknowledged_users.begin(), incident->metrics.acknowledged_users.end());
    return users.size();
}

/// Columns a row can be sorted by.
bool is_column(std::string_view name, const MetricsQuestion& question, const Cut& cut) {
    bool found = name == "range_start" && question.unit;
    MetricRow sample;
    for_each_member(sample, [&](std::string_view member, const auto&) { found = found || member == name; });
    switch (cut.grouping) {
    case Grouping::all: return found;
    case Grouping::team: break;
    case Grouping::service: found = found || name == "service_id" || name == "service_name"; break;
    case Grouping::escalation_policy:
        found = found || name == "escalation_policy_id" || name == "escalation_policy_name";
        break;
    }
    return found || name == "team_id" || name == "team_name";
}

/// Numbers by size, texts by their letters, what is absent last whatever the order.
bool comes_before(const json::value& a, const json::value& b, bool ascending) {
    if (a.is_null() || b.is_null()) return !a.is_null();
    if (a.is_string() && b.is_string())
        return ascending ? a.get_string() < b.get_string() : b.get_string() < a.get_string();
    auto x = a.to_number<double>();
    auto y = b.to_number<double>();
    return ascending ? x < y : y < x;
}

void sort_rows(json::array& rows, const std::string& column, bool ascending) {
    std::stable_sort(rows.begin(), rows.end(), [&](const json::value& a, const json::value& b) {
        return comes_before(a.at(column), b.at(column), ascending);
    });
}

Result<Reply> answer(Request& request, const Cut& cut) {
    TRY(auto fields, Fields::of(request, ""));
    auto question = read_question(fields);
    auto order_by = question.order_by.value_or(question.unit ? "range_start" : "total_incident_count");
    if (!is_column(order_by, question, cut)) fields.problem("order_by", "is not a column of the answer");
    CHECK_OK(fields.check());
    if (cut.grouping == Grouping::all) CHECK_OK(check_breadth(request, question.filters));
    auto& tx = request.tx();
    PriorityScale priorities(tx);
    auto incidents = measure_all(tx, figures_for(request, question.filters, priorities), priorities);
    Wire wire(request);
    json::array rows;
    for (const auto& [key, row] : bundle(incidents, cut, question, request.now)) {
        json::object out;
        write_group(wire, out, cut.grouping, key.first);
        if (question.unit) out["range_start"] = question.time(key.second);
        write_members(out, summarize(row.incidents, row.period, request.now));
        if (cut.percentiles) write_members(out, percentiles_of(row.incidents));
        if (cut.responders) out["distinct_responder_count"] = responders_of(row);
        rows.emplace_back(std::move(out));
    }
    bool ascending = question.ascending.value_or(question.unit && !question.order_by);
    sort_rows(rows, order_by, ascending);
    return ok(
        json::object{{"data", std::move(rows)},
                     {"filters", std::move(question.filters.sent)},
                     {"time_zone", question.time_zone},
                     {"order", ascending ? "asc" : "desc"},
                     {"order_by", order_by},
                     {"aggregate_unit", question.unit ? json::value(text_of(*question.unit)) : json::value(nullptr)}});
}

Result<Reply> all(Request& request) { return answer(request, {.percentiles = true}); }

Result<Reply> services(Request& request) {
    return answer(request, {.grouping = Grouping::service, .percentiles = true});
}

Result<Reply> services_all(Request& request) { return answer(request, {}); }

Result<Reply> teams(Request& request) { return answer(request, {.grouping = Grouping::team, .percentiles = true}); }

Result<Reply> teams_all(Request& request) { return answer(request, {.with_team = true}); }

Result<Reply> policies(Request& request) {
    return answer(request, {.grouping = Grouping::escalation_policy, .responders = true});
}

Result<Reply> policies_all(Request& request) { return answer(request, {.responders = true}); }

// clang-format off
constexpr Route table[] = {
    {Verb::post_reads, "/analytics/metrics/incidents/all", "analytics.write", Need::view, all, Reach::team},
    {Verb::post_reads, "/analytics/metrics/incidents/services", "analytics.write", Need::view, services, Reach::team},
    {Verb::post_reads, "/analytics/metrics/incidents/services/all", "analytics.write", Need::view, services_all, Reach::team},
    {Verb::post_reads, "/analytics/metrics/incidents/teams", "analytics.write", Need::view, teams, Reach::team},
    {Verb::post_reads, "/analytics/metrics/incidents/teams/all", "analytics.write", Need::view, teams_all, Reach::team},
    {Verb::post_reads, "/analytics/metrics/incidents/escalation_policies", "analytics.write", Need::view, policies, Reach::team},
    {Verb::post_reads, "/analytics/metrics/incidents/escalation_policies/all", "analytics.write", Need::view, policies_all, Reach::team},
    {Verb::post_reads, "/analytics/raw/incidents", "analytics.write", Need::view, list_raw_incidents, Reach::team},
    {Verb::get, "/analytics/raw/incidents/{id}", "analytics.read", Need::view, get_raw_incident, Reach::team},
};
// clang-format on

}  // namespace

std::span<const Route> analytics_routes() { return table; }

}  // namespace callboard::http
