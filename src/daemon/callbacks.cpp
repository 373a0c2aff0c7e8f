#include "daemon/callbacks.h"

#include "app/page_replies.h"
#include "base/log.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace callboard {

namespace {

constexpr std::string_view mattermost_path = "/mattermost/";

http::Response plain(int status, std::string_view text) {
    http::Response response;
    response.status = status;
    response.body = text;
    response.content_type = "text/plain; charset=utf-8";
    response.headers = {{"Cache-Control", "no-store"}};
    return response;
}

http::Response refuse(const Error& error) {
    log::warn("callback.refused", {{"why", error.errors.empty() ? error.message : error.errors.front()}});
    switch (error.kind) {
    case ErrorKind::not_found: return plain(404, "There is nothing here\n");
    case ErrorKind::conflict: return plain(409, "This was done already\n");
    default: return plain(403, "Refused\n");
    }
}

Receipt receipt_of(channels::News news) {
    auto receipt = parse_enum<Receipt>(text_of(news));
    ASSERT(receipt, "channels and domain know the same receipts");
    return *receipt;
}

PageAction action_of(channels::Verb verb) {
    switch (verb) {
    case channels::Verb::acknowledge: return PageAction::acknowledge;
    case channels::Verb::resolve: return PageAction::resolve;
    case channels::Verb::decline: return PageAction::decline;
    }
    return PageAction::acknowledge;
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

std::string sentence_of(PageAction action, const Answered& answered) {
    auto changed = answered.changed;
    if (answered.is_refused()) return "Your role does not let you act on this: nothing was done.";
    if (changed == 0) return "Nothing was left to do.";
    auto done = done_of(action);
    return changed == 1 ? fmt::format("{}. Thank you.", done)
                        : fmt::format("{} {} incidents. Thank you.", done, changed);
}

/// Of those whose buttons call us back.
ContactMethodType chat_of(std::string_view provider) {
    return provider == "slack" ? ContactMethodType::slack_contact_method : ContactMethodType::telegram_contact_method;
}

/// What tells one press of a button from the next: its `trigger_id`. Nothing where there is none: such a button acts
/// once.
std::string press_of_mattermost(std::string_view body) {
    constexpr std::size_t trigger_max = 500;
    boost::system::error_code wrong;
    auto press = boost::json::parse(body, wrong);
    const auto* id = !wrong && press.is_object() ? press.as_object().if_contains("trigger_id") : nullptr;
    bool is_usable = id && id->is_string() && id->as_string().size() <= trigger_max;
    return is_usable ? std::string{id->as_string()} : std::string{};
}

Error seen_before() { return {ErrorKind::conflict, 0, "seen before", {}}; }

}  // namespace

http::Response ProviderCalls::answer(const http::Copied& request) {
    std::string_view target = request.target;
    auto path = target.substr(0, target.find('?')).substr(prefix.size());
    if (request.method != "POST") {
        auto response = plain(405, "Providers call by POST\n");
        response.headers.emplace_back("Allow", "POST");
        return response;
    }
    if (path.starts_with(mattermost_path))
        return answer_mattermost(target.substr(prefix.size() + mattermost_path.size()), request.body);
    channels::Call call{.path = std::string{path},
                        .url = links_.public_url + request.target,
                        .body = request.body,
                        .header = [&](std::string_view name) { return request.header(name); }};
    auto said = callbacks_.read(call, site_.clock.now());
    if (!said) return refuse(said.error());
    try {
        return act(*said);
    } catch (const StoreUnavailable&) {
        auto response = plain(503, "It could not be kept; call again\n");
        response.headers.emplace_back("Retry-After", "1");
        return response;
    }
}

http::Response ProviderCalls::act(const channels::Said& said) {
    auto sentence = [&]() -> Result<std::string> {
        switch (said.kind) {
        case channels::Said::Kind::nothing: return std::string{};
        case channels::Said::Kind::receipt: return record(said);
        case channels::Said::Kind::key:
        case channels::Said::Kind::button: return press(said);
        case channels::Said::Kind::reply: return reply(said);
        }
        return std::string{};
    }();
    if (!sentence) return refuse(sentence.error());
    callbacks_.follow_up(said, *sentence);
    auto answer = callbacks_.answer(said, *sentence);
    http::Response response;
    response.status = answer.status;
    response.body = std::move(answer.body);
    response.content_type = answer.content_type.empty() ? "text/plain; charset=utf-8" : std::move(answer.content_type);
    response.headers = {{"Cache-Control", "no-store"}};
    return response;
}

Result<std::string> ProviderCalls::record(const channels::Said& said) {
    auto id = links_.ids.parse<NotificationId>(said.message);
    if (!id) return errors::forbidden("no message of ours");
    ReceiptNews news{said.provider, said.provider_id, receipt_of(*said.news), said.detail, said.another_may_succeed};
    auto was_news =
        site_.store.decide(site_.clock.now(), [&](Tx& tx) { return record_receipt(tx, site_.desk, *id, news); });
    if (!was_news) return errors::forbidden("about a message that this provider was not given");
    if (*was_news)
        log::info("page.receipt", {{"provider", said.provider}, {"receipt", std::string{text_of(*said.news)}}});
    return std::string{};
}

Result<std::string> ProviderCalls::press(const channels::Said& said) {
    auto id = links_.ids.parse<NotificationId>(said.message);
    auto told = links_.ids.parse<WebhookDeliveryId>(said.message);
    if (!id && !told) return errors::forbidden("no message of ours");
    // A key that means nothing is asked for again.
    if (!said.verb) return std::string{};
    auto action = action_of(*said.verb);
    bool is_chat = said.kind == channels::Said::Kind::button;
    auto answer = [&](Tx& tx, PieceStart from) -> Result<AnsweredPiece> {
        if (!from && !is_first_seen(tx, said.once)) return seen_before();
        auto asked = told_apart(tx, {id.value_or(NotificationId{}), action, told});
        if (asked.delivery && !is_chat) return errors::forbidden("a call about what was told in a chat");
        if (asked.delivery)
            return answer_in_channel(tx, site_.desk, *asked.delivery, action, chat_of(said.provider), said.from);
        if (is_chat) return answer_in_chat(tx, site_.desk, asked.notification, action, said.from, from);
        // Whoever pressed a key holds the phone; the call must be the one that we asked for.
        auto known =
            record_receipt(tx, site_.desk, asked.notification, {said.provider, said.provider_id, Receipt::answered});
        if (!known) return errors::forbidden("a call that this provider was not given");
        return answer_page(tx, site_.desk, asked.notification, action, from);
    };
    auto answered = answer_piece_by_piece(site_.store, site_.clock.now(), answer);
    if (answered) {
        log::info("page.answered",
                  {{"action", std::string{text_of(action)}},
                   {"by", said.provider},
                   {"incidents", std::to_string(answered->changed)}});
        return sentence_of(action, *answered);
    }
    // In a chat everybody may press; those who may not are told so there.
    if (is_chat && answered.error().kind == ErrorKind::forbidden)
        return std::string{"Nobody in Callboard has this chat account as a contact method: nothing was done."};
    if (is_chat && answered.error().kind == ErrorKind::not_found)
        return std::string{"This message is too old to answer."};
    return answered.error();
}

Result<std::string> ProviderCalls::reply(const channels::Said& said) {
    auto action = said.verb ? action_of(*said.verb) : PageAction::acknowledge;
    std::optional<Error> why;
    auto answer = [&](Tx& tx, PieceStart from) -> Result<AnsweredPiece> {
        why.reset();
        if (!from && !is_first_seen(tx, said.once)) return seen_before();
        auto found = find_replied(tx, said.from, said.reply_number);
        if (!found) why = found.error();
        // What was seen is kept, whatever it said.
        if (why || !said.verb) return AnsweredPiece{};
        return answer_page(tx, site_.desk, *found, action, from);
    };
    auto answered = answer_piece_by_piece(site_.store, site_.clock.now(), answer);
    if (!answered) return answered.error();
    if (why && why->kind == ErrorKind::forbidden) return std::string{};
    if (!said.verb)
        return std::string{"Reply 4 and the number of the message to acknowledge or join, 6 to resolve, 5 to decline."};
    if (why && why->kind == ErrorKind::invalid)
        return std::string{"Several messages are open: reply with the number of one, as in 4 12."};
    if (why) return std::string{"There is no open message with that number."};
    log::info("page.answered", {{"action", std::string{text_of(action)}}, {"by", said.provider}});
    return sentence_of(action, *answered);
}

http::Response ProviderCalls::answer_mattermost(std::string_view proof, std::string_view press) {
    auto now = site_.clock.now();
    auto asked = read_page_link(links_, fmt::format("/p/{}", proof), now);
    if (!asked) return refuse(errors::forbidden("not a link of ours, or an old one"));
    auto once = fmt::format("mattermost {} {}", proof, press_of_mattermost(press));
    auto answered = answer_piece_by_piece(site_.store, now, [&](Tx& tx, PieceStart from) -> Result<AnsweredPiece> {
        if (!from && !is_first_seen(tx, once)) return seen_before();
        return answer_link(tx, site_.desk, *asked, from);
    });
    if (!answered) return refuse(answered.error());
    auto sentence = sentence_of(asked->action, *answered);
    http::Response response;
    response.content_type = "application/json";
    response.body = boost::json::serialize(boost::json::object{{"ephemeral_text", sentence}});
    response.headers = {{"Cache-Control", "no-store"}};
    return response;
}

}  // namespace callboard
