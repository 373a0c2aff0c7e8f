// REST "Paused Incident Reports": what became of alerts that were held before anybody was told.

#include "http/kit/time_range.h"
#include "http/kit/wire.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/team_scope.h"

namespace callboard::http {

namespace {

constexpr auto look_back_max = days{184};  // REST: 6 months.
constexpr std::int64_t recent_max = 5;     // REST: getPausedIncidentReportAlerts.

struct Report {
    Window range;
    Query<Alert> held;
};

Result<Report> asked_report(Request& request) {
    TRY(auto sent, SentRange::of(request, account_zone(request.tx())));
    TRY(auto range, sent.window({request.now - look_back_max, request.now + Duration{1}}));
    CHECK_OK(check_span(range, look_back_max + days{1}));
    Report report{range, {}};
    report.held.at_least(&Alert::created_at, range.since)
        .below(&Alert::created_at, range.until)
        .is_not_null(&Alert::suspended_until);
    if (auto services = asked_services(request, "service_id")) report.held.where_in(&Alert::service, *services);
    if (auto text = request.query.text("suspended_by")) {
        auto by = parse_enum<SuspendedBy>(*text);
        if (!by) return errors::invalid_input("Suspended by must be one of: " + all_texts_of<SuspendedBy>());
        report.held.where(&Alert::suspended_by, *by);
    }
    return report;
}

Query<Alert> triggered_after(const Report& report) { return Query<Alert>(report.held).is_not_null(&Alert::incident); }

Query<Alert> resolved_after(const Report& report) {
    return Query<Alert>(report.held).where(&Alert::placement, Placement::cleared_in_pause);
}

json::array recent(Wire& wire, Query<Alert> query) {
    json::array out;
    for (const auto& alert : wire.tx().list(query.order_by(&Alert::id, Order::descending).page(recent_max)))
        out.emplace_back(json::object{{"id", wire.id(alert.id)},
                                      {"service_id", wire.id(alert.service)},
                                      {"created_at", wire.time(alert.created_at)}});
    return out;
}

Result<Reply> show_alerts(Request& request) {
    TRY(auto report, asked_report(request));
    Wire wire(request);
    json::object body{{"since", wire.time(report.range.since)},
                      {"until", wire.time(report.range.until)},
                      {"triggered_after_pause_alerts", recent(wire, triggered_after(report))},
                      {"resolved_after_pause_alerts", recent(wire, resolved_after(report))}};
    return ok(json::object{{"paused_incident_reporting_alerts", std::move(body)}});
}

Result<Reply> show_counts(Request& request) {
    TRY(auto report, asked_report(request));
    Wire wire(request);
    json::object body{{"since", wire.time(report.range.since)},
                      {"until", wire.time(report.range.until)},
                      {"paused_count", request.tx().count(report.held)},
                      {"triggered_after_pause_count", request.tx().count(triggered_after(report))},
                      {"resolved_after_pause_count", request.tx().count(resolved_after(report))}};
    return ok(json::object{{"paused_incident_reporting_counts", std::move(body)}});
}

constexpr Route table[] = {
    {Verb::get, "/paused_incident_reports/alerts", "incidents.read", Need::view, show_alerts, Reach::team},
    {Verb::get, "/paused_incident_reports/counts", "incidents.read", Need::view, show_counts, Reach::team},
};

}  // namespace

std::span<const Route> paused_incident_report_routes() { return table; }

}  // namespace callboard::http
