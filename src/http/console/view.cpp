#include "http/console/view.h"

#include "http/console/app_files.h"
#include "http/console/style.h"
#include "http/kit/scan.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <array>

namespace callboard::http {

namespace {

constexpr int night_begins_hour = 22;
constexpr int night_ends_hour = 7;

/// The wall clock of a zone as text; `format` has %a weekday, %d day, %b month, %H %M %S.
std::string clock_text(const Zone& zone, Timestamp t, std::string_view format) {
    constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto day = zone.local_day_of(t);
    std::chrono::year_month_day date{day};
    auto second = std::chrono::floor<seconds>(zone.time_of_day(t)).count();
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            out += format[i];
            continue;
        }
        switch (format[++i]) {
        case 'a': out += weekdays[std::chrono::weekday{day}.c_encoding()]; break;
        case 'b': out += months[static_cast<unsigned>(date.month()) - 1]; break;
        case 'd': out += std::to_string(static_cast<unsigned>(date.day())); break;
        case 'H': out += fmt::format("{:02}", second / 3600); break;
        case 'M': out += fmt::format("{:02}", second / 60 % 60); break;
        case 'S': out += fmt::format("{:02}", second % 60); break;
        default: break;
        }
    }
    return out;
}

Zone zone_for(Tx& tx, const std::optional<User>& viewer) {
    auto person = viewer;
    if (!person || !person->time_zone) person = tx.first(Query<User>().where(&User::role, Role::owner));
    if (!person || !person->time_zone) return {};
    return Zone::find(*person->time_zone).value_or(Zone{});
}

/// The first character of a word, which may take several bytes.
std::string_view first_character(std::string_view word) {
    std::size_t size = 1;
    while (size < word.size() && (static_cast<unsigned char>(word[size]) & 0xC0U) == 0x80U) ++size;
    return word.substr(0, size);
}

std::string initials(std::string_view name) {
    auto first = name.find_first_not_of(' ');
    if (first == std::string_view::npos) return "?";
    name.remove_prefix(first);
    std::string out{first_character(name)};
    auto last = name.find_last_of(' ');
    if (last != std::string_view::npos && last + 1 < name.size()) out += first_character(name.substr(last + 1));
    return out;
}

Html state(std::string_view weight, Icon shape, std::string_view word) {
    return html(R"(<span class="st {}">{}{}</span>)", weight, icon(shape), word);
}

/// Stored colours by the place they have among the six that the look knows.
int color_number(const User& user) {
    constexpr std::array colors{"dark-slate-blue", "teal", "orange", "red", "green", "purple"};
    auto found = std::ranges::find(colors, user.color);
    if (found != colors.end()) return static_cast<int>(found - colors.begin()) + 1;
    return static_cast<int>(user.id.value % 6) + 1;
}

}  // namespace

Html icon(Icon which) {
    auto drawing = [](std::string_view cls, const Html& shape) {
        return html(R"(<svg class="i {}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>)", cls, shape);
    };
    switch (which) {
    case Icon::triggered:
        return drawing(
            "trig",
            html(R"(<path class="full" d="M8 1.8 14.4 13.6H1.6Z"/><path class="cut" d="M8 6.2v3.4M8 11.7v.1"/>)"));
    case Icon::acknowledged:
        return drawing("ack",
                       html(R"(<circle cx="8" cy="8" r="6.2"/><path class="full" d="M8 1.8a6.2 6.2 0 0 1 0 12.4Z"/>)"));
    case Icon::resolved:
        return drawing("res", html(R"(<circle cx="8" cy="8" r="6.2"/><path d="m5.2 8.2 2 2 3.7-4.3"/>)"));
    case Icon::snoozed: return drawing("", html(R"(<path d="M13.6 9.6A6 6 0 1 1 6.4 2.4a4.8 4.8 0 0 0 7.2 7.2Z"/>)"));
    case Icon::suppressed:
        return drawing(
            "sup", html(R"(<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.6 2.4"/><path d="M4.4 11.6 11.6 4.4"/>)"));
    case Icon::maintenance:
        return drawing("mnt",
                       html(R"(<path d="M8 1.6 13.6 4.8v6.4L8 14.4 2.4 11.2V4.8Z"/><circle cx="8" cy="8" r="2.1"/>)"));
    case Icon::disabled:
        return drawing("", html(R"(<rect x="2.5" y="2.5" width="11" height="11" rx="1"/><path d="m5.5 5.5 5 5"/>)"));
    case Icon::info: return drawing("", html(R"(<circle cx="8" cy="8" r="6.2"/><path d="M8 7.3V11M8 5v.1"/>)"));
    case Icon::next: return drawing("", html(R"(<path d="M3 8h9.500M9 4.500 12.500 8 9 11.500"/>)"));
    case Icon::change:
        return drawing(
            "",
            html(
                R"(<path d="M2.500 5.500h9M9 2.800l2.700 2.700L9 8.200M13.500 10.500h-9M7 7.800l-2.700 2.700L7 13.200"/>)"));
    }
    return {};
}

View::View(Request& r) : request(r), site(r.site), tx(r.tx()), now(tx.now()), sees_part_(sees_part(r)), zone_() {
    if (r.actor.kind == Actor::Kind::session) viewer = r.actor.user;
    zone_ = zone_for(tx, viewer);
}

bool View::shows(TeamId team) { return !sees_part_ || callboard::sees(standing_of(request), std::vector{team}); }

std::vector<Incident> View::incidents(Query<Incident> query, std::size_t wanted) {
    if (!sees_part_) return tx.list(query.page(static_cast<std::int64_t>(wanted)));
    return scan(tx, std::move(query), wanted, [&](const Incident& incident) { return shows(incident); });
}

bool View::is_night() const {
    auto hour = std::chrono::floor<hours>(zone_.time_of_day(now)).count();
    return hour >= night_begins_hour || hour < night_ends_hour;
}

template <class T>
const T* View::remembered(std::unordered_map<decltype(T::id), std::optional<T>>& memory, decltype(T::id) id_value) {
    auto [found, added] = memory.try_emplace(id_value);
    // As in answers: a name that cannot be read hides nothing else.
    if (added) found->second = if_readable([&] { return tx.find_even_deleted<T>(id_value); });
    return found->second ? &*found->second : nullptr;
}

const User* View::user(UserId id_value) { return remembered<User>(users_, id_value); }

const Service* View::service(ServiceId id_value) { return remembered<Service>(services_, id_value); }

const EscalationPolicy* View::policy(EscalationPolicyId id_value) {
    return remembered<EscalationPolicy>(policies_, id_value);
}

Html View::user_link(UserId id_value) {
    const auto* row = user(id_value);
    return html(R"(<a href="/console/users/{}">{}</a>)", id(id_value), row ? row->name : "somebody unknown");
}

Html View::service_link(ServiceId id_value) {
    const auto* row = service(id_value);
    if (row && !shows(*row)) return html("a hidden service");
    return html(R"(<a href="/console/service-directory/{}">{}</a>)", id(id_value), row ? row->name : "a service");
}

Html View::policy_link(EscalationPolicyId id_value) {
    const auto* row = policy(id_value);
    if (row && !shows(*row)) return html("a hidden policy");
    return html(R"(<a href="/console/escalation_policies/{}">{}</a>)", id(id_value), row ? row->name : "a policy");
}

Html View::schedule_link(ScheduleId id_value) {
    auto row = if_readable([&] { return tx.find_even_deleted<Schedule>(id_value); });
    if (row && !shows(*row)) return html("a hidden schedule");
    return html(R"(<a href="/console/schedules/{}">{}</a>)", id(id_value), row ? row->name : "a schedule");
}

Html View::team_link(TeamId id_value) {
    if (!shows(id_value)) return html("a hidden team");
    auto row = tx.find_even_deleted<Team>(id_value);
    return html(R"(<a href="/console/teams/{}">{}</a>)", id(id_value), row ? row->name : "a team");
}

Html View::people(const std::vector<UserId>& users) {
    if (users.empty()) return html(R"(<b class="c-trig">Nobody</b>)");
    Html out;
    for (std::size_t i = 0; i < users.size(); ++i) {
        if (i > 0) out.add(i + 1 == users.size() ? html(" and ") : html(", "));
        out.add("<b>{}</b>", user_link(users[i]));
    }
    return out;
}

Html View::agent(const Agent& agent) {
    switch (agent.type) {
    case AgentType::none: return html("Callboard");
    case AgentType::user: return html("<b>{}</b>", user_link(UserId{agent.id}));
    case AgentType::service: return html("the rules of {}", service_link(ServiceId{agent.id}));
    case AgentType::integration: {
        auto row = tx.find_even_deleted<Integration>(IntegrationId{agent.id});
        const auto* of = row ? service(row->service) : nullptr;
        return html("<b>{}</b>", of && shows(*of) ? row->name : "an integration");
    }
    }
    return {};
}

Html View::time_as(Timestamp t, std::string_view format) const {
    bool today = zone_.local_day_of(t) == zone_.local_day_of(now);
    auto text = clock_text(zone_, t, today ? format : "%a %d %b, " + std::string{format});
    auto utc = clock_text({}, t, "%a %d %b, %H:%M:%S UTC");
    return html(R"(<time datetime="{}" title="{}">{}</time>)", format_iso8601(t), utc, text);
}

Html View::time(Timestamp t) const { return time_as(t, "%H:%M"); }

Html View::exact_time(Timestamp t) const { return time_as(t, "%H:%M:%S"); }

Html View::incident_row(const Incident& incident) {
    std::vector<UserId> assignees;
    for (const auto& assignment : incident.assignments) assignees.push_back(assignment.assignee);
    Html next;
    switch (incident.status) {
    case IncidentStatus::triggered: next = html("With {}", people(assignees)); break;
    case IncidentStatus::acknowledged:
        next = html("{} has it",
                    incident.acknowledgements.empty() ? people(assignees)
                                                      : agent(incident.acknowledgements.back().acknowledger));
        break;
    case IncidentStatus::resolved:
        next = html(R"(by {}, <span class="nowrap">took {}</span>)",
                    agent(incident.last_status_change_by),
                    in_words(incident.resolved_at.value_or(now) - incident.created_at));
        break;
    }
    bool hot = incident.status == IncidentStatus::triggered && incident.urgency == Urgency::high;
    Html row;
    row.add(R"(<li class="inc {}"><span class="age">{}</span>{}<div class="c-main">)",
            hot ? "hot" : "calm",
            time(incident.created_at),
            chip(incident));
    row.add(R"(<a class="title" href="/console/incidents/{}">{}</a>)", id(incident.id), incident.title);
    row.add(R"(<span class="sub">#{}, {}, {} urgency</span></div><div class="next">{}</div></li>)",
            incident.incident_number,
            service_link(incident.service),
            text_of(incident.urgency),
            next);
    return row;
}

Html View::person_row(UserId id_value, const Html& second_line) {
    const auto* row = user(id_value);
    if (!row) return html(R"(<li class="person">{}</li>)", second_line);
    return html(R"(<li class="person">{}<div class="grow"><b>{}</b><span class="meta">{}</span></div></li>)",
                avatar(*row),
                user_link(id_value),
                second_line);
}

std::string in_words(Duration length) {
    auto total = std::chrono::floor<seconds>(std::max(length, Duration{0})).count();
    if (total < 60) return fmt::format("{} s", total);
    if (total < 3'600) return fmt::format("{} min", total / 60);
    if (total < 86'400 && total / 60 % 60 == 0) return fmt::format("{} h", total / 3'600);
    if (total < 86'400) return fmt::format("{} h {} min", total / 3'600, total / 60 % 60);
    return fmt::format("{} day{}", total / 86'400, total < 2 * 86'400 ? "" : "s");
}

std::string wall_clock(Duration time_of_day) {
    auto minute = std::chrono::floor<minutes>(time_of_day).count();
    return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

Html chip(const Incident& incident) {
    switch (incident.status) {
    case IncidentStatus::triggered: return state("triggered", Icon::triggered, "Triggered");
    case IncidentStatus::acknowledged:
        if (incident.snoozed) return state("plain", Icon::snoozed, "Snoozed");
        return state("acknowledged", Icon::acknowledged, "Acknowledged");
    case IncidentStatus::resolved: return state("resolved", Icon::resolved, "Resolved");
    }
    return {};
}

Html chip(ServiceStatus status) {
    switch (status) {
    case ServiceStatus::active: return state("resolved", Icon::resolved, "Nothing open");
    case ServiceStatus::warning: return state("acknowledged", Icon::acknowledged, "Someone has it");
    case ServiceStatus::critical: return state("triggered", Icon::triggered, "Needs someone");
    case ServiceStatus::maintenance: return state("maintenance", Icon::maintenance, "Maintenance");
    case ServiceStatus::disabled: return state("plain", Icon::disabled, "Disabled");
    }
    return {};
}

Html avatar(const User& user) {
    return html(R"(<span class="av p{}" aria-hidden="true">{}</span>)", color_number(user), initials(user.name));
}

Html rail_entry(const Html& when, const Html& mark, const Html& sentence, const Html& reason) {
    Html out;
    out.add(R"(<li>{}<span class="mk">{}</span><div class="tx">{})", when, mark, sentence);
    if (!reason.empty()) out.add("<small>{}</small>", reason);
    out.add("</div></li>");
    return out;
}

Html section(std::string_view heading, const Html& body, const Html& aside) {
    return html(R"(<section class="sect"><header><h2>{}</h2><span class="dim small">{}</span></header>)"
                R"(<div class="body">{}</div></section>)",
                heading,
                aside,
                body);
}

Page nothing_here() {
    Page page;
    page.status = 404;
    page.title = "Nothing here";
    page.main = html(R"(<h1>There is nothing at this address</h1>)"
                     R"(<p class="dim lead">It may have been deleted, or the address has a typing error. )"
                     R"(<a href="/console/">Open incidents and services</a></p>)");
    return page;
}

namespace {

Html head_of(const Page& page, Theme theme) {
    return html(R"(<!doctype html><html lang="en"{}><head><meta charset="utf-8">)"
                R"(<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">)"
                R"(<title>{} · Callboard</title>{})"
                R"(<link rel="icon" type="image/svg+xml" href="/console/mark.svg"></head><body>)",
                theme == Theme::night ? html(R"( data-theme="dark")") : Html{},
                page.title,
                page_style());
}

Html brand() {
    return html(R"(<a class="brand" href="/console/"><svg viewBox="0 0 20 24" aria-hidden="true">)"
                R"(<circle cx="10" cy="7" r="5.2"/><circle class="lamp" cx="10" cy="7" r="1.9"/>)"
                R"(<path d="M10 12.2V21M5 22h10"/></svg><span>Callboard</span></a>)");
}

Html navigation(std::string_view place) {
    struct Entry {
        std::string_view place;
        std::string_view path;
        std::string_view word;
    };

    constexpr std::array entries{Entry{"incidents", "", "Incidents"},
                                 Entry{"services", "service-directory", "Services"},
                                 Entry{"on-call", "on-call", "On call"},
                                 Entry{"people", "users", "People"},
                                 Entry{"integrations", "integrations/api-access-keys", "Integrations"}};
    Html out;
    for (const auto& entry : entries)
        out.add(R"(<a href="/console/{}"{}>{}</a>)",
                entry.path,
                entry.place == place ? html(R"( aria-current="page")") : Html{},
                entry.word);
    return html(R"(<nav class="nav" aria-label="Main">{}</nav>)", out);
}

Html who_looks(const View& view, std::string_view form_token) {
    if (!view.viewer)
        return html(R"(<span class="hide-s">{}</span><a class="btn sm" href="/console/login">Log in</a>)",
                    view.site.demo ? "Demonstration, open to read" : "");
    if (form_token.empty()) return html("<span>{}</span>", view.viewer->name);
    return html(R"(<a href="/console/users/{}">{}</a><form method="post" action="/console/logout">)"
                R"(<input type="hidden" name="form_token" value="{}"><button class="btn sm">Log out</button></form>)",
                view.id(view.viewer->id),
                view.viewer->name,
                form_token);
}

/// Takes over what it knows of (ui/console); the page is whole without it.
Html application() {
    Html out;
    for (auto style : app_styles) out.add(R"(<link rel="stylesheet" href="/console/app/{}">)", style);
    for (auto module : app_imports) out.add(R"(<link rel="modulepreload" href="/console/app/{}">)", module);
    if (!app_script.empty()) out.add(R"(<script type="module" src="/console/app/{}"></script>)", app_script);
    return out;
}

}  // namespace

std::string document(const View& view, const Page& page, std::string_view form_token) {
    Html out = head_of(page, view.is_night() ? Theme::night : Theme::browsers_choice);
    out.add(R"(<header class="top">{}{}<div class="top-end">{}</div></header>)",
            brand(),
            navigation(page.place),
            who_looks(view, form_token));
    out.add(R"(<main class="page">{}</main>)", page.main);
    out.add(
        R"(<footer class="foot">As of {}, times in {}. This page does not change by itself: load it again.</footer>)",
        view.exact_time(view.now),
        view.zone().name());
    if (!form_token.empty()) out.add(application());
    out.add("</body></html>\n");
    return out.text();
}

std::string bare_document(const Page& page, Theme theme) {
    Html out = head_of(page, theme);
    out.add(R"(<header class="top">{}</header><main class="page">{}</main></body></html>)", brand(), page.main);
    return out.text() + "\n";
}

}  // namespace callboard::http
