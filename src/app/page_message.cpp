#include "app/page_message.h"

#include "app/responders.h"
#include "base/query_string.h"
#include "base/secret.h"
#include "domain/notify/text.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::size_t signature_length = 32;
constexpr std::string_view link_prefix = "/p/";

std::int64_t seconds_of(Timestamp at) { return to_micros(at) / 1'000'000; }

std::string signature_of(const PageLinks& links, std::string_view id, PageAction action, std::int64_t until) {
    auto signed_text = fmt::format("page link {} {} {}", id, text_of(action), until);
    return keyed_hash(links.hash_key, signed_text).substr(0, signature_length);
}

}  // namespace

PageMessage message_of(Tx& tx, const Page& page, const PageLinks& links) {
    std::vector<PagedIncident> incidents;
    for (auto id : page.incidents) {
        auto incident = tx.find<Incident>(id);
        if (!incident) continue;
        auto service = tx.find_even_deleted<Service>(incident->service);
        auto request = open_request(tx, *incident, page.user);
        auto requester = request ? tx.find_even_deleted<User>(request->requester) : std::nullopt;
        incidents.push_back({incident->incident_number,
                             incident->title,
                             service ? service->name : "",
                             incident->created_at,
                             incident->assignments.empty() && !request,
                             requester ? requester->name : "",
                             request ? request->message : ""});
    }
    ASSERT(!incidents.empty(), "a message tells of an incident, and incidents are not deleted");
    auto user = tx.find_even_deleted<User>(page.user);
    auto text = text_of_page(incidents, page.urgency, user ? user->time_zone.value_or("") : "");
    PageMessage message{.id = links.ids.text(page.notification),
                        .to_name = user ? user->name : "",
                        .login_email = user ? user->email : "",
                        .subject = std::move(text.subject),
                        .text = std::move(text.text),
                        .short_text = std::move(text.short_text),
                        .links = {}};
    auto until = tx.now() + page_link_lifetime;
    auto url = [&](PageAction action) { return links.public_url + page_link(links, page.notification, action, until); };
    bool several = incidents.size() > 1;
    bool only_asked = std::ranges::none_of(incidents, &std::string::empty, &PagedIncident::asked_by);
    if (only_asked) {
        message.links.push_back({several ? "Join all" : "Join", url(PageAction::join)});
        message.links.push_back({several ? "Decline all" : "Decline", url(PageAction::decline)});
    } else {
        message.links.push_back({several ? "Acknowledge all" : "Acknowledge", url(PageAction::acknowledge)});
        message.links.push_back({several ? "Resolve all" : "Resolve", url(PageAction::resolve)});
    }
    message.links.push_back({"Open",
                             several
                                 ? links.public_url + "/console/incidents"
                                 : links.public_url + "/console/incidents/" + links.ids.text(page.incidents.front())});
    return message;
}

std::string page_link(const PageLinks& links, NotificationId notification, PageAction action, Timestamp until) {
    auto id = links.ids.text(notification);
    auto end = seconds_of(until);
    return fmt::format(
        "{}{}/{}?until={}&signature={}", link_prefix, id, text_of(action), end, signature_of(links, id, action, end));
}

std::optional<PageRequest> read_page_link(const PageLinks& links, std::string_view target, Timestamp now) {
    auto question = target.find('?');
    if (question == std::string_view::npos || !target.starts_with(link_prefix)) return std::nullopt;
    auto path = target.substr(link_prefix.size(), question - link_prefix.size());
    auto slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto id = path.substr(0, slash);
    auto action = parse_enum<PageAction>(path.substr(slash + 1));
    auto notification = links.ids.parse<NotificationId>(id);
    QueryString query(target.substr(question + 1));
    auto until = query.number("until");
    auto signature = query.text("signature");
    if (!action || !notification || !until.ok() || !*until || !signature) return std::nullopt;
    if (!same_secret(*signature, signature_of(links, id, *action, **until))) return std::nullopt;
    if (**until < seconds_of(now)) return std::nullopt;
    return PageRequest{*notification, *action};
}

}  // namespace callboard
