// REST "Change Events". They are made by the Events API only (POST /v2/change/enqueue); here they are read, corrected,
// and laid beside incidents.

#include "app/stored_json.h"
#include "domain/event/event.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/team_scope.h"

namespace callboard::http {

namespace {

/// How long before an incident a change still counts as related to it.
constexpr auto related_within = hours{24};

Error change_event_not_found() { return errors::not_found("Change Event Not Found", 5001); }

json::object change_event_object(Wire& wire, const ChangeEvent& event) {
    auto id = wire.id(event.id);
    auto out = wire.head(id, "change_event", event.summary, "/change_events/" + id, "");
    out["timestamp"] = wire.time(event.timestamp);
    out["source"] = event.source;
    out["integration"] = wire.integration_ref(event.integration);
    // A key that can send events is not shown to everyone who may read changes.
    out["routing_key"] = nullptr;
    out["services"] = json::array{wire.service_ref(event.service)};
    out["links"] = parse_stored(event.links, json::array{});
    out["images"] = parse_stored(event.images, json::array{});
    out["custom_details"] = parse_stored(event.custom_details, json::object{});
    return out;
}

Query<ChangeEvent> newest_first() {
    return Query<ChangeEvent>()
        .order_by(&ChangeEvent::timestamp, Order::descending)
        .order_by(&ChangeEvent::id, Order::descending);
}

/// Only UTC, written with a Z, is allowed here.
Result<std::optional<Timestamp>> utc_time(const Request& request, std::string_view name) {
    auto text = request.query.text(name).value_or("");
    if (!text.empty() && !text.ends_with('Z')) return invalid_time_values();
    return query_time(request, name, Zone{});
}

Result<Query<ChangeEvent>> filtered(Request& request) {
    auto query = newest_first();
    TRY(auto since, utc_time(request, "since"));
    TRY(auto until, utc_time(request, "until"));
    if (since && until && *until < *since) return invalid_date_range("Until must not be before since");
    if (since) query.at_least(&ChangeEvent::timestamp, *since);
    if (until) query.below(&ChangeEvent::timestamp, *until);
    if (request.query.has("integration_ids"))
        query.where_in(&ChangeEvent::integration, request.query_ids<IntegrationId>("integration_ids"));
    if (request.query.has("team_ids"))
        query.where_in(&ChangeEvent::service, services_of_teams(request.tx(), request.query_ids<TeamId>("team_ids")));
    if (auto seen = seen_services(request)) query.where_in(&ChangeEvent::service, *seen);
    return query;
}

/// The change of the path, which is its service's.
Result<ChangeEvent> change_of_path(Request& request) {
    TRY(auto event, request.path_row<ChangeEvent>("id", change_event_not_found()));
    auto service = request.tx().find_even_deleted<Service>(event.service);
    if (service) CHECK_OK(permit(request, teams_of(request.tx(), *service), change_event_not_found()));
    return event;
}

Result<Reply> page_of_changes(Request& request, Query<ChangeEvent> query) {
    Wire wire(request);
    auto write = [&](const ChangeEvent& event) { return change_event_object(wire, event); };
    return page_of(request, "change_events", std::move(query), write);
}

Result<Reply> list_changes(Request& request) {
    TRY(auto query, filtered(request));
    return page_of_changes(request, std::move(query));
}

Result<Reply> list_changes_of_service(Request& request) {
    TRY(auto service, permitted_row<Service>(request, "id", errors::not_found("Service Not Found", 5002)));
    TRY(auto query, filtered(request));
    return page_of_changes(request, std::move(query.where(&ChangeEvent::service, service.id)));
}

/// Accepted and nothing else: the operation only exists to point at the Events API.
Result<Reply> point_to_events_api(Request&) {
    return Reply{202, json::object{{"message", "Send change events to /v2/change/enqueue"}}, {}};
}

Result<Reply> get_change(Request& request) {
    TRY(auto event, change_of_path(request));
    Wire wire(request);
    return ok(json::object{{"change_event", change_event_object(wire, event)}});
}

Result<Reply> update_change(Request& request) {
    TRY(auto event, change_of_path(request));
    TRY(auto fields, Fields::of(request, "change_event"));
    fields.text("summary", event.summary, {.min = 1, .max = summary_max_chars});
    if (const auto* details = fields.object("custom_details")) event.custom_details = json::serialize(*details);
    if (fields.sent_null("custom_details")) event.custom_details.clear();
    CHECK_OK(fields.check());
    request.tx().update(event);
    Wire wire(request);
    return ok(json::object{{"change_event", change_event_object(wire, event)}});
}

/// Services one dependency away, in either direction.
std::vector<ServiceId> neighbours(Tx& tx, ServiceId service) {
    std::vector<ServiceId> found;
    auto add = [&](ServiceKind kind, std::int64_t id) {
        if (kind == ServiceKind::technical_service) found.push_back(ServiceId{id});
    };
    auto supported = Query<ServiceDependency>().where(&ServiceDependency::dependent_service, service.value);
    for (const auto& edge : tx.list(supported)) add(edge.supporting_kind, edge.supporting_service);
    auto supporting = Query<ServiceDependency>().where(&ServiceDependency::supporting_service, service.value);
    for (const auto& edge : tx.list(supporting)) add(edge.dependent_kind, edge.dependent_service);
    return found;
}

Result<Reply> list_related_changes(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto page, Paging::of(request));
    auto services = neighbours(request.tx(), incident.service);
    services.push_back(incident.service);
    auto query = newest_first()
                     .where_in(&ChangeEvent::service, services)
                     .at_least(&ChangeEvent::timestamp, incident.created_at - related_within)
                     .below(&ChangeEvent::timestamp, incident.created_at)
                     .page(page.limit);
    if (auto seen = seen_services(request)) query.where_in(&ChangeEvent::service, *seen);
    Wire wire(request);
    json::array related;
    for (const auto& event : request.tx().list(query)) {
        auto out = change_event_object(wire, event);
        auto reason = event.service == incident.service ? "most_recent" : "related_service";
        out["correlation_reason"] = json::object{{"reason", reason}};
        related.emplace_back(std::move(out));
    }
    return ok(json::object{{"change_events", std::move(related)}});
}

constexpr Route table[] = {
    {Verb::get, "/change_events", "change_events.read", Need::view, list_changes, Reach::team},
    {Verb::post, "/change_events", no_scope, Need::anyone, point_to_events_api},
    {Verb::get, "/change_events/{id}", "change_events.read", Need::view, get_change, Reach::team},
    {Verb::put, "/change_events/{id}", "change_events.write", Need::respond, update_change, Reach::team},
    {Verb::get, "/services/{id}/change_events", "services.read", Need::view, list_changes_of_service, Reach::team},
    {Verb::get,
     "/incidents/{id}/related_change_events",
     "incidents.read",
     Need::view,
     list_related_changes,
     Reach::team},
};

}  // namespace

std::span<const Route> change_event_routes() { return table; }

}  // namespace callboard::http
