// REST "Notifications": the messages that left for people, newest first.

#include "http/kit/page.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

/// REST: less than three months.
constexpr Duration span_max = days{93};

/// "email_notification" and its like. WhatsApp is told by text message and not known to the API.
std::string_view type_of(const Notification& row) {
    switch (row.type) {
    case ContactMethodType::email_contact_method: return "email_notification";
    case ContactMethodType::phone_contact_method: return "phone_notification";
    case ContactMethodType::sms_contact_method:
    case ContactMethodType::whatsapp_contact_method: return "sms_notification";
    case ContactMethodType::push_notification_contact_method: return "push_notification";
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

constexpr Route table[] = {
    {Verb::get, "/notifications", "users:notifications.read", Need::view, list_notifications},
};

}  // namespace

json::object notification_object(Wire& wire, const Notification& row) {
    bool push = row.type == ContactMethodType::push_notification_contact_method;
    json::object out;
    out["id"] = wire.id(row.id);
    out["type"] = type_of(row);
    out["started_at"] = wire.time(row.created_at);
    out["address"] = push ? json::value(nullptr) : json::value(destination_of(row));
    const auto* user = wire.user(row.user);
    out["user"] = reference_or_full(wire, "users", user, wire.user_ref(row.user), user_object);
    out["status"] = text_of(row.state);
    return out;
}

std::span<const Route> notification_routes() { return table; }

}  // namespace callboard::http
