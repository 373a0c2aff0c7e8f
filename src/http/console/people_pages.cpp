// People and teams.

#include "http/console/forms.h"
#include "http/console/pages.h"

#include <algorithm>

namespace callboard::http {

namespace {

/// Enough to recognise an address by, too little to use it.
std::string hint_of(const ContactMethod& method) {
    const auto& address = method.address;
    if (method.type == ContactMethodType::email_contact_method) {
        auto at = address.find('@');
        return at == std::string::npos ? "…" : address.substr(0, 1) + "…" + address.substr(at);
    }
    return address.size() > 3 ? "… " + address.substr(address.size() - 3) : "…";
}

std::string_view way_of(ContactMethodType type) {
    switch (type) {
    case ContactMethodType::email_contact_method: return "E-mail to";
    case ContactMethodType::phone_contact_method: return "Call to";
    case ContactMethodType::sms_contact_method: return "SMS to";
    case ContactMethodType::push_notification_contact_method: return "Push to";
    case ContactMethodType::whatsapp_contact_method: return "WhatsApp to";
    case ContactMethodType::slack_contact_method: return "Slack message to";
    case ContactMethodType::teams_contact_method: return "Teams message to";
    case ContactMethodType::telegram_contact_method: return "Telegram message to";
    case ContactMethodType::mattermost_contact_method: return "Mattermost message to";
    case ContactMethodType::webhook_contact_method: return "Webhook to";
    }
    return {};
}

Html local_time_of(const View& view, const User& user) {
    auto zone = user.time_zone ? Zone::find(*user.time_zone) : std::nullopt;
    if (!zone) return {};
    return html("It is {} in {}.", wall_clock(zone->time_of_day(view.now)), zone->name());
}

Html duties_of(View& view, UserId id) {
    Html rows;
    OnCallReader reader(view.tx, {view.now, view.now});
    // The person may be named directly or be on call by a schedule: only the shift says.
    auto any = [](const EscalationTarget&) { return true; };
    for (const auto& policy : seen_policies(view)) {
        for (const auto& entry : reader.entries(policy, any)) {
            if (entry.user != id) continue;
            auto until = entry.end ? html("until {}", view.time(*entry.end)) : html("always");
            rows.add(R"(<li><div class="grow">Level {} of {}<small>{}{}</small></div></li>)",
                     entry.escalation_level,
                     view.policy_link(policy.id),
                     until,
                     entry.schedule ? html(", by {}", view.schedule_link(*entry.schedule)) : Html{});
        }
    }
    if (rows.empty()) return html(R"(<p class="dim">Not on call anywhere right now.</p>)");
    return html(R"(<ul class="list">{}</ul>)", rows);
}

Html reachable_by(View& view, UserId id) {
    Html rail;
    auto rules = view.tx.list(Query<NotificationRule>()
                                  .where(&NotificationRule::user, id)
                                  .order_by(&NotificationRule::start_delay_in_minutes));
    for (auto urgency : {Urgency::high, Urgency::low}) {
        for (const auto& rule : rules) {
            if (rule.urgency != urgency) continue;
            auto method = view.tx.find<ContactMethod>(rule.contact_method);
            if (!method) continue;
            rail.add(rail_entry(html("<time>{} min</time>", rule.start_delay_in_minutes),
                                icon(Icon::next),
                                html("{} {}", way_of(method->type), hint_of(*method)),
                                html("{} urgency, {}", text_of(urgency), method->label)));
        }
    }
    if (rail.empty()) return html(R"(<p class="c-trig">No rule: this person cannot be woken.</p>)");
    return html(R"(<ol class="rail">{}</ol>)", rail);
}

std::vector<Incident> open_incidents_of(View& view, UserId id) {
    auto open = view.incidents(
        Query<Incident>().below(&Incident::status, IncidentStatus::resolved).order_by(&Incident::id, Order::descending),
        1'000);
    std::erase_if(open, [&](const Incident& incident) {
        return std::ranges::find(incident.assignments, id, &Assignment::assignee) == incident.assignments.end();
    });
    return open;
}

Html memberships_of(View& view, UserId id) {
    Html out;
    for (const auto& membership : view.tx.list(Query<TeamMember>().where(&TeamMember::user, id)))
        if (view.shows(membership.team))
            out.add("<li>{}, {}</li>", view.team_link(membership.team), text_of(membership.role));
    return out.empty() ? html(R"(<span class="dim">none</span>)") : html("<ul>{}</ul>", out);
}

/// Whom a role that sees nothing by itself sees: only who it is.
bool shows_person(const View& view, UserId id) {
    const auto& actor = view.request.actor;
    return actor.may(Need::view) || (actor.user && actor.user->id == id);
}

}  // namespace

Page people_page(View& view) {
    Page page;
    page.title = "People";
    page.place = "people";
    page.main.add("<h1>People</h1>");
    Html people;
    for (const auto& user : view.tx.list(Query<User>().order_by(&User::name)))
        if (shows_person(view, user.id)) people.add(view.person_row(user.id, html("{}", user.job_title.value_or(""))));
    Html teams;
    auto query = Query<Team>().order_by(&Team::name);
    only_seen(view.request, query);
    for (const auto& team : view.tx.list(query))
        teams.add(R"(<li><div class="grow"><b>{}</b><small>{}</small></div></li>)",
                  view.team_link(team.id),
                  team.description.value_or(""));
    page.main.add(section("Users", html(R"(<ul class="people">{}</ul>)", people)));
    page.main.add(section("Teams", html(R"(<ul class="list">{}</ul>)", teams)));
    return page;
}

Page user_page(View& view, std::string_view id) {
    auto user = row_of<User>(view, id);
    if (!user || !shows_person(view, user->id)) return nothing_here();
    Page page;
    page.title = user->name;
    page.place = "people";
    page.main.add(
        R"(<p class="crumbs"><a href="/console/users">People</a></p><div class="row wrap">{}<h1>{}</h1></div>)",
        avatar(*user),
        user->name);
    page.main.add(R"(<p class="dim lead">{}{}</p>)",
                  user->job_title ? html("{}. ", *user->job_title) : Html{},
                  local_time_of(view, *user));
    Html left = section("On call now", duties_of(view, user->id));
    left.add(section("Open incidents with this person",
                     incident_list(view, open_incidents_of(view, user->id), html(R"(<p class="dim">None.</p>)"))));
    Html side = section("How this person is told", reachable_by(view, user->id));
    Facts facts;
    facts.add("E-mail", html("{}", user->email));
    facts.add("Role", html("{}", text_of(user->role)));
    facts.add("Teams", memberships_of(view, user->id));
    if (view.viewer && callboard::may(view.viewer->role, Need::admin))
        facts.add(
            "Log-in",
            button_form(view, fmt::format("/console/users/{}/invite", view.id(user->id)), "Make an invitation", "sm"));
    if (user->description) facts.add("About", html(R"(<span class="said">{}</span>)", *user->description));
    side.add(section("Facts", facts.list()));
    page.main.add(R"(<div class="split mid"><div>{}</div><div>{}</div></div>)", left, side);
    return page;
}

Page team_page(View& view, std::string_view id) {
    auto team = row_of<Team>(view, id);
    if (!team) return nothing_here();
    Page page;
    page.title = team->name;
    page.place = "people";
    page.main.add(R"(<p class="crumbs"><a href="/console/users">People</a> / Teams</p><h1>{}</h1>)", team->name);
    if (team->description) page.main.add(R"(<p class="dim lead said">{}</p>)", *team->description);
    Html members;
    for (const auto& member : view.tx.list(Query<TeamMember>().where(&TeamMember::team, team->id)))
        members.add(view.person_row(member.user, html("{}", text_of(member.role))));
    if (members.empty()) members.add(R"(<li class="dim">Nobody is in this team.</li>)");
    Html policies;
    Html services;
    auto owned = Query<EscalationPolicy>().where(&EscalationPolicy::team, team->id).order_by(&EscalationPolicy::name);
    for (const auto& policy : view.tx.list(owned)) {
        policies.add("<li>{}</li>", view.policy_link(policy.id));
        auto query = Query<Service>().where(&Service::escalation_policy, policy.id).order_by(&Service::name);
        for (const auto& service : view.tx.list(query))
            services.add(R"(<li><div class="grow">{}</div>{}</li>)",
                         view.service_link(service.id),
                         chip(status_of(view, service)));
    }
    Html schedules;
    for (const auto& schedule : view.tx.list(Query<Schedule>().order_by(&Schedule::name)))
        if (std::ranges::find(schedule.teams, team->id) != schedule.teams.end())
            schedules.add("<li>{}</li>", view.schedule_link(schedule.id));
    Html left = section("Services", html(R"(<ul class="list">{}</ul>)", services));
    left.add(section("Escalation policies", html(R"(<ul class="list">{}</ul>)", policies)));
    left.add(section("Schedules", html(R"(<ul class="list">{}</ul>)", schedules)));
    page.main.add(R"(<div class="split mid"><div>{}</div><div>{}</div></div>)",
                  left,
                  section("Members", html(R"(<ul class="people">{}</ul>)", members)));
    return page;
}

}  // namespace callboard::http
