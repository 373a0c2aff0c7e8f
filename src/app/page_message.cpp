#include "app/page_message.h"

#include "app/contact_proof.h"
#include "app/responders.h"
#include "base/query_string.h"
#include "base/secret.h"
#include "domain/notify/text.h"
#include "storage/unreadable.h"

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

/// "1 2 3 4 5 6", so that it is read out digit by digit.
std::string spelled(const std::string& code) {
    std::string out;
    for (char digit : code) out += std::string(out.empty() ? "" : " ") + digit;
    return out;
}

std::string subject_of(NotificationPurpose purpose) {
    switch (purpose) {
    case NotificationPurpose::page: return "Page";
    case NotificationPurpose::verification: return "Your code for this contact method";
    case NotificationPurpose::test: return "Test of your contact method";
    case NotificationPurpose::handoff: return "Hand-off";
    case NotificationPurpose::status_update: return "Status update";
    }
    return {};
}

std::string signing_secret_of(Tx& tx, const Page& page, const PageLinks& links) {
    if (page.type != ContactMethodType::webhook_contact_method) return {};
    auto row = tx.find<Notification>(page.notification);
    if (!row || !row->contact_method) return {};
    return webhook_secret(links.hash_key, *row->contact_method, row->address);
}

/// A message that tells of no incident.
PageMessage notice_of(const Page& page, const User& user, const PageLinks& links) {
    PageMessage message{.id = links.ids.text(page.notification),
                        .to_name = user.name,
                        .login_email = user.email,
                        .subject = subject_of(page.purpose),
                        .text = page.text,
                        .short_text = page.text,
                        .links = {}};
    if (page.purpose == NotificationPurpose::verification) {
        auto code = verification_code(links.hash_key, page.notification);
        bool is_spoken = page.type == ContactMethodType::phone_contact_method;
        message.short_text = fmt::format("Your code is {}.", is_spoken ? spelled(code) : code);
        message.text =
            fmt::format("{} Enter it in Callboard within 10 minutes to show that messages reach you here.\n\n"
                        "If you did not ask for it, ignore this message.\n",
                        message.short_text);
    }
    return message;
}

}  // namespace

std::string webhook_secret(const std::string& hash_key, ContactMethodId id, const std::string& address) {
    return keyed_hash(hash_key, fmt::format("webhook {} {}", id.value, address));
}

PageMessage message_of(Tx& tx, const Page& page, const PageLinks& links) {
    auto user = tx.find_even_deleted<User>(page.user);
    auto signing_secret = signing_secret_of(tx, page, links);
    if (page.purpose != NotificationPurpose::page) {
        auto notice = notice_of(page, user.value_or(User{}), links);
        notice.signing_secret = std::move(signing_secret);
        return notice;
    }
    auto incidents_page = links.public_url + "/console/incidents";
    std::vector<PagedIncident> incidents;
    std::vector<PageMessage::Told> told;
    auto total = page.incidents.size();
    for (auto id : std::span(page.incidents).first(std::min(total, named_max))) {
        auto incident = tx.find<Incident>(id);
        if (!incident) continue;
        auto service = if_readable([&] { return tx.find_even_deleted<Service>(incident->service); });
        auto request = open_request(tx, *incident, page.user);
        auto requester = request ? tx.find_even_deleted<User>(request->requester) : std::nullopt;
        incidents.push_back({incident->incident_number,
                             incident->title,
                             service ? service->name : "",
                             incident->created_at,
                             incident->assignments.empty() && !request,
                             requester ? requester->name : "",
                             request ? request->message : ""});
        auto public_id = links.ids.text(id);
        auto url = fmt::format("{}/{}", incidents_page, public_id);
        told.push_back({std::move(public_id),
                        incident->incident_number,
                        incident->title,
                        incidents.back().service,
                        std::move(url)});
    }
    ASSERT(!incidents.empty(), "a message tells of an incident, and incidents are not deleted");
    auto text = text_of_page(incidents, total, page.urgency, user ? user->time_zone.value_or("") : "");
    PageMessage message{.id = links.ids.text(page.notification),
                        .to_name = user ? user->name : "",
                        .login_email = user ? user->email : "",
                        .subject = std::move(text.subject),
                        .text = std::move(text.text),
                        .short_text = std::move(text.short_text),
                        .links = {},
                        .incidents = std::move(told),
                        .incident_count = total,
                        .signing_secret = std::move(signing_secret)};
    auto until = tx.now() + page_link_lifetime;
    bool several = total > 1;
    auto offer = [&](std::string label, PageAction action) {
        message.links.push_back(action_link(links, message.id, std::move(label), action, until));
    };
    if (page.only_asked) {
        offer(several ? "Join all" : "Join", PageAction::join);
        offer(several ? "Decline all" : "Decline", PageAction::decline);
    } else {
        offer(several ? "Acknowledge all" : "Acknowledge", PageAction::acknowledge);
        offer(several ? "Resolve all" : "Resolve", PageAction::resolve);
    }
    auto open = several ? incidents_page : incidents_page + "/" + links.ids.text(page.incidents.front());
    message.links.push_back({.label = "Open", .url = std::move(open)});
    return message;
}

PageMessage::Link
action_link(const PageLinks& links, std::string_view message, std::string label, PageAction action, Timestamp until) {
    auto link = page_link(links, message, action, until);
    return {std::move(label), links.public_url + link, action, link.substr(link_prefix.size())};
}

std::string page_link(const PageLinks& links, std::string_view id, PageAction action, Timestamp until) {
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
    auto delivery = links.ids.parse<WebhookDeliveryId>(id);
    QueryString query(target.substr(question + 1));
    auto until = query.number("until");
    auto signature = query.text("signature");
    if (!action || (!notification && !delivery) || !until.ok() || !*until || !signature) return std::nullopt;
    if (!is_same_secret(*signature, signature_of(links, id, *action, **until))) return std::nullopt;
    if (**until < seconds_of(now)) return std::nullopt;
    return PageRequest{notification.value_or(NotificationId{}),
                       *action,
                       delivery,
                       std::string{id},
                       Timestamp{std::chrono::seconds{**until}}};
}

PageRequest told_apart(Tx& tx, PageRequest asked) {
    if (asked.notification && tx.find<Notification>(asked.notification)) asked.delivery.reset();
    return asked;
}

}  // namespace callboard
