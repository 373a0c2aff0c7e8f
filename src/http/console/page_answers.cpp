#include "http/console/page_answers.h"

#include "app/page_replies.h"
#include "base/log.h"
#include "base/query_string.h"
#include "base/secret.h"
#include "http/console/pages.h"
#include "http/console/style.h"
#include "storage/unreadable.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

/// What tells one press of a button from another.
constexpr std::string_view press_field = "press";
constexpr std::size_t press_length = 32;

Response page_response(int status, std::string_view title, Html main) {
    Page page;
    page.status = status;
    page.title = title;
    page.main = std::move(main);
    Response response;
    response.status = status;
    response.body = bare_document(page, Theme::browsers_choice);
    response.content_type = "text/html; charset=utf-8";
    response.headers = {{"Content-Security-Policy",
                         "default-src 'none'; style-src " + style_source() +
                             "; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
                        {"X-Content-Type-Options", "nosniff"},
                        // The address acts: nobody else may learn it.
                        {"Referrer-Policy", "no-referrer"},
                        {"X-Robots-Tag", "noindex"},
                        {"Cache-Control", "no-store"}};
    return response;
}

Response expired() {
    return page_response(
        403,
        "This link does not work any more",
        html(R"(<h1>This link does not work any more</h1><p class="lead dim">Links in messages work for seven days, )"
             R"(and only as they were sent. <a href="/console/incidents">To the incidents</a></p>)"));
}

std::string_view verb_of(PageAction action) {
    switch (action) {
    case PageAction::acknowledge: return "Acknowledge";
    case PageAction::resolve: return "Resolve";
    case PageAction::join: return "Join";
    case PageAction::decline: return "Decline";
    }
    return {};
}

std::string_view done_of(PageAction action) {
    switch (action) {
    case PageAction::acknowledge: return "Acknowledged";
    case PageAction::resolve: return "Resolved";
    case PageAction::join: return "Joined";
    case PageAction::decline: return "Declined";
    }
    return {};
}

/// What else one may want who was led here by the first link of a message.
std::optional<PageAction> beside(PageAction action) {
    switch (action) {
    case PageAction::acknowledge: return PageAction::resolve;
    case PageAction::join: return PageAction::decline;
    case PageAction::resolve:
    case PageAction::decline: break;
    }
    return std::nullopt;
}

/// In whose name; absent for nobody's.
std::optional<std::string> answers_as(Tx& tx, const PageRequest& link) {
    auto asked = told_apart(tx, link);
    if (asked.delivery) {
        auto told = tx.find<WebhookDelivery>(*asked.delivery);
        auto channel = told ? tx.find<WebhookSubscription>(told->subscription) : std::nullopt;
        return channel ? std::optional{"somebody in " + channel->name} : std::nullopt;
    }
    auto row = tx.find<Notification>(asked.notification);
    auto user = row ? tx.find<User>(row->user) : std::nullopt;
    return user ? std::optional{user->name} : std::nullopt;
}

void add_incident(Tx& tx, IncidentId id, const PublicIds& ids, Html& rows) {
    std::optional<Incident> incident;
    try {
        incident = tx.find<Incident>(id);
    } catch (const UnreadableRow&) {
        rows.add(R"(<li class="dim">One that cannot be read. An administrator finds it in the server's log.</li>)");
    }
    if (!incident) return;
    rows.add(R"(<li><a href="/console/incidents/{}">#{} {}</a> <span class="dim">{}</span></li>)",
             ids.text(incident->id),
             incident->incident_number,
             incident->title,
             text_of(incident->status));
}

/// The incidents of a message, as a list with what each is now.
Html list_of(Tx& tx, const PageRequest& link, const PublicIds& ids) {
    auto asked = told_apart(tx, link);
    Html rows;
    if (asked.delivery) {
        if (auto delivery = tx.find<WebhookDelivery>(*asked.delivery))
            add_incident(tx, IncidentId{delivery->lane}, ids, rows);
        return html("<ul>{}</ul>", rows);
    }
    auto told = Query<NotifiedIncident>()
                    .where(&NotifiedIncident::notification, asked.notification)
                    .where(&NotifiedIncident::left_out, false)
                    .order_by(&NotifiedIncident::id)
                    .page(20);
    for (const auto& row : tx.list(told)) add_incident(tx, row.incident, ids, rows);
    return html("<ul>{}</ul>", rows);
}

}  // namespace

Response PageAnswers::refused(const PageRequest& asked) {
    return site_.store.read(site_.clock.now(), [&](Tx& tx) {
        return page_response(403,
                             "Not for you",
                             html(R"(<h1>Not for you</h1><p class="lead dim">Your role does not let you act on this: )"
                                  R"(nothing was done.</p>{})",
                                  list_of(tx, asked, site_.ids)));
    });
}

Response PageAnswers::answer(const Copied& request) {
    auto now = site_.clock.now();
    auto asked = read_page_link(links_, request.target, now);
    if (!asked) return expired();
    if (request.method == "POST") return act(*asked, request);
    if (request.method == "GET" || request.method == "HEAD") return ask(*asked, request.target, Press::first);
    auto response = page_response(405, "Method not allowed", html("<h1>Method not allowed</h1>"));
    response.headers.emplace_back("Allow", "GET, HEAD, POST");
    return response;
}

Response PageAnswers::ask(const PageRequest& asked, const std::string& target, Press press) {
    return site_.store.read(site_.clock.now(), [&](Tx& tx) {
        auto who = answers_as(tx, asked);
        if (!who) return expired();
        auto verb = verb_of(asked.action);
        bool is_repeated = press == Press::repeated;
        auto one_press = html(R"(<input type="hidden" name="{}" value="{}">)", press_field, random_hex());
        auto main = html(R"(<h1>{}{}?</h1><p class="lead dim">{}As {}.</p>{})"
                         R"(<form method="post" action="{}" class="stack-4">{})"
                         R"(<button class="btn ink" autofocus>{}</button></form>)",
                         verb,
                         is_repeated ? " again" : "",
                         is_repeated ? "Your browser repeated what you had pressed before: nothing was done now. " : "",
                         *who,
                         list_of(tx, asked, site_.ids),
                         target,
                         one_press,
                         verb);
        // A text message has room for one link; here is the other.
        if (auto other = beside(asked.action))
            main.add(R"(<form method="post" action="{}" class="stack-4">{}<button class="btn">{}</button></form>)",
                     page_link(links_, asked.message, *other, asked.until),
                     one_press,
                     verb_of(*other));
        return page_response(is_repeated ? 409 : 200, verb, std::move(main));
    });
}

Response PageAnswers::act(const PageRequest& asked, const Copied& request) {
    auto now = site_.clock.now();
    // A script that follows the link has no page, and means each of its requests.
    auto press = QueryString(request.body).text(press_field).value_or("").substr(0, press_length);
    auto once = fmt::format("link {} {} {}", asked.message, text_of(asked.action), press);
    bool is_repeated = false;
    auto answered = answer_piece_by_piece(site_.store, now, [&](Tx& tx, PieceStart from) -> Result<AnsweredPiece> {
        is_repeated = !from && !press.empty() && !is_first_seen(tx, once);
        if (is_repeated) return AnsweredPiece{};
        return answer_link(tx, site_.desk, asked, from);
    });
    if (!answered) return expired();
    if (is_repeated) return ask(asked, request.target, Press::repeated);
    if (answered->is_refused()) return refused(asked);
    log::info("page.answered",
              {{"action", std::string{text_of(asked.action)}}, {"incidents", std::to_string(answered->changed)}});
    return site_.store.read(now, [&](Tx& tx) {
        auto title = done_of(asked.action);
        return page_response(200,
                             title,
                             html(R"(<h1>{}</h1><p class="lead dim">{}</p>{})",
                                  answered->changed > 0 ? title : "Nothing was left to do",
                                  answered->changed > 0 ? "Thank you." : "Somebody was faster, or it is over.",
                                  list_of(tx, asked, site_.ids)));
    });
}

}  // namespace callboard::http
