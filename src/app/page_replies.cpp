#include "app/page_replies.h"

#include "app/contact_proof.h"
#include "app/respond.h"
#include "app/responders.h"
#include "domain/access/access.h"

#include <algorithm>

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
    case ContactMethodType::mattermost_contact_method: return Channel::api;
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

Result<int> answer_as(Tx& tx, Desk& desk, const Notification& row, PageAction action, UserId answerer) {
    if (row.purpose != NotificationPurpose::page) return errors::not_found();
    Act act{agent_of(answerer), channel_of(row.type), tx.now()};
    int changed = 0;
    for (const auto& told : told_by(tx, row.id)) {
        auto incident = tx.find<Incident>(told.incident);
        if (!incident || incident->status == IncidentStatus::resolved) continue;
        if (action == PageAction::decline && !is_asked(tx, *incident, answerer)) continue;
        CHECK_OK(answer_for(tx, desk, *incident, answerer, action, act));
        ++changed;
    }
    if (row.contact_method && answerer == row.user) note_proof(tx, *row.contact_method, ProvenBy::answer);
    return changed;
}

/// Good news of a message that is still counted as being sent: it has left.
void settle_as_sent(Tx& tx, Notification& row) {
    bool is_open = row.state == NotificationState::sending || row.state == NotificationState::queued;
    if (!is_open) return;
    tx.cancel({row.at, DueKind::notification, row.id.value});
    row.state = NotificationState::sent;
    row.ended_at = tx.now();
    log_fate(tx, row, fmt::format("Told by {}.", way_to(row)));
}

bool has_open_incident(Tx& tx, const Notification& row) {
    return std::ranges::any_of(told_by(tx, row.id), [&](const NotifiedIncident& told) {
        auto incident = tx.find<Incident>(told.incident);
        return incident && incident->status != IncidentStatus::resolved;
    });
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
        settle_as_sent(tx, *row);
        tx.update(*row);
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
    log_fate(tx, *row, fmt::format("Not told by {}. {} Another provider is asked.", way_to(*row), detail));
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

Result<int> answer_page(Tx& tx, Desk& desk, NotificationId id, PageAction action) {
    auto row = tx.find<Notification>(id);
    if (!row || !tx.find<User>(row->user)) return errors::not_found();
    return answer_as(tx, desk, *row, action, row->user);
}

Result<int> answer_in_chat(Tx& tx, Desk& desk, NotificationId id, PageAction action, const std::string& answerer) {
    auto row = tx.find<Notification>(id);
    if (!row || tx.now() > row->created_at + reply_window) return errors::not_found();
    if (row->address == answerer && tx.find<User>(row->user)) return answer_as(tx, desk, *row, action, row->user);
    auto person = person_at(tx, row->type, answerer);
    auto user = person ? tx.find<User>(*person) : std::nullopt;
    if (!user || !may(user->role, Need::respond)) return errors::forbidden();
    return answer_as(tx, desk, *row, action, user->id);
}

bool is_first_seen(Tx& tx, const std::string& token) {
    if (tx.count(Query<SeenCallback>().where(&SeenCallback::token, token)) > 0) return false;
    tx.insert(SeenCallback{tx.new_id<SeenCallbackId>(), token, tx.now()});
    return true;
}

bool forget_old_callbacks(Tx& tx) {
    constexpr std::int64_t at_once = 500;
    auto old = tx.list(Query<SeenCallback>()
                           .below(&SeenCallback::id, SeenCallbackId{IdSource::first_of(tx.now() - callbacks_kept)})
                           .order_by(&SeenCallback::id)
                           .page(at_once));
    for (const auto& row : old) tx.erase<SeenCallback>(row.id);
    return static_cast<std::int64_t>(old.size()) == at_once;
}

}  // namespace callboard
