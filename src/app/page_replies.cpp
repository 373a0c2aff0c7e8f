#include "app/page_replies.h"

#include "app/contact_proof.h"
#include "app/forget.h"
#include "app/respond.h"
#include "app/responders.h"
#include "app/standing.h"
#include "storage/unreadable.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

namespace callboard {

namespace {

constexpr int country_code_digits_max = 4;

Channel channel_of(ContactMethodType type) {
    switch (type) {
    case ContactMethodType::email_contact_method: return Channel::email;
    case ContactMethodType::phone_contact_method: return Channel::phone;
    case ContactMethodType::sms_contact_method:
    case ContactMethodType::whatsapp_contact_method: return Channel::sms;
    case ContactMethodType::push_notification_contact_method: return Channel::mobile;
    case ContactMethodType::slack_contact_method:
    case ContactMethodType::teams_contact_method:
    case ContactMethodType::telegram_contact_method:
    case ContactMethodType::mattermost_contact_method:
    case ContactMethodType::webhook_contact_method: return Channel::api;
    }
    return Channel::auto_;
}

/// What an answer does to one incident. Whoever was asked to help with it joins by acknowledging.
Result<void> answer_for(Tx& tx, Desk& desk, const Incident& incident, UserId user, PageAction action, Act act) {
    if (action == PageAction::resolve) {
        CHECK_OK(resolve_incident(tx, desk, incident.id, std::nullopt, act));
    } else if (is_asked(tx, incident, user)) {
        auto reply = action == PageAction::decline ? ResponderReply::declined : ResponderReply::joined;
        CHECK_OK(reply_to_request(tx, desk, incident.id, user, reply, act));
    } else {
        CHECK_OK(acknowledge_incident(tx, desk, incident.id, act));
    }
    return {};
}

Result<AnsweredPiece>
answer_as(Tx& tx, Desk& desk, const Notification& row, PageAction action, const User& answerer, PieceStart from) {
    if (row.purpose != NotificationPurpose::page) return errors::not_found();
    Act act{agent_of(answerer.id), channel_of(row.type), tx.now()};
    auto piece = told_by(tx, row.id, from);
    auto standing = standing_of(tx, answerer);
    AnsweredPiece answered{0, piece.next};
    std::exception_ptr unreadable;
    for (const auto& told : piece.told) {
        std::optional<Incident> incident;
        try {
            incident = tx.find<Incident>(told.incident);
        } catch (const UnreadableRow&) {
            unreadable = std::current_exception();
        }
        if (!incident || incident->status == IncidentStatus::resolved) continue;
        if (action == PageAction::decline && !is_asked(tx, *incident, answerer.id)) continue;
        if (!may_respond(tx, standing, answerer.id, *incident)) {
            ++answered.refused;
            continue;
        }
        CHECK_OK(answer_for(tx, desk, *incident, answerer.id, action, act));
        ++answered.changed;
    }
    // The others are answered; whoever asked for that one alone is not told that it was done.
    if (unreadable && piece.told.size() == 1) std::rethrow_exception(unreadable);
    if (row.contact_method && answerer.id == row.user) note_proof(tx, *row.contact_method, ProvenBy::answer);
    return answered;
}

bool has_open_incident(Tx& tx, const Notification& row) {
    auto is_open = [&](const NotifiedIncident& told) {
        auto incident = if_readable([&] { return tx.find<Incident>(told.incident); });
        return incident && incident->status != IncidentStatus::resolved;
    };
    for (ToldPiece piece{{}, NotifiedIncidentId{}}; piece.next;) {
        piece = told_by(tx, row.id, piece.next);
        if (std::ranges::any_of(piece.told, is_open)) return true;
    }
    return false;
}

/// The contact methods of this kind at a number: where it is divided into country code and rest is not known.
std::vector<ContactMethod> methods_at(Tx& tx, const std::string& number) {
    std::vector<ContactMethod> found;
    for (std::size_t digits = 1; digits <= country_code_digits_max && number.size() > digits + 1; ++digits) {
        auto code = number.substr(1, digits);
        if (code.find_first_not_of("0123456789") != std::string::npos) return {};
        auto at = Query<ContactMethod>()
                      .where(&ContactMethod::address, number.substr(digits + 1))
                      .where(&ContactMethod::country_code, std::stoi(code));
        for (auto& method : tx.list(at))
            if (method.type == ContactMethodType::sms_contact_method ||
                method.type == ContactMethodType::whatsapp_contact_method)
                found.push_back(std::move(method));
    }
    return found;
}

}  // namespace

Result<bool> record_receipt(Tx& tx, Desk& desk, NotificationId id, const ReceiptNews& news) {
    auto row = tx.find<Notification>(id);
    if (!row || row->attempts == 0) return errors::not_found();
    bool is_another = row->provider_id && *row->provider_id != news.provider_id;
    if (is_another) return errors::not_found();
    if (row->state == NotificationState::cancelled || row->state == NotificationState::failed) return false;
    if (!is_news(row->receipt, news.receipt)) return false;
    // Once sent on its way again a message has no name, so that its old one must not say the same twice.
    auto token = fmt::format("{} {} {}", news.provider, news.provider_id, text_of(news.receipt));
    if (!is_good_news(news.receipt) && !is_first_seen(tx, token)) return false;
    row->receipt = news.receipt;
    row->receipt_at = tx.now();
    row->provider = news.provider;
    row->provider_id = news.provider_id;
    if (is_good_news(news.receipt)) {
        // It may still count as being sent: it has left.
        if (row->state == NotificationState::sending || row->state == NotificationState::queued) {
            tx.cancel({row->at, DueKind::notification, row->id.value});
            settle_as_sent(tx, desk, *row);
        } else {
            tx.update(*row);
        }
        if (row->contact_method) note_proof(tx, *row->contact_method, ProvenBy::receipt);
        return true;
    }
    // Whoever sends it is still to say so; what is known now counts.
    if (row->state != NotificationState::sent) tx.cancel({row->at, DueKind::notification, row->id.value});
    auto detail =
        fmt::format("It {}{}{}.", receipt_in_words(news.receipt), news.detail.empty() ? "" : ": ", news.detail);
    if (!news.another_may_succeed) {
        give_up(tx, desk, *row, detail);
        return true;
    }
    log_next_provider(tx, *row, fmt::format("Not told by {}. {} Another provider is asked.", way_to(*row), detail));
    row->detail = detail;
    ++row->providers_passed;
    row->provider_id.reset();
    row->receipt.reset();
    row->receipt_at.reset();
    send_again(tx, *row);
    return true;
}

Result<NotificationId> find_replied(Tx& tx, const std::string& number, std::optional<int> reply_number) {
    std::vector<NotificationId> found;
    auto methods = methods_at(tx, number);
    if (methods.empty()) return errors::forbidden();
    for (const auto& method : methods) {
        auto query = Query<Notification>()
                         .where(&Notification::user, method.user)
                         .at_least(&Notification::id, NotificationId{IdSource::first_of(tx.now() - reply_window)})
                         .where(&Notification::contact_method, method.id)
                         .where(&Notification::purpose, NotificationPurpose::page)
                         .order_by(&Notification::id, Order::descending);
        if (reply_number) query.where(&Notification::reply_number, *reply_number);
        for (const auto& row : tx.list(query.page(reply_numbers)))
            if (row.attempts > 0 && (reply_number || has_open_incident(tx, row))) found.push_back(row.id);
    }
    if (found.empty()) return errors::not_found();
    if (!reply_number && found.size() > 1) return errors::invalid_input("several messages are open");
    return *std::ranges::max_element(found);
}

std::optional<UserId> person_at(Tx& tx, ContactMethodType type, const std::string& address) {
    auto at = Query<ContactMethod>().where(&ContactMethod::type, type).where(&ContactMethod::address, address);
    for (const auto& method : tx.list(at.order_by(&ContactMethod::id)))
        if (tx.find<User>(method.user)) return method.user;
    return std::nullopt;
}

Result<Answered> answer_piece_by_piece(Store& store,
                                       Timestamp now,
                                       const std::function<Result<AnsweredPiece>(Tx&, PieceStart)>& answer) {
    Answered answered;
    PieceStart from;
    do {
        auto piece = store.decide(now, [&](Tx& tx) { return answer(tx, from); });
        if (!piece) return piece.error();
        answered.changed += piece->changed;
        answered.refused += piece->refused;
        from = piece->next;
    } while (from);
    return answered;
}

Result<AnsweredPiece> answer_page(Tx& tx, Desk& desk, NotificationId id, PageAction action, PieceStart from) {
    auto row = tx.find<Notification>(id);
    auto user = row ? tx.find<User>(row->user) : std::nullopt;
    if (!user) return errors::not_found();
    return answer_as(tx, desk, *row, action, *user, from);
}

Result<AnsweredPiece>
answer_in_chat(Tx& tx, Desk& desk, NotificationId id, PageAction action, const std::string& answerer, PieceStart from) {
    auto row = tx.find<Notification>(id);
    if (!row || tx.now() > row->created_at + reply_window) return errors::not_found();
    auto user = row->address == answerer ? tx.find<User>(row->user) : std::nullopt;
    auto person = user ? std::nullopt : person_at(tx, row->type, answerer);
    if (person) user = tx.find<User>(*person);
    if (!user) return errors::forbidden();
    return answer_as(tx, desk, *row, action, *user, from);
}

namespace {

Result<AnsweredPiece> answer_delivery(Tx& tx, Desk& desk, IncidentId id, PageAction action, const Act& act) {
    auto incident = tx.find<Incident>(id);
    if (!incident) return errors::not_found();
    if (incident->status == IncidentStatus::resolved) return AnsweredPiece{};
    if (action == PageAction::resolve)
        CHECK_OK(resolve_incident(tx, desk, id, std::nullopt, act));
    else
        CHECK_OK(acknowledge_incident(tx, desk, id, act));
    return AnsweredPiece{1};
}

/// What was told of an incident, in a channel.
std::optional<WebhookDelivery> told_in_channel(Tx& tx, WebhookDeliveryId id) {
    auto row = tx.find<WebhookDelivery>(id);
    bool is_told = row && row->attempts > 0 && row->resource == WebhookResource::incident;
    return is_told ? row : std::nullopt;
}

}  // namespace

Result<AnsweredPiece> answer_link(Tx& tx, Desk& desk, const PageRequest& link, PieceStart from) {
    auto asked = told_apart(tx, link);
    if (!asked.delivery) return answer_page(tx, desk, asked.notification, asked.action, from);
    auto row = told_in_channel(tx, *asked.delivery);
    auto receiver = row ? tx.find<WebhookSubscription>(row->subscription) : std::nullopt;
    if (!receiver) return errors::not_found();
    auto incident = tx.find<Incident>(IncidentId{row->lane});
    if (!incident) return errors::not_found();
    Act act{agent_of(incident->service), Channel::api, tx.now(), "a link in " + receiver->name};
    return answer_delivery(tx, desk, incident->id, asked.action, act);
}

Result<AnsweredPiece> answer_in_channel(
    Tx& tx, Desk& desk, WebhookDeliveryId id, PageAction action, ContactMethodType chat, const std::string& answerer) {
    auto row = told_in_channel(tx, id);
    if (!row || tx.now() > row->created_at + reply_window) return errors::not_found();
    auto person = person_at(tx, chat, answerer);
    auto user = person ? tx.find<User>(*person) : std::nullopt;
    if (!user) return errors::forbidden();
    auto incident = tx.find<Incident>(IncidentId{row->lane});
    bool is_open = incident && incident->status != IncidentStatus::resolved;
    if (is_open && !may_respond(tx, standing_of(tx, *user), user->id, *incident)) return AnsweredPiece{.refused = 1};
    return answer_delivery(tx, desk, IncidentId{row->lane}, action, {agent_of(user->id), Channel::api, tx.now()});
}

bool is_first_seen(Tx& tx, const std::string& token) {
    if (tx.count(Query<SeenCallback>().where(&SeenCallback::token, token)) > 0) return false;
    tx.insert(SeenCallback{tx.new_id<SeenCallbackId>(), token, tx.now()});
    return true;
}

bool forget_old_callbacks(Tx& tx) { return forget_before<SeenCallback>(tx, tx.now() - callbacks_kept); }

}  // namespace callboard
