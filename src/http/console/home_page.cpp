// The first page: what needs somebody, what somebody has, how the services stand.

#include "http/console/pages.h"

namespace callboard::http {

namespace {

/// The page is a part of every first load, also where the application takes over from it.
constexpr std::size_t open_shown_max = 50;
constexpr std::int64_t services_shown_max = 50;
constexpr std::size_t past_shown = 12;

Html headline(View& view, std::size_t waiting, std::size_t taken) {
    if (waiting == 1) return html("One incident needs somebody.");
    if (waiting > 1) return html("{} incidents need somebody.", waiting);
    if (taken > 0) return html("Everything that is open is in hand.");
    auto last = view.incidents(Query<Incident>().order_by(&Incident::id, Order::descending), 1);
    if (last.empty()) return html("Nothing is broken, and nothing ever was.");
    return html("Nothing is broken. The last incident began {}.", view.time(last.front().created_at));
}

}  // namespace

Page home_page(View& view) {
    Page page;
    page.title = "Incidents";
    page.place = "incidents";
    auto open =
        Query<Incident>().below(&Incident::status, IncidentStatus::resolved).order_by(&Incident::id, Order::descending);
    std::vector<Incident> waiting;
    std::vector<Incident> taken;
    auto newest = view.incidents(open, open_shown_max + 1);
    bool is_cut = newest.size() > open_shown_max;
    if (is_cut) newest.pop_back();
    for (auto& incident : newest)
        (incident.status == IncidentStatus::triggered ? waiting : taken).push_back(std::move(incident));
    Html left;
    if (is_cut) {
        page.main.add("<h1>More than {} incidents are open.</h1>", open_shown_max);
        left.add(R"(<p class="dim">These are the newest {}.</p>)", open_shown_max);
    } else {
        page.main.add("<h1>{}</h1>", headline(view, waiting.size(), taken.size()));
    }
    if (!waiting.empty())
        left.add(section("Needs somebody", incident_list(view, waiting, {}), html("{}", waiting.size())));
    if (!taken.empty()) left.add(section("Someone has it", incident_list(view, taken, {}), html("{}", taken.size())));
    auto over = view.incidents(
        Query<Incident>().where(&Incident::status, IncidentStatus::resolved).order_by(&Incident::id, Order::descending),
        past_shown);
    left.add(section("Lately", incident_list(view, over, html(R"(<p class="dim">No incident has ended yet.</p>)"))));
    Html services;
    auto query = Query<Service>().order_by(&Service::name);
    only_seen(view.request, query);
    auto listed = view.tx.list(query.page(services_shown_max + 1));
    bool has_more = static_cast<std::int64_t>(listed.size()) > services_shown_max;
    if (has_more) listed.pop_back();
    for (const auto& service : listed)
        services.add(
            R"(<li><div class="grow">{}</div>{}</li>)", view.service_link(service.id), chip(status_of(view, service)));
    if (has_more) services.add(R"(<li><a href="/console/service-directory">All services</a></li>)");
    if (services.empty()) services.add(R"(<li class="dim">There are no services yet.</li>)");
    page.main.add(R"(<div class="split mid"><div>{}</div><div>{}</div></div>)",
                  left,
                  section("Services", html(R"(<ul class="list">{}</ul>)", services)));
    return page;
}

}  // namespace callboard::http
