// REST "Maintenance Windows". What is over stays as it was.

#include "domain/service/maintenance.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

namespace callboard::http {

namespace {

Error window_not_found() { return errors::not_found("Maintenance Window Not Found", 5001); }

/// The services that the requester knows of.
std::vector<ServiceId> shown_services(Wire& wire, const MaintenanceWindow& window) {
    if (!sees_part(wire.request)) return window.services;
    std::vector<ServiceId> shown;
    for (auto id : window.services) {
        const auto* service = wire.service(id);
        if (service && sees(wire.request, *service)) shown.push_back(id);
    }
    return shown;
}

/// The teams of those services, by their policies.
std::vector<TeamId> window_teams(Wire& wire, const MaintenanceWindow& window) {
    std::vector<TeamId> teams;
    for (auto id : shown_services(wire, window)) {
        const auto* service = wire.service(id);
        const auto* policy = service ? wire.policy(service->escalation_policy) : nullptr;
        if (!policy || !policy->team) continue;
        if (std::ranges::find(teams, *policy->team) == teams.end()) teams.push_back(*policy->team);
    }
    return teams;
}

/// Whoever changes a window changes it for each of its services.
Result<void> permit_services(Request& request, const MaintenanceWindow& window) {
    for (auto id : window.services) {
        auto service = request.tx().find_even_deleted<Service>(id);
        if (service) CHECK_OK(permit(request, teams_of(request.tx(), *service), window_not_found()));
    }
    return {};
}

json::object window_object(Wire& wire, const MaintenanceWindow& window) {
    auto id = wire.id(window.id);
    auto out = wire.head(id,
                         "maintenance_window",
                         window.description,
                         "/maintenance_windows/" + id,
                         "/service-directory/maintenance-windows/" + id);
    out["sequence_number"] = window.sequence_number;
    out["start_time"] = wire.time(window.start_time);
    out["end_time"] = wire.time(window.end_time);
    out["description"] = window.description;
    out["created_by"] = window.created_by ? json::value(user_ref_or_full(wire, *window.created_by)) : nullptr;
    json::array services;
    for (auto service : shown_services(wire, window)) services.emplace_back(service_ref_or_full(wire, service));
    out["services"] = std::move(services);
    json::array teams;
    for (auto team : window_teams(wire, window)) teams.emplace_back(team_ref_or_full(wire, team));
    out["teams"] = std::move(teams);
    return out;
}

void read_window(Fields& fields, MaintenanceWindow& window, bool create) {
    auto now = fields.request().now;
    fields.text("description", window.description);
    WindowTimes asked{window.start_time, window.end_time};
    bool start = fields.time("start_time", asked.start_time, create);
    bool end = fields.time("end_time", asked.end_time, create);
    if (create ? start && end : start || end)
        for (auto& problem : set_times(window, asked, now)) fields.sentence(std::move(problem));
    bool listed = fields.references<Service>("services", window.services);
    if (window.services.empty() && (listed || create || fields.sent("services")))
        fields.problem("services", "can't be blank");
}

Result<Query<MaintenanceWindow>> asked_query(const Request& request) {
    auto query = Query<MaintenanceWindow>().order_by(&MaintenanceWindow::start_time);
    if (auto text = request.query.text("query")) query.contains(*text, &MaintenanceWindow::description);
    auto filter = request.query.text("filter").value_or("all");
    // A window counts from its first microsecond up to its last: what ends now is over.
    auto next = request.now + Duration{1};
    if (filter == "past")
        query.below(&MaintenanceWindow::end_time, next);
    else if (filter == "future")
        query.above(&MaintenanceWindow::start_time, request.now).above(&MaintenanceWindow::end_time, request.now);
    else if (filter == "ongoing")
        query.below(&MaintenanceWindow::start_time, next).above(&MaintenanceWindow::end_time, request.now);
    else if (filter == "open")
        query.above(&MaintenanceWindow::end_time, request.now);
    else if (filter != "all")
        return errors::invalid_input("Filter must be one of: past, future, ongoing, open, all");
    return query;
}

Result<Reply> list_windows(Request& request) {
    Wire wire(request);
    TRY(auto query, asked_query(request));
    auto write = [&](const MaintenanceWindow& window) { return window_object(wire, window); };
    bool by_service = request.query.has("service_ids");
    bool by_team = request.query.has("team_ids");
    bool part = sees_part(request);
    if (!by_service && !by_team && !part) return page_of(request, "maintenance_windows", std::move(query), write);
    auto services = request.query_ids<ServiceId>("service_ids");
    auto teams = request.query_ids<TeamId>("team_ids");
    auto rows = request.tx().list(query);
    std::erase_if(rows, [&](const MaintenanceWindow& window) {
        if (part && shown_services(wire, window).empty()) return true;
        bool other_service =
            by_service && std::ranges::find_first_of(window.services, services) == window.services.end();
        if (other_service || !by_team) return other_service;
        auto own = window_teams(wire, window);
        return std::ranges::find_first_of(own, teams) == own.end();
    });
    return page_of(request, "maintenance_windows", rows, write);
}

Result<Reply> create_window(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto fields, Fields::of(request, "maintenance_window"));
    MaintenanceWindow window;
    window.created_by = requester.id;
    read_window(fields, window, /*create=*/true);
    CHECK_OK(fields.check());
    CHECK_OK(permit_services(request, window));
    window.id = request.tx().new_id<MaintenanceWindowId>();
    window.sequence_number = static_cast<int>(request.tx().next_number("maintenance_window"));
    request.tx().insert(window);
    Wire wire(request);
    return created(json::object{{"maintenance_window", window_object(wire, window)}});
}

Result<Reply> get_window(Request& request) {
    TRY(auto window, request.path_row<MaintenanceWindow>("id", window_not_found()));
    Wire wire(request);
    if (sees_part(request) && shown_services(wire, window).empty()) return window_not_found();
    return ok(json::object{{"maintenance_window", window_object(wire, window)}});
}

Result<Reply> update_window(Request& request) {
    TRY(auto window, request.path_row<MaintenanceWindow>("id", window_not_found()));
    CHECK_OK(permit_services(request, window));
    if (state_of(window, request.now) == WindowState::past)
        return errors::invalid_input("A maintenance window that has ended can't be changed");
    TRY(auto fields, Fields::of(request, "maintenance_window"));
    read_window(fields, window, /*create=*/false);
    CHECK_OK(fields.check());
    CHECK_OK(permit_services(request, window));
    request.tx().update(window);
    Wire wire(request);
    return ok(json::object{{"maintenance_window", window_object(wire, window)}});
}

/// One that has not begun is removed, one that is running ends now, one that is over stays.
Result<Reply> delete_window(Request& request) {
    TRY(auto window, request.path_row<MaintenanceWindow>("id", window_not_found()));
    CHECK_OK(permit_services(request, window));
    switch (state_of(window, request.now)) {
    case WindowState::future: window.deleted_at = request.now; break;
    case WindowState::ongoing: window.end_time = request.now; break;
    case WindowState::past:
        return Error{ErrorKind::method_not_allowed, 5003, "Cannot cancel a maintenance window from the past", {}};
    }
    request.tx().update(window);
    return no_content();
}

constexpr Route table[] = {
    {Verb::get, "/maintenance_windows", "services.read", Need::view, list_windows, Reach::team},
    {Verb::post, "/maintenance_windows", "services.write", Need::manage, create_window, Reach::team},
    {Verb::get, "/maintenance_windows/{id}", "services.read", Need::view, get_window, Reach::team},
    {Verb::put, "/maintenance_windows/{id}", "services.write", Need::manage, update_window, Reach::team},
    {Verb::del, "/maintenance_windows/{id}", "services.write", Need::manage, delete_window, Reach::team},
};

}  // namespace

std::span<const Route> maintenance_window_routes() { return table; }

}  // namespace callboard::http
