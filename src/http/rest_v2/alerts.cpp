// REST "Incidents": their alerts. GET /alerts and GET /alerts/{id} are ours: they also show the alerts that have no
// incident.

#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/event_document.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/team_scope.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t bulk_max = 250;  // REST: updateIncidentAlerts.

Error alert_not_found() { return errors::not_found("Alert Not Found", 5001); }

json::value trigger_entry(Wire& wire, const Alert& alert) {
    if (!alert.first_trigger_log_entry) return nullptr;
    if (wire.includes("first_trigger_log_entries"))
        if (auto entry = wire.tx().find<LogEntry>(alert.first_trigger_log_entry)) return log_entry_object(wire, *entry);
    auto id = wire.id(alert.first_trigger_log_entry);
    auto incident = alert.incident ? wire.id(*alert.incident) : std::string{};
    return wire.head(id,
                     "trigger_log_entry_reference",
                     "Triggered through the API",
                     fmt::format("/log_entries/{}?incident_id={}", id, incident),
                     incident.empty() ? std::string{} : fmt::format("/incidents/{}/log_entries/{}", incident, id));
}

json::value incident_value(Wire& wire, const Alert& alert) {
    if (!alert.incident) return nullptr;
    if (wire.includes("incidents"))
        if (auto incident = wire.tx().find<Incident>(*alert.incident)) return incident_object(wire, *incident);
    return wire.incident_ref(*alert.incident);
}

Result<Alert> alert_of_path(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto alert, request.path_row<Alert>("alert_id", alert_not_found()));
    if (alert.incident != incident.id) return alert_not_found();
    return alert;
}

/// An alert without an incident can be put into the one of the path; who may respond to both may do so.
Result<void> check_place(Request& request, const Alert& alert, const Incident& incident) {
    if (alert.incident == incident.id) return {};
    if (alert.incident || !alert.suppressed) return alert_not_found();
    auto service = request.tx().find_even_deleted<Service>(alert.service);
    if (!service) return alert_not_found();
    return permit(request, teams_of(request.tx(), *service), alert_not_found());
}

Result<void> sort(const Request& request, Query<Alert>& query) {
    auto text = request.query.text("sort_by").value_or("created_at");
    auto colon = text.find(':');
    auto direction = colon == std::string::npos ? std::string{"asc"} : text.substr(colon + 1);
    auto field = text.substr(0, colon);
    auto order = direction == "desc" ? Order::descending : Order::ascending;
    if (direction != "asc" && direction != "desc") field.clear();
    if (field == "created_at")
        query.order_by(&Alert::id, order);
    else if (field == "resolved_at")
        query.order_by(&Alert::resolved_at, order);
    else
        return errors::invalid_input("Sort by must be created_at or resolved_at, with :asc or :desc");
    return {};
}

Result<void> filter(const Request& request, Query<Alert>& query) {
    if (auto key = request.query.text("alert_key")) query.where(&Alert::alert_key, *key);
    std::vector<AlertStatus> statuses;
    for (const auto& text : request.query.all("statuses")) {
        auto status = parse_enum<AlertStatus>(text);
        if (!status) return errors::invalid_input("Statuses must be one of: " + all_texts_of<AlertStatus>());
        statuses.push_back(*status);
    }
    if (!statuses.empty()) query.where_in(&Alert::status, statuses);
    return {};
}

Result<Reply> list_alerts(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    auto query = Query<Alert>().where(&Alert::incident, incident.id);
    CHECK_OK(filter(request, query));
    CHECK_OK(sort(request, query));
    Wire wire(request);
    return page_of(request, "alerts", std::move(query), [&](const Alert& alert) { return alert_object(wire, alert); });
}

/// Alerts of all services, of the last 30 days unless told otherwise.
Result<Reply> list_all_alerts(Request& request) {
    TRY(auto sent, SentRange::of(request, account_zone(request.tx())));
    TRY(auto range, sent.window({request.now - days{30}, request.now + Duration{1}}));
    auto query = Query<Alert>().at_least(&Alert::created_at, range.since).below(&Alert::created_at, range.until);
    // Ids grow with time: nothing before this place in the table is younger.
    query.at_least(&Alert::id, AlertId{IdSource::first_of(range.since)});
    if (auto services = asked_services(request, "service_ids")) query.where_in(&Alert::service, *services);
    if (request.query.has("integration_ids"))
        query.where_in(&Alert::integration, request.query_ids<IntegrationId>("integration_ids"));
    if (request.query.has("suppressed")) query.where(&Alert::suppressed, request.query.flag("suppressed"));
    CHECK_OK(filter(request, query));
    CHECK_OK(sort(request, query));
    Wire wire(request);
    return page_of(request, "alerts", std::move(query), [&](const Alert& alert) { return alert_object(wire, alert); });
}

Result<Reply> get_alert(Request& request) {
    TRY(auto alert, alert_of_path(request));
    Wire wire(request);
    return ok(json::object{{"alert", alert_object(wire, alert)}});
}

/// An alert is its incident's; one without is its service's.
Result<Reply> get_any_alert(Request& request) {
    TRY(auto alert, request.path_row<Alert>("id", alert_not_found()));
    auto incident = alert.incident ? request.tx().find<Incident>(*alert.incident) : std::nullopt;
    auto service = request.tx().find_even_deleted<Service>(alert.service);
    if (incident)
        CHECK_OK(permit_incident(request, *incident, alert_not_found()));
    else
        CHECK_OK(
            permit(request, service ? teams_of(request.tx(), *service) : std::vector<TeamId>{}, alert_not_found()));
    Wire wire(request);
    return ok(json::object{{"alert", alert_object(wire, alert)}});
}

Result<AlertUpdate> read_update(Fields& fields, AlertId id) {
    AlertUpdate update{id, false, std::nullopt};
    AlertStatus status{};
    if (fields.sent_null("status")) fields.problem("status", "can't be blank");
    if (fields.choice("status", status)) {
        if (status != AlertStatus::resolved) fields.problem("status", "can only be changed to resolved");
        update.resolve = true;
    }
    IncidentId incident;
    if (fields.reference<Incident>("incident", incident)) update.move_to = incident;
    CHECK_OK(fields.check());
    return update;
}

Result<Reply> update_one(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto alert, request.path_row<Alert>("alert_id", alert_not_found()));
    CHECK_OK(check_place(request, alert, incident));
    TRY(auto fields, Fields::of(request, "alert"));
    TRY(auto update, read_update(fields, alert.id));
    Act act{agent_of(requester.id), Channel::website, request.now};
    TRY(alert, update_alert(request.tx(), request.site.desk, update, act));
    Wire wire(request);
    return ok(json::object{{"alert", alert_object(wire, alert)}});
}

Result<Reply> update_many(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto fields, Fields::of(request, ""));
    auto elements = fields.elements("alerts", true);
    CHECK_OK(fields.check());
    if (elements.size() > bulk_max)
        return Error{
            ErrorKind::too_large, 2001, "Invalid Input Provided", {"At most 250 alerts can be updated at once"}};
    Act act{agent_of(requester.id), Channel::website, request.now};
    std::vector<Alert> updated;
    for (auto& element : elements) {
        std::string text;
        element.text("id", text, {.required = true});
        CHECK_OK(element.check());
        auto id = request.site.ids.parse<AlertId>(text);
        auto alert = id ? request.tx().find<Alert>(*id) : std::nullopt;
        if (!alert) return alert_not_found();
        CHECK_OK(check_place(request, *alert, incident));
        TRY(auto update, read_update(element, *id));
        TRY(auto done, update_alert(request.tx(), request.site.desk, update, act));
        updated.push_back(std::move(done));
    }
    Wire wire(request);
    json::array items;
    for (const auto& alert : updated) items.emplace_back(alert_object(wire, alert));
    Paging page;
    return ok(page_body("alerts", std::move(items), page, false, 0));
}

constexpr Route table[] = {
    {Verb::get, "/alerts", "incidents.read", Need::view, list_all_alerts, Reach::team},
    {Verb::get, "/alerts/{id}", "incidents.read", Need::view, get_any_alert, Reach::team},
    {Verb::get, "/incidents/{id}/alerts", "incidents.read", Need::view, list_alerts, Reach::team},
    {Verb::put, "/incidents/{id}/alerts", "incidents.write", Need::respond, update_many, Reach::team},
    {Verb::get, "/incidents/{id}/alerts/{alert_id}", "incidents.read", Need::view, get_alert, Reach::team},
    {Verb::put, "/incidents/{id}/alerts/{alert_id}", "incidents.write", Need::respond, update_one, Reach::team},
};

}  // namespace

json::object alert_object(Wire& wire, const Alert& alert) {
    auto out = wire.alert_ref(alert);
    out["type"] = "alert";
    out["created_at"] = wire.time(alert.created_at);
    out["updated_at"] = wire.time(alert.updated_at);
    out["resolved_at"] = wire.time(alert.resolved_at);
    out["status"] = text_of(alert.status);
    out["alert_key"] = alert.alert_key;
    out["service"] = alert.service ? json::value(service_ref_or_full(wire, alert.service)) : json::value(nullptr);
    out["first_trigger_log_entry"] = trigger_entry(wire, alert);
    out["incident"] = incident_value(wire, alert);
    out["suppressed"] = alert.suppressed;
    out["placement"] = text_of(alert.placement);
    out["placement_note"] = text_or_null(alert.placement_note);
    out["severity"] = text_of(alert.severity);
    out["integration"] =
        alert.integration ? json::value(wire.integration_ref(*alert.integration)) : json::value(nullptr);
    auto event = view_of_event(wire, newest_event(wire.tx(), alert), alert.summary, text_of(alert.severity));
    out["body"] = json::object{{"type", "alert_body"},
                               {"contexts", std::move(event.contexts)},
                               {"details", std::move(event.details)},
                               {"cef_details", std::move(event.cef_details)}};
    return out;
}

std::span<const Route> alert_routes() { return table; }

}  // namespace callboard::http
