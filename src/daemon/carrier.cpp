#include "daemon/carrier.h"

#include "base/log.h"

namespace callboard {

namespace {

/// WhatsApp numbers are told by text message: nothing here speaks WhatsApp.
channels::Medium medium_of(ContactMethodType type) {
    switch (type) {
    case ContactMethodType::email_contact_method: return channels::Medium::email;
    case ContactMethodType::phone_contact_method: return channels::Medium::phone;
    case ContactMethodType::sms_contact_method:
    case ContactMethodType::whatsapp_contact_method: return channels::Medium::sms;
    case ContactMethodType::push_notification_contact_method: return channels::Medium::push;
    case ContactMethodType::slack_contact_method: return channels::Medium::slack;
    case ContactMethodType::teams_contact_method: return channels::Medium::teams;
    case ContactMethodType::telegram_contact_method: return channels::Medium::telegram;
    case ContactMethodType::mattermost_contact_method: return channels::Medium::mattermost;
    case ContactMethodType::webhook_contact_method: return channels::Medium::webhook;
    }
    return channels::Medium::email;
}

/// Nobody is configured who could carry it: a mail is better than nothing. Not of what shows that this way works.
channels::Medium way_of(const channels::Providers& providers, const Page& page) {
    auto medium = medium_of(page.type);
    bool shows_the_way = page.purpose == NotificationPurpose::verification || page.purpose == NotificationPurpose::test;
    bool by_mail = !shows_the_way && !providers.has(medium) && providers.has(channels::Medium::email);
    return by_mail ? channels::Medium::email : medium;
}

PageOutcome::Kind kind_of(const channels::Outcome& outcome) {
    switch (outcome.kind) {
    case channels::Outcome::Kind::sent: return PageOutcome::Kind::sent;
    case channels::Outcome::Kind::try_again: return PageOutcome::Kind::try_again;
    case channels::Outcome::Kind::refused: return PageOutcome::Kind::refused;
    case channels::Outcome::Kind::throttled: return PageOutcome::Kind::not_begun;
    }
    return PageOutcome::Kind::refused;
}

channels::ActionKind kind_of(const PageMessage::Link& link) {
    if (!link.action) return channels::ActionKind::open;
    switch (*link.action) {
    case PageAction::acknowledge:
    case PageAction::join: return channels::ActionKind::acknowledge;
    case PageAction::resolve: return channels::ActionKind::resolve;
    case PageAction::decline: return channels::ActionKind::decline;
    }
    return channels::ActionKind::open;
}

channels::Message message_for(const Page& page, const PageMessage& message) {
    auto out = callboard::message_for(message);
    out.to = page.to;
    out.reply_number = page.reply_number;
    out.may_be_a_repeat = page.may_be_a_repeat;
    out.urgent = page.urgency == Urgency::high;
    return out;
}

}  // namespace

channels::Message message_for(const PageMessage& message) {
    channels::Message out;
    out.id = message.id;
    out.to_name = message.to_name;
    out.subject = message.subject;
    out.text = message.text;
    out.short_text = message.short_text;
    for (const auto& one : message.incidents)
        out.incidents.push_back({one.id, one.number, one.title, one.service, one.url});
    out.incident_count = message.incident_count;
    out.signing_secret = message.signing_secret;
    for (const auto& link : message.links) out.actions.push_back({link.label, link.url, kind_of(link), link.proof});
    return out;
}

std::vector<std::string> names_of_channels(const channels::Config& config) {
    std::vector<std::string> names;
    if (!config.email.empty()) names.emplace_back("email");
    if (!config.sms.empty()) names.emplace_back("sms");
    if (!config.phone.empty()) names.emplace_back("phone");
    if (!config.push.empty()) names.emplace_back("push");
    if (config.slack) names.emplace_back("slack");
    if (config.telegram) names.emplace_back("telegram");
    // Their addresses hold all that is needed.
    names.emplace_back("teams");
    names.emplace_back("mattermost");
    names.emplace_back("webhook");
    return names;
}

PageSender::Carrier carrier_of(std::shared_ptr<const channels::Providers> providers, const Clock& clock) {
    auto throttle = [providers, &clock](const Page& page) {
        return providers->throttle(way_of(*providers, page), clock.now(), page.providers_passed);
    };
    auto carry = [providers = std::move(providers),
                  &clock](const Page& page, const PageMessage& message, const std::function<void()>& begun) {
        auto medium = way_of(*providers, page);
        auto sent = message_for(page, message);
        if (medium != medium_of(page.type)) sent.to = message.login_email;
        auto outcome = providers->send(medium, sent, clock, page.providers_passed, begun);
        // A wrong token or an empty account is no fault of the person's: whoever runs the server can mend it, and the
        // page is tried again meanwhile.
        bool curable = outcome.provider_fault && providers->has(medium);
        if (curable && outcome.kind == channels::Outcome::Kind::refused) {
            log::error("page.provider_fault", {{"provider", outcome.provider}, {"why", outcome.detail}});
            outcome.kind = channels::Outcome::Kind::try_again;
        }
        return PageOutcome{.kind = kind_of(outcome),
                           .provider = std::move(outcome.provider),
                           .provider_id = std::move(outcome.provider_id),
                           .provider_place = outcome.place,
                           .detail = std::move(outcome.detail),
                           .retry_after = outcome.retry_after,
                           .may_have_arrived = outcome.may_have_arrived};
    };
    return {std::move(carry), std::move(throttle)};
}

}  // namespace callboard
