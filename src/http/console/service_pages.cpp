// Services: how one stands, who is called, how events reach it, what changed; and the pages of what belongs to it.

#include "app/config_cache.h"
#include "domain/service/vendor.h"
#include "http/console/forms.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr int changes_shown = 10;
constexpr std::size_t past_shown = 12;
constexpr int open_shown_max = 100;

Query<Incident> open_incidents(ServiceId service) {
    return Query<Incident>()
        .where(&Incident::service, service)
        .below(&Incident::status, IncidentStatus::resolved)
        .order_by(&Incident::id, Order::descending);
}

Html quiet_sentence(View& view, const Service& service) {
    auto last = view.incidents(
        Query<Incident>().where(&Incident::service, service.id).order_by(&Incident::id, Order::descending), 1);
    if (last.empty()) return html(R"(<p class="dim">Nothing is open, and nothing ever was.</p>)");
    return html(R"(<p class="dim">Nothing is open. The last incident began {}.</p>)",
                view.time(last.front().created_at));
}

Html integrations_of(View& view, const Service& service) {
    Html rows;
    auto query = Query<Integration>().where(&Integration::service, service.id).order_by(&Integration::name);
    for (const auto& integration : view.tx.list(query))
        rows.add(
            R"(<li><div class="grow"><a href="/console/services/{}/integrations/{}">{}</a><small>{}</small></div></li>)",
            view.id(service.id),
            view.id(integration.id),
            integration.name,
            text_of(integration.type));
    if (rows.empty()) return html(R"(<p class="dim">None: no event can reach this service.</p>)");
    return html(R"(<ul class="list">{}</ul>)", rows);
}

Html changes_of(View& view, const Service& service) {
    Html rail;
    auto query = Query<ChangeEvent>()
                     .where(&ChangeEvent::service, service.id)
                     .order_by(&ChangeEvent::timestamp, Order::descending)
                     .page(changes_shown);
    for (const auto& change : view.tx.list(query))
        rail.add(rail_entry(
            view.time(change.timestamp), icon(Icon::change), html("{}", change.summary), html("{}", change.source)));
    if (rail.empty()) return html(R"(<p class="dim">No change was ever reported.</p>)");
    return html(R"(<ol class="rail">{}</ol>)", rail);
}

Html windows_of(View& view, const Service& service) {
    Html rail;
    auto query = Query<MaintenanceWindow>()
                     .above(&MaintenanceWindow::end_time, view.now)
                     .order_by(&MaintenanceWindow::start_time);
    for (const auto& window : view.tx.list(query)) {
        if (std::ranges::find(window.services, service.id) == window.services.end()) continue;
        rail.add(rail_entry(view.time(window.start_time),
                            icon(Icon::maintenance),
                            html(R"(<a href="/console/service-directory/maintenance-windows/{}">{}</a>)",
                                 view.id(window.id),
                                 window.description),
                            html("until {}", view.time(window.end_time))));
    }
    return rail.empty() ? Html{} : html(R"(<ol class="rail">{}</ol>)", rail);
}

/// The name of a service, technical or business; nothing for one that is hidden.
Html neighbour(View& view, ServiceKind kind, std::int64_t id) {
    if (kind == ServiceKind::technical_service) {
        const auto* service = view.service(ServiceId{id});
        return service && view.shows(*service) ? view.service_link(service->id) : Html{};
    }
    auto business = view.tx.find<BusinessService>(BusinessServiceId{id});
    return business && view.shows(*business) ? html("{}", business->name) : Html{};
}

/// Other services, or the business's, at one end of this one's dependencies.
template <class Near, class FarKind, class Far>
Html neighbours(View& view, const Service& service, Near near_end, FarKind far_kind, Far far_end) {
    Html out;
    for (const auto& edge : view.tx.list(Query<ServiceDependency>().where(near_end, service.id.value))) {
        auto name = neighbour(view, edge.*far_kind, edge.*far_end);
        if (!out.empty() && !name.empty()) out.add(", ");
        out.add(name);
    }
    return out.empty() ? html(R"(<span class="dim">nothing</span>)") : out;
}

Html facts_of(View& view, const Service& service) {
    Facts facts;
    facts.add("Policy", view.policy_link(service.escalation_policy));
    const auto* policy = view.policy(service.escalation_policy);
    if (policy && policy->team) facts.add("Team", view.team_link(*policy->team));
    auto time_out = [](const std::optional<int>& length) {
        return length ? html("after {}", in_words(seconds{*length})) : html(R"(<span class="dim">never</span>)");
    };
    facts.add("Forgotten", time_out(service.acknowledgement_timeout));
    facts.add("Resolves itself", time_out(service.auto_resolve_timeout));
    facts.add("Needs",
              neighbours(view,
                         service,
                         &ServiceDependency::dependent_service,
                         &ServiceDependency::supporting_kind,
                         &ServiceDependency::supporting_service));
    facts.add("Needed by",
              neighbours(view,
                         service,
                         &ServiceDependency::supporting_service,
                         &ServiceDependency::dependent_kind,
                         &ServiceDependency::dependent_service));
    return facts.list();
}

}  // namespace

ServiceStatus status_of(View& view, const Service& service) {
    ServiceLoad load;
    load.disabled = service.disabled;
    ConfigCache config;
    load.in_maintenance = config.in_maintenance(view.tx, service.id);
    // How it stands counts what is hidden as well, as in REST.
    for (const auto& incident : view.tx.list(open_incidents(service.id).page(open_shown_max)))
        ++(incident.status == IncidentStatus::triggered ? load.triggered : load.acknowledged);
    return service_status(load);
}

Html incident_list(View& view, const std::vector<Incident>& incidents, const Html& empty) {
    if (incidents.empty()) return empty;
    Html rows;
    for (const auto& incident : incidents) rows.add(view.incident_row(incident));
    return html(R"(<ul class="incidents">{}</ul>)", rows);
}

Page services_page(View& view) {
    Page page;
    page.title = "Services";
    page.place = "services";
    page.main.add(R"(<div class="row wrap"><h1 class="grow">Services</h1>{}</div>)",
                  view.viewer ? html(R"(<a class="btn ink" href="/console/service-directory/new">New Service</a>)")
                              : Html{});
    Html rows;
    auto query = Query<Service>().order_by(&Service::name);
    only_seen(view.request, query);
    for (const auto& service : view.tx.list(query))
        rows.add(R"(<li><div class="grow"><b>{}</b><small>{}</small></div>{}</li>)",
                 view.service_link(service.id),
                 service.description.value_or(""),
                 chip(status_of(view, service)));
    if (rows.empty()) rows.add(R"(<li class="dim">There are no services yet.</li>)");
    page.main.add(R"(<ul class="list lead">{}</ul>)", rows);
    return page;
}

Page service_page(View& view, std::string_view id) {
    auto service = row_of<Service>(view, id);
    if (!service) return nothing_here();
    Page page;
    page.title = service->name;
    page.place = "services";
    page.main.add(R"(<p class="crumbs"><a href="/console/service-directory">Services</a></p>)"
                  R"(<div class="row wrap"><h1>{}</h1>{}</div>)",
                  service->name,
                  chip(status_of(view, *service)));
    if (service->description) page.main.add(R"(<p class="dim lead said">{}</p>)", *service->description);
    auto open = view.incidents(open_incidents(service->id), open_shown_max);
    auto past = view.incidents(Query<Incident>()
                                   .where(&Incident::service, service->id)
                                   .where(&Incident::status, IncidentStatus::resolved)
                                   .order_by(&Incident::id, Order::descending),
                               past_shown);
    Html left = section("Open incidents", incident_list(view, open, quiet_sentence(view, *service)));
    left.add(section("Recent changes", changes_of(view, *service)));
    left.add(section("Lately", incident_list(view, past, html(R"(<p class="dim">No incident has ended yet.</p>)"))));
    Html side;
    if (const auto* policy = view.policy(service->escalation_policy))
        side.add(section("On call now", on_call_list(view, *policy), view.policy_link(policy->id)));
    auto add =
        may(view, *service, Need::manage)
            ? html(R"(<a href="/console/services/{}/integrations/new">Add an Integration</a>)", view.id(service->id))
            : Html{};
    side.add(section("Integrations", integrations_of(view, *service), add));
    auto windows = windows_of(view, *service);
    if (!windows.empty()) side.add(section("Maintenance", windows));
    side.add(section("Facts", facts_of(view, *service)));
    if (may(view, *service, Need::respond))
        side.add(section("Try it",
                         button_form(view,
                                     fmt::format("/console/services/{}/test", view.id(service->id)),
                                     "Page whoever is on call, as a test",
                                     "")));
    page.main.add(R"(<div class="split mid"><div>{}</div><div>{}</div></div>)", left, side);
    return page;
}

namespace {

Html rename_form(View& view, const Service& service, const Integration& integration) {
    return html(
        R"(<form method="post" action="/console/services/{}/integrations/{}/rename" class="row">)"
        R"(<input type="hidden" name="form_token" value="{}"><label class="grow"><span class="lbl">Name</span>)"
        R"(<input class="in" name="name" value="{}" required></label><button class="btn">Rename</button></form>)",
        view.id(service.id),
        view.id(integration.id),
        view.form_token,
        integration.name);
}

}  // namespace

Page integration_page(View& view, std::string_view service_id, std::string_view id) {
    auto service = row_of<Service>(view, service_id);
    auto integration = row_of<Integration>(view, id);
    if (!service || !integration || integration->service != service->id) return nothing_here();
    Page page;
    page.title = integration->name;
    page.place = "services";
    page.main.add(
        R"(<p class="crumbs">Integration of {}</p><h1>{}</h1>)", view.service_link(service->id), integration->name);
    auto alerts = Query<Alert>().where(&Alert::integration, integration->id).order_by(&Alert::id, Order::descending);
    auto newest = view.tx.first(alerts);
    page.main.add(R"(<p class="lead">{}</p>)",
                  newest ? html("The newest alert came {}.", view.time(newest->created_at))
                         : html("No event received yet."));
    Facts facts;
    facts.add("Type", html(R"(<span class="mono">{}</span>)", text_of(integration->type)));
    if (integration->vendor)
        if (const auto* vendor = vendor_by_id(*integration->vendor)) facts.add("Vendor", html("{}", vendor->name));
    bool first_api = integration->type == IntegrationType::generic_events_api_inbound_integration;
    facts.add("Address",
              html(R"(<span class="mono">{}{}</span>)",
                   view.site.public_url,
                   first_api ? "/generic/2010-04-15/create_event.json" : "/v2/enqueue"));
    bool manages = may(view, *service, Need::manage);
    facts.add("Key",
              manages ? html(R"(<span class="mono said">{}</span>)", integration->integration_key)
                      : html("Not shown to you: it opens incidents."));
    facts.add("Made", view.time(integration->created_at));
    page.main.add(section("Facts", facts.list()));
    if (manages) page.main.add(section("Rename", rename_form(view, *service, *integration)));
    return page;
}

Page maintenance_window_page(View& view, std::string_view id) {
    auto window = row_of<MaintenanceWindow>(view, id);
    if (!window) return nothing_here();
    auto hidden = [&](ServiceId one) {
        const auto* service = view.service(one);
        return service && !view.shows(*service);
    };
    // As in REST: a window is there for those who know one of its services, with those that they know.
    if (!window->services.empty() && std::erase_if(window->services, hidden) > 0 && window->services.empty())
        return nothing_here();
    Page page;
    page.title = window->description.empty() ? "Maintenance window" : window->description;
    page.place = "services";
    bool begun = window->start_time <= view.now;
    bool over = window->end_time <= view.now;
    page.main.add(R"(<p class="crumbs">Maintenance window</p><h1>{}</h1><p class="lead">{}</p>)",
                  page.title,
                  over    ? html("It is over.")
                  : begun ? html("It is going on: no incidents are opened until {}.", view.time(window->end_time))
                          : html("It has not begun."));
    Facts facts;
    facts.add("From", view.time(window->start_time)).add("Until", view.time(window->end_time));
    Html services;
    for (auto service : window->services) services.add("<li>{}</li>", view.service_link(service));
    facts.add("Services", html("<ul>{}</ul>", services));
    if (window->created_by) facts.add("Made by", view.user_link(*window->created_by));
    page.main.add(section("Facts", facts.list()));
    return page;
}

}  // namespace callboard::http
