// REST "Notifications": the messages that left for people, newest first.

#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

/// REST: less than three months.
constexpr Duration span_max = days{93};

/// "email_notification" and its like. WhatsApp is told by text message and not known to the API; nor are the chats.
std::string_view type_of(const Notification& row) {
    switch (row.type) {
    case ContactMethodType::email_contact_method: return "email_notification";
    case ContactMethodType::phone_contact_method: return "phone_notification";
    case ContactMethodType::sms_contact_method:
    case ContactMethodType::whatsapp_contact_method: return "sms_notification";
    case ContactMethodType::push_notification_contact_method: return "push_notification";
    case ContactMethodType::slack_contact_method: return "slack_notification";
    case ContactMethodType::teams_contact_method: return "teams_notification";
    case ContactMethodType::telegram_contact_method: return "telegram_notification";
    case ContactMethodType::mattermost_contact_method: return "mattermost_notification";
    case ContactMethodType::webhook_contact_method: return "webhook_notification";
    }
    return "";
}

Result<void> filter_types(Request& request, Query<Notification>& query) {
    auto filter = request.query.text("filter");
    if (!filter || filter->empty()) return {};
    using enum ContactMethodType;
    if (*filter == "email_notification")
        query.where(&Notification::type, email_contact_method);
    else if (*filter == "phone_notification")
        query.where(&Notification::type, phone_contact_method);
    else if (*filter == "push_notification")
        query.where(&Notification::type, push_notification_contact_method);
    else if (*filter == "sms_notification")
        query.where_in(&Notification::type, std::vector{sms_contact_method, whatsapp_contact_method});
    else
        return errors::invalid_input(
            "filter must be sms_notification, email_notification, phone_notification or push_notification");
    return {};
}

/// Shown to everybody who may see how people can be reached.
Result<Reply> list_notifications(Request& request) {
    Wire wire(request, account_zone(request.tx()));
    CHECK_OK(wire.check());
    TRY(auto range, SentRange::of(request, wire.zone()));
    TRY(auto window, range.both());
    CHECK_OK(check_span(window, span_max));
    auto query = Query<Notification>()
                     .at_least(&Notification::id, NotificationId{IdSource::first_of(window.since)})
                     .at_least(&Notification::created_at, window.since)
                     .below(&Notification::created_at, window.until)
                     .where_not(&Notification::state, NotificationState::queued)
                     .order_by(&Notification::id, Order::descending);
    CHECK_OK(filter_types(request, query));
    return page_of(request, "notifications", std::move(query), [&](const Notification& row) {
        return notification_object(wire, row);
    });
}

/// Ours: one message, to look what became of it. Everybody may, of those that are for them.
Result<Reply> get_notification(Request& request) {
    Wire wire(request, account_zone(request.tx()));
    CHECK_OK(wire.check());
    TRY(auto row, request.path_row<Notification>("id", errors::not_found("Notification Not Found")));
    CHECK_OK(permit_person(request, row.user, Need::view));
    return ok(json::object{{"notification", notification_object(wire, row)}});
}

/// The address of a push topic or a webhook lets anybody write there.
bool has_secret_address(ContactMethodType type) {
    return type == ContactMethodType::push_notification_contact_method ||
           type == ContactMethodType::teams_contact_method || type == ContactMethodType::mattermost_contact_method ||
           type == ContactMethodType::webhook_contact_method;
}

constexpr Route table[] = {
    {Verb::get, "/notifications", "users:notifications.read", Need::view, list_notifications},
    {Verb::get, "/notifications/{id}", "users:notifications.read", Need::anyone, get_notification},
};

}  // namespace

json::object notification_object(Wire& wire, const Notification& row) {
    json::object out;
    out["id"] = wire.id(row.id);
    out["type"] = type_of(row);
    out["started_at"] = wire.time(row.created_at);
    out["address"] = has_secret_address(row.type) ? json::value(nullptr) : json::value(destination_of(row));
    const auto* user = wire.user(row.user);
    out["user"] = reference_or_full(wire, "users", user, wire.user_ref(row.user), user_object);
    out["status"] = text_of(row.state);
    // Ours from here on.
    out["purpose"] = text_of(row.purpose);
    out["attempts"] = row.attempts;
    out["provider"] = text_or_null(row.provider);
    out["detail"] = text_or_null(row.detail);
    out["receipt"] = row.receipt ? json::value(text_of(*row.receipt)) : json::value(nullptr);
    out["receipt_at"] = wire.time(row.receipt_at);
    out["ended_at"] = wire.time(row.ended_at);
    return out;
}

std::span<const Route> notification_routes() { return table; }

}  // namespace callboard::http
