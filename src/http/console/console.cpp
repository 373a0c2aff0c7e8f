#include "http/console/console.h"

#include "base/log.h"
#include "base/query_string.h"
#include "base/secret.h"
#include "http/console/app_files.h"
#include "http/console/style.h"
#include "http/kit/auth.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// Ties the log-in form to the browser that was given it.
constexpr std::string_view form_cookie = "callboard_form";
constexpr int session_seconds = 14 * 86'400;
constexpr int form_seconds = 86'400;

constexpr std::string_view mark_svg =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 24 24" fill="none" stroke="#857b72" stroke-width="2" )"
    R"(stroke-linecap="round"><circle cx="10" cy="7" r="5.200"/><circle cx="10" cy="7" r="2" fill="#ffbb3d" )"
    R"(stroke="none"/><path d="M10 12.200V21M5 22h10"/></svg>)";

Response page_response(int status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.content_type = "text/html; charset=utf-8";
    response.headers = {{"Content-Security-Policy",
                         "default-src 'none'; script-src 'self'; style-src 'self' " + style_source() +
                             "; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                             "frame-ancestors 'none'"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "same-origin"},
                        {"Cache-Control", "no-store"}};
    return response;
}

/// For good is what changes its address with its content.
enum class Kept { a_while, for_good };

Response file_response(std::string_view body, std::string content_type, Kept kept) {
    Response response;
    response.body = body;
    response.content_type = std::move(content_type);
    response.headers = {
        {"Cache-Control", kept == Kept::for_good ? "public, max-age=31536000, immutable" : "public, max-age=300"},
        {"X-Content-Type-Options", "nosniff"}};
    return response;
}

Response problem_page(int status, std::string_view title, std::string_view what) {
    Page page;
    page.status = status;
    page.title = title;
    page.main = html(R"(<h1>{}</h1><p class="lead dim">{} <a href="/console/">To the first page</a></p>)", title, what);
    return page_response(status, bare_document(page, Theme::browsers_choice));
}

std::string owner_name(Tx& tx) {
    auto owner = tx.first(Query<User>().where(&User::role, Role::owner));
    return owner ? owner->name : "the owner of the account";
}

/// A file of the application. Its name changes with its content, so it is kept for good.
Response app_file(const Copied& request, std::string_view name) {
    auto found = std::ranges::find(app_files, name, &AppFile::name);
    if (found == app_files.end()) return problem_page(404, "Not here", "The console was renewed: load the page again.");
    auto response = file_response(
        request.takes_gzip ? found->compressed : found->plain, std::string{found->content_type}, Kept::for_good);
    if (request.takes_gzip) response.headers.emplace_back("Content-Encoding", "gzip");
    response.headers.emplace_back("Vary", "Accept-Encoding");
    return response;
}

Response redirect(int status, const std::string& to) {
    auto response = page_response(status, "");
    response.headers.emplace_back("Location", to);
    return response;
}

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        auto end = path.find('/');
        if (end != 0) segments.push_back(path.substr(0, end));
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    return segments;
}

/// Lists and single things by the first word of their address.
struct Place {
    std::string_view name;
    Page (*list)(View&);
    Page (*one)(View&, std::string_view id);
};

constexpr std::array places{
    Place{"service-directory", services_page, service_page},
    Place{"incidents", home_page, incident_page},
    Place{"alerts", nullptr, alert_page},
    Place{"escalation_policies", on_call_page, policy_page},
    Place{"schedules", on_call_page, schedule_page},
    Place{"on-call", on_call_page, nullptr},
    Place{"users", people_page, user_page},
    Place{"teams", people_page, team_page},
};

/// Pages that only the application writes; "*" stands for any one segment.
struct AppPlace {
    std::string_view pattern;
    std::string_view title;
};

constexpr std::array app_places{
    AppPlace{"setup", "First steps"},
    AppPlace{"business-services", "Business services"},
    AppPlace{"business-services/new", "New business service"},
    AppPlace{"business-services/*", "Business service"},
    AppPlace{"event-orchestrations", "Event orchestrations"},
    AppPlace{"event-orchestrations/*", "Event orchestration"},
    AppPlace{"custom-fields", "Custom fields"},
    AppPlace{"service-directory/maintenance-windows", "Maintenance windows"},
    AppPlace{"service-directory/maintenance-windows/new", "New maintenance window"},
    AppPlace{"integrations/app-registration", "App Registration"},
    AppPlace{"integrations/extensions", "Extensions"},
    AppPlace{"integrations/extensions/*", "Deliveries"},
    AppPlace{"integrations/webhooks/*", "Deliveries"},
    AppPlace{"on-call/mine", "My On-Call Shifts"},
    AppPlace{"health", "Health of the pager"},
    AppPlace{"insights", "Insights"},
    AppPlace{"teams", "Teams"},
    AppPlace{"incidents/new", "New incident"},
    AppPlace{"incidents/*/why", "Why"},
    AppPlace{"schedules/new", "New schedule"},
    AppPlace{"schedules/*/edit", "Edit the schedule"},
    AppPlace{"escalation_policies/new", "New escalation policy"},
    AppPlace{"escalation_policies/*/edit", "Edit the escalation policy"},
};

std::optional<Page> app_page(View& view, const std::vector<std::string_view>& segments) {
    if (app_script.empty() || view.form_token.empty()) return std::nullopt;
    auto fits = [&](const AppPlace& place) {
        return std::ranges::equal(segments_of(place.pattern), segments, [](std::string_view a, std::string_view b) {
            return a == "*" || a == b;
        });
    };
    auto found = std::ranges::find_if(app_places, fits);
    if (found == app_places.end()) return std::nullopt;
    Page page;
    page.title = found->title;
    page.main = html(R"(<h1>{}</h1><noscript><p class="lead">This page needs scripts. )"
                     R"(<a href="/console/">To the first page</a></p></noscript>)",
                     found->title);
    return page;
}

Page page_at(View& view, std::string_view path) {
    auto segments = segments_of(path);
    if (auto page = app_page(view, segments)) return *std::move(page);
    if (segments.empty()) return home_page(view);
    // The addresses of three levels that the API hands out.
    if (segments.size() == 4 && segments[0] == "services" && segments[2] == "integrations")
        return integration_page(view, segments[1], segments[3]);
    if (segments.size() == 3 && segments[0] == "service-directory" && segments[1] == "maintenance-windows")
        return maintenance_window_page(view, segments[2]);
    // A log entry is read where it happened.
    if (segments.size() == 4 && segments[0] == "incidents" && segments[2] == "log_entries")
        return incident_page(view, segments[1]);
    for (const auto& place : places) {
        if (place.name != segments[0]) continue;
        if (segments.size() == 1 && place.list) return place.list(view);
        if (segments.size() == 2 && place.one) return place.one(view, segments[1]);
    }
    return nothing_here();
}

std::string_view path_of(std::string_view target) {
    auto path = target.substr(0, target.find('?'));
    path.remove_prefix(std::min(Console::prefix.size(), path.size()));
    return path;
}

std::string_view query_of(std::string_view target) {
    auto question = target.find('?');
    return question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
}

/// Where to go after the log-in: only ever a page of the console, whatever the address says.
std::string safe_next(const std::optional<std::string>& asked) {
    bool ours = asked && asked->starts_with("/console/") && asked->find_first_of("\\\r\n") == std::string::npos &&
                asked->find("//") == std::string::npos;
    return ours ? *asked : "/console/";
}

}  // namespace

Response Console::answer(const Copied& request) {
    auto path = path_of(request.target);
    try {
        if (request.method == "GET" || request.method == "HEAD") return get(request, path);
        if (request.method == "POST") return post(request, path);
    } catch (const StoreUnavailable& error) {
        log::error("store.unavailable", {{"why", error.what()}});
        auto response = problem_page(503, "Not now", "The server cannot reach its store. Try again in a moment.");
        response.headers.emplace_back("Retry-After", "1");
        return response;
    } catch (const UnreadableRow&) {
        return problem_page(503,
                            "This cannot be read",
                            "What this page shows is stored in a way that cannot be read. Whoever runs this server can "
                            "restore it from a backup.");
    }
    auto response = problem_page(405, "That cannot be done here", "This address is only read.");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
}

Response Console::get(const Copied& request, std::string_view path) {
    if (path == "/mark.svg") return file_response(mark_svg, "image/svg+xml", Kept::a_while);
    constexpr std::string_view app = "/app/";
    if (path.starts_with(app)) return app_file(request, path.substr(app.size()));
    if (path == "/login" || path == "/first-run" || path == "/password" || path.starts_with("/invitation/"))
        return show_entrance(request, path);
    if (path == SingleSignOn::begin_path && single_sign_on_.provider_name()) return go_to_provider(request);
    if (path == SingleSignOn::return_path && single_sign_on_.provider_name()) return come_from_provider(request);
    if (path.empty()) return redirect(308, "/console/");
    return site_.store.read(site_.clock.now(), [&](Tx& tx) {
        auto reader = reader_of(tx, request);
        if (!reader) {
            if (!request.authorization.empty())
                return problem_page(401, "Wrong key", "The API key of this request is unknown.");
            return redirect(302, "/console/login?next=" + percent_encode(request.target));
        }
        return framed(request, tx, *std::move(reader), [&](View& view) {
            auto form = form_page(view, segments_of(path), QueryString(query_of(request.target)));
            return form ? *std::move(form) : page_at(view, path);
        });
    });
}

Response Console::show_entrance(const Copied& request, std::string_view path) {
    bool first_run = !site_.store.read(site_.clock.now(), has_owner);
    if (path == "/login") return first_run ? redirect(302, "/console/first-run") : show_log_in(request, 200, {}, {});
    if (path == "/first-run" && !first_run) return redirect(302, "/console/");
    return open_form(request, [&](std::string_view token) {
        return entrance_.page(path, QueryString(query_of(request.target)), token).value_or(nothing_here());
    });
}

Response Console::framed(const Copied& request, Tx& tx, Actor reader, const std::function<Page(View&)>& page_of) const {
    auto read = reading(tx, std::move(reader));
    if (!may_somewhere(standing_of(read), Need::view))
        return problem_page(
            403, "Not for you", fmt::format("Your role shows no incidents and services. Ask {}.", owner_name(tx)));
    View view(read);
    // An API key reads, it has no forms: another site could not be told from its holder.
    if (view.viewer && request.authorization.empty())
        view.form_token = form_token(site_, cookie_value(request.cookie, session_cookie));
    else
        view.viewer.reset();
    auto page = page_of(view);
    return page_response(page.status, document(view, page, view.form_token));
}

Response Console::fill_in(const Copied& request, std::string_view path) {
    auto session = cookie_value(request.cookie, session_cookie);
    auto user = site_.store.read(site_.clock.now(), [&](Tx& tx) { return user_of_session(tx, site_, session); });
    if (!user) return redirect(303, "/console/login");
    QueryString form(request.body);
    if (!form_token_matches(site_, session, form.text("form_token").value_or(std::string{})))
        return problem_page(403, "Not done", "The form was too old, or did not come from this console.");
    auto acted = acts_.act(*user, segments_of(path), form);
    if (!acted) return problem_page(404, "Nothing to do here", "No form leads to this address.");
    if (!acted->redirect.empty()) return redirect(303, acted->redirect);
    return site_.store.read(site_.clock.now(), [&](Tx& tx) {
        Actor reader{.kind = Actor::Kind::session, .user = *user};
        return framed(request, tx, std::move(reader), acted->page);
    });
}

Result<Actor> Console::reader_of(Tx& tx, const Copied& request) const {
    if (!request.authorization.empty()) return authenticate(tx, site_, request.authorization);
    if (auto user = user_of_session(tx, site_, cookie_value(request.cookie, session_cookie)))
        return Actor{.kind = Actor::Kind::session, .user = std::move(user)};
    if (site_.demo) return Actor::guest();
    return authentication_failed();
}

Request Console::reading(Tx& tx, Actor reader) const {
    return Request{
        .site = site_,
        .now = tx.now(),
        .method = "GET",
        .path = {},
        .query = QueryString{{}},
        .body = {},
        .from = {},
        .actor = std::move(reader),
        .parameters = {},
        .transaction = &tx,
        .need = Need::view,
        .standing = {},
    };
}

Response Console::post(const Copied& request, std::string_view path) {
    if (path == "/login") return log_in(request);
    if (path == "/logout") return log_out(request);
    if (auto response = come_in(request, path)) return *std::move(response);
    return fill_in(request, path);
}

Response Console::open_form(const Copied& request,
                            const std::function<Page(std::string_view form_token)>& page_of) const {
    auto secret = std::string{cookie_value(request.cookie, form_cookie)};
    bool fresh = secret.empty();
    if (fresh) secret = random_hex();
    auto page = page_of(form_token(site_, secret));
    bool night = site_.store.read(site_.clock.now(), [&](Tx& tx) {
        auto nobody = reading(tx, Actor::guest());
        return View(nobody).is_night();
    });
    auto response = page_response(page.status, bare_document(page, night ? Theme::night : Theme::browsers_choice));
    if (fresh) response.headers.emplace_back("Set-Cookie", cookie(form_cookie, secret, form_seconds));
    return response;
}

bool Console::came_from_open_form(const Copied& request, const QueryString& form) const {
    return form_token_matches(
        site_, cookie_value(request.cookie, form_cookie), form.text("form_token").value_or(std::string{}));
}

Response
Console::show_log_in(const Copied& request, int status, std::string_view problem, std::string_view email) const {
    return open_form(request, [&](std::string_view token) {
        auto next = safe_next(QueryString(query_of(request.target)).text("next"));
        Page page;
        page.status = status;
        page.title = "Log in";
        page.main.add(R"(<div class="narrow"><h1>Log in</h1>)");
        if (!problem.empty())
            page.main.add(R"(<p class="note bad" role="alert">{}<span>{}</span></p>)", icon(Icon::triggered), problem);
        if (const auto* provider = single_sign_on_.provider_name())
            page.main.add(R"(<p><a class="btn" href="/console{}?next={}">Log in with {}</a></p>)",
                          SingleSignOn::begin_path,
                          percent_encode(next),
                          *provider);
        page.main.add(R"(<form method="post" action="/console/login?next={}" class="stack-4">)", percent_encode(next));
        page.main.add(R"(<input type="hidden" name="form_token" value="{}">)", token);
        page.main.add(R"(<label class="field"><span class="lbl">E-mail</span><input class="in" type="email" )"
                      R"(name="email" autocomplete="username" required value="{}"></label>)",
                      email);
        page.main.add(R"(<label class="field"><span class="lbl">Password</span><input class="in" type="password" )"
                      R"(name="password" autocomplete="current-password" required></label>)");
        page.main.add(R"(<button class="btn ink">Log in</button></form>)"
                      R"(<p class="dim"><a href="/console/password">Change your password</a></p></div>)");
        return page;
    });
}

Response Console::with_session(Response response, std::string_view token) const {
    response.headers.emplace_back("Set-Cookie", cookie(session_cookie, token, session_seconds));
    return response;
}

Response Console::log_in(const Copied& request) {
    QueryString form(request.body);
    auto email = form.text("email").value_or(std::string{});
    if (!came_from_open_form(request, form))
        return show_log_in(request, 403, "This form was too old, or not ours. Please fill it in again.", email);
    auto token = log_in_.open_session({.email = email,
                                       .password = form.text("password").value_or(std::string{}),
                                       .peer = request.peer,
                                       .agent = std::string{request.header(agent_header)}});
    if (!token) {
        bool throttled = token.error().kind == ErrorKind::too_many_requests;
        auto response = show_log_in(request, throttled ? 429 : 422, token.error().message, email);
        if (throttled)
            response.headers.emplace_back("Retry-After", std::to_string(seconds{AttemptMeter::window}.count()));
        return response;
    }
    return with_session(redirect(303, safe_next(QueryString(query_of(request.target)).text("next"))), *token);
}

Response Console::go_to_provider(const Copied& request) {
    auto secret = std::string{cookie_value(request.cookie, form_cookie)};
    bool fresh = secret.empty();
    if (fresh) secret = random_hex();
    auto address = single_sign_on_.begin(secret, safe_next(QueryString(query_of(request.target)).text("next")));
    if (!address) return show_log_in(request, 503, address.error().message, {});
    auto response = redirect(302, *address);
    if (fresh) response.headers.emplace_back("Set-Cookie", cookie(form_cookie, secret, form_seconds));
    return response;
}

Response Console::come_from_provider(const Copied& request) {
    auto entered = single_sign_on_.come_back(
        cookie_value(request.cookie, form_cookie), request.header(agent_header), QueryString(query_of(request.target)));
    if (entered) return with_session(redirect(303, safe_next(entered->next)), entered->session);
    auto kind = entered.error().kind;
    int status = kind == ErrorKind::unavailable ? 503 : kind == ErrorKind::forbidden ? 403 : 401;
    const auto& error = entered.error();
    return show_log_in(request, status, error.errors.empty() ? error.message : error.errors.front(), {});
}

std::optional<Response> Console::come_in(const Copied& request, std::string_view path) {
    QueryString form(request.body);
    auto show = [&](const std::vector<std::string>& problems) {
        return open_form(request, [&](std::string_view token) {
            return entrance_.page(path, form, token, problems).value_or(nothing_here());
        });
    };
    if (!came_from_open_form(request, form)) {
        // Somebody who is logged in has other forms.
        if (!entrance_.page(path, form, {})) return std::nullopt;
        return show({"This form was too old, or not ours. Please fill it in again."});
    }
    auto entered = entrance_.enter(path, form, {std::string{request.header(agent_header)}, request.peer});
    if (!entered) return std::nullopt;
    if (!entered->problems.empty()) return show(entered->problems);
    return with_session(redirect(303, entered->next), entered->session);
}

Response Console::log_out(const Copied& request) {
    auto token = cookie_value(request.cookie, session_cookie);
    auto sent = QueryString(request.body).text("form_token").value_or(std::string{});
    if (!form_token_matches(site_, token, sent))
        return problem_page(403, "Not logged out", "The form did not come from this console.");
    log_in_.close_session(token);
    auto response = redirect(303, "/console/");
    response.headers.emplace_back("Set-Cookie", cookie(session_cookie, "", 0));
    return response;
}

std::string Console::cookie(std::string_view name, std::string_view value, int max_age_seconds) const {
    bool secure = site_.public_url.starts_with("https://");
    // REST takes the session too, from pages of the console.
    return fmt::format(
        "{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", name, value, max_age_seconds, secure ? "; Secure" : "");
}

}  // namespace callboard::http
