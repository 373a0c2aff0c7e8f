// REST "Incidents": past, related and outlier incidents. Which they are: domain/incident/kinship.h.

#include "domain/incident/kinship.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr std::int64_t past_usual = 5;
constexpr std::int64_t past_max = 999;

/// Id, address, title and beginning; all of it where `additional_details[]` asks for incidents.
json::object brief_object(Wire& wire, const Incident& incident) {
    if (std::ranges::count(wire.request.query.all("additional_details"), "incident") > 0)
        return incident_object(wire, incident);
    auto id = wire.id(incident.id);
    return {{"id", id},
            {"created_at", wire.time(incident.created_at)},
            {"self", wire.request.site.api("/incidents/" + id)},
            {"title", incident.title}};
}

Result<void> check_details(const Request& request) {
    for (const auto& asked : request.query.all("additional_details"))
        if (asked != "incident") return errors::invalid_input("Additional details must be incident");
    return {};
}

/// The newest of a service before `until`.
std::vector<Incident> incidents_of(Tx& tx, ServiceId service, Timestamp since, Timestamp until) {
    return tx.list(Query<Incident>()
                       .where(&Incident::service, service)
                       .at_least(&Incident::id, IdSource::first_of(since))
                       .below(&Incident::id, IdSource::first_of(until))
                       .order_by(&Incident::id, Order::descending)
                       .page(kin_looked_at));
}

// --- past ------------------------------------------------------------------------------------------------------------

Result<std::int64_t> asked_limit(const Request& request) {
    TRY(auto limit, request.query.number("limit"));
    if (limit && *limit < 1) return errors::invalid_input("limit must be greater than 0");
    return std::min(limit.value_or(past_usual), past_max);
}

Result<Reply> list_past(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    CHECK_OK(check_details(request));
    TRY(auto limit, asked_limit(request));
    auto others = incidents_of(
        request.tx(), incident.service, incident.created_at - past_reach, incident.created_at + seconds{1});
    std::erase_if(others, [&](const Incident& other) { return !sees(request, other); });
    auto found = past_incidents(incident, others);
    Wire wire(request);
    json::array out;
    for (const auto& one : found) {
        if (static_cast<std::int64_t>(out.size()) == limit) break;
        out.push_back({{"incident", brief_object(wire, others[one.index])}, {"score", one.score}});
    }
    json::object body{{"past_incidents", std::move(out)}, {"total", nullptr}, {"limit", limit}};
    if (request.query.flag("total")) body["total"] = found.size();
    return ok(std::move(body));
}

// --- related ---------------------------------------------------------------------------------------------------------

/// The edges between the services of two incidents, either way; null when there are none.
json::value dependency_object(Wire& wire, const std::vector<ServiceDependency>& edges, ServiceId one, ServiceId other) {
    json::array supporting;
    json::array dependent;
    for (const auto& edge : edges) {
        bool joins = (edge.supporting_service == one.value && edge.dependent_service == other.value) ||
                     (edge.supporting_service == other.value && edge.dependent_service == one.value);
        if (!joins) continue;
        supporting.emplace_back(wire.service_ref(ServiceId{edge.supporting_service}));
        dependent.emplace_back(wire.service_ref(ServiceId{edge.dependent_service}));
    }
    if (supporting.empty()) return nullptr;
    return json::object{
        {"type", "service_dependency"},
        {"metadata", {{"dependent_services", std::move(dependent)}, {"supporting_services", std::move(supporting)}}}};
}

json::object similar_contents() {
    return {{"type", "machine_learning_inferred"},
            {"metadata",
             {{"grouping_classification", "similar_contents"},
              {"user_feedback", {{"positive_feedback_count", 0}, {"negative_feedback_count", 0}}}}}};
}

/// Edges at a service, in either direction.
std::vector<ServiceDependency> edges_of(Tx& tx, ServiceId service) {
    auto edges = tx.list(Query<ServiceDependency>().where(&ServiceDependency::dependent_service, service.value));
    for (auto& edge : tx.list(Query<ServiceDependency>().where(&ServiceDependency::supporting_service, service.value)))
        edges.push_back(edge);
    return edges;
}

/// Incidents of other services, by the edges between the services or by what they say.
Result<Reply> list_related(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    CHECK_OK(check_details(request));
    auto edges = edges_of(request.tx(), incident.service);
    auto near = Query<Incident>()
                    .where_not(&Incident::service, incident.service)
                    .at_least(&Incident::id, IdSource::first_of(incident.created_at - related_reach))
                    .below(&Incident::id, IdSource::first_of(incident.created_at + related_reach + seconds{1}))
                    .order_by(&Incident::id, Order::descending)
                    .page(kin_looked_at);
    Wire wire(request);
    json::array out;
    for (const auto& other : request.tx().list(near)) {
        if (out.size() == related_max) break;
        if (!went_on_together(incident, other, request.now) || !sees(request, other)) continue;
        json::array relationships;
        if (auto edge = dependency_object(wire, edges, incident.service, other.service); !edge.is_null())
            relationships.push_back(std::move(edge));
        if (have_similar_titles(incident, other)) relationships.emplace_back(similar_contents());
        if (relationships.empty()) continue;
        out.push_back({{"incident", brief_object(wire, other)}, {"relationships", std::move(relationships)}});
    }
    return ok(json::object{{"related_incidents", std::move(out)}});
}

// --- outlier ---------------------------------------------------------------------------------------------------------

/// Incidents of a service with the same pattern have the same id here. It is its own cluster: there is nothing else
/// that it would be part of.
json::object pattern_object(Wire& wire, const Incident& incident) {
    auto pattern = title_pattern(incident.title);
    auto hash = std::hash<std::string>{}(wire.id(incident.service) + pattern);
    auto id = wire.request.site.ids.text(Kind::incident_pattern, static_cast<std::int64_t>(hash >> 1));
    return {{"id", id}, {"cluster_id", id}, {"mined_text", std::move(pattern)}};
}

Result<Reply> show_outlier(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    CHECK_OK(check_details(request));
    Wire wire(request);
    TRY(auto sent, query_time(request, "since", wire.zone()));
    auto since = sent.value_or(incident.created_at - past_reach);
    auto until = incident.created_at + seconds{1};
    if (since >= until) return invalid_date_range("Since must be before the incident");
    auto verdict = outlier_verdict(incident, incidents_of(request.tx(), incident.service, since, until));
    auto out = brief_object(wire, incident);
    out["occurrence"] = {{"count", verdict.count},
                         {"frequency", verdict.frequency},
                         {"category", text_of(verdict.category)},
                         {"since", wire.time(since)},
                         {"until", wire.time(until)}};
    json::object outlier{{"incident", std::move(out)}, {"incident_template", pattern_object(wire, incident)}};
    return ok(json::object{{"outlier_incident", std::move(outlier)}});
}

constexpr Route table[] = {
    {Verb::get, "/incidents/{id}/past_incidents", "incidents.read", Need::view, list_past, Reach::team},
    {Verb::get, "/incidents/{id}/related_incidents", "incidents.read", Need::view, list_related, Reach::team},
    {Verb::get, "/incidents/{id}/outlier_incident", "incidents.read", Need::view, show_outlier, Reach::team},
};

}  // namespace

std::span<const Route> incident_kin_routes() { return table; }

}  // namespace callboard::http
