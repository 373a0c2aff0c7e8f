#include "http/console/page_answers.h"

#include "app/page_replies.h"
#include "base/log.h"
#include "http/console/pages.h"

namespace callboard::http {

namespace {

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
                         "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
                         "frame-ancestors 'none'"},
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

/// The incidents of a message, as a list with what each is now.
Html list_of(Tx& tx, NotificationId notification, const PublicIds& ids) {
    Html rows;
    auto told = Query<NotifiedIncident>()
                    .where(&NotifiedIncident::notification, notification)
                    .where(&NotifiedIncident::left_out, false)
                    .order_by(&NotifiedIncident::id)
                    .page(20);
    for (const auto& row : tx.list(told))
        if (auto incident = tx.find<Incident>(row.incident))
            rows.add(R"(<li><a href="/console/incidents/{}">#{} {}</a> <span class="dim">{}</span></li>)",
                     ids.text(incident->id),
                     incident->incident_number,
                     incident->title,
                     text_of(incident->status));
    return html("<ul>{}</ul>", rows);
}

}  // namespace

Response PageAnswers::answer(const Copied& request) {
    auto now = site_.clock.now();
    auto asked = read_page_link(links_, request.target, now);
    if (!asked) return expired();
    if (request.method == "POST") return act(*asked);
    if (request.method == "GET" || request.method == "HEAD") return ask(*asked, request.target);
    auto response = page_response(405, "Method not allowed", html("<h1>Method not allowed</h1>"));
    response.headers.emplace_back("Allow", "GET, HEAD, POST");
    return response;
}

Response PageAnswers::ask(const PageRequest& asked, const std::string& target) {
    return site_.store.read(site_.clock.now(), [&](Tx& tx) {
        auto row = tx.find<Notification>(asked.notification);
        auto user = row ? tx.find<User>(row->user) : std::nullopt;
        if (!user) return expired();
        auto verb = verb_of(asked.action);
        return page_response(200,
                             verb,
                             html(R"(<h1>{}?</h1><p class="lead dim">As {}.</p>{})"
                                  R"(<form method="post" action="{}" class="stack-4">)"
                                  R"(<button class="btn ink" autofocus>{}</button></form>)",
                                  verb,
                                  user->name,
                                  list_of(tx, asked.notification, site_.ids),
                                  target,
                                  verb));
    });
}

Response PageAnswers::act(const PageRequest& asked) {
    auto now = site_.clock.now();
    auto changed =
        site_.store.decide(now, [&](Tx& tx) { return answer_page(tx, site_.desk, asked.notification, asked.action); });
    if (!changed) return expired();
    log::info("page.answered",
              {{"action", std::string{text_of(asked.action)}}, {"incidents", std::to_string(*changed)}});
    return site_.store.read(now, [&](Tx& tx) {
        auto title = done_of(asked.action);
        return page_response(200,
                             title,
                             html(R"(<h1>{}</h1><p class="lead dim">{}</p>{})",
                                  *changed > 0 ? title : "Nothing was left to do",
                                  *changed > 0 ? "Thank you." : "Somebody was faster, or it is over.",
                                  list_of(tx, asked.notification, site_.ids)));
    });
}

}  // namespace callboard::http
