// Our own: what was sent to a webhook subscription or an extension in the last days, what became of it, and once more.

#include "app/hooks.h"
#include "base/log.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/wire.h"
#include "http/rest_v2/hook_subject.h"
#include "http/rest_v2/routes.h"

namespace callboard::http {

namespace {

/// What a delivery is about: its lane is that incident or service. Null for what the requester does not know of.
json::value subject_of(Wire& wire, const WebhookDelivery& delivery) {
    switch (delivery.resource) {
    case WebhookResource::none: return nullptr;
    case WebhookResource::incident:
    case WebhookResource::incident_note:
    case WebhookResource::responder:
    case WebhookResource::status_update:
    case WebhookResource::incident_fields:
        if (const auto* incident = known(wire.request, wire.incident(IncidentId{delivery.lane})))
            return wire.incident_ref(*incident);
        return nullptr;
    case WebhookResource::service:
    case WebhookResource::service_fields:
        if (const auto* service = known(wire.request, wire.service(ServiceId{delivery.lane})))
            return wire.service_ref(service->id);
        return nullptr;
    }
    return nullptr;
}

/// Where it goes, and of which services, may have been changed since: what is hidden from somebody they send to nobody.
bool may_hear_of(Wire& wire, const WebhookDelivery& delivery) {
    return delivery.resource == WebhookResource::none || !sees_part(wire.request) ||
           !subject_of(wire, delivery).is_null();
}

json::object delivery_object(Wire& wire, const WebhookDelivery& delivery) {
    json::object out;
    out["id"] = wire.id(delivery.id);
    out["type"] = "webhook_delivery";
    // What the receiver has in X-Webhook-Id: the same for every time that it is sent.
    out["event_id"] = wire.id(event_of(delivery));
    out["event_type"] = delivery.event_type;
    out["subject"] = subject_of(wire, delivery);
    out["status"] = text_of(delivery.state);
    out["attempts"] = delivery.attempts;
    out["detail"] = text_or_null(delivery.detail);
    out["occurred_at"] = wire.time(delivery.created_at);
    // One that waits behind others has no time of its own yet.
    bool waits = delivery.state == DeliveryState::queued && wire.request.now < delivery.at;
    out["next_attempt_at"] = waits ? wire.time(delivery.at) : json::value(nullptr);
    out["ended_at"] = wire.time(delivery.ended_at);
    out["can_be_sent_again"] = can_be_sent_again(delivery) && may_hear_of(wire, delivery);
    return out;
}

/// Newest first.
Result<Reply> page_of_deliveries(Request& request, const WebhookSubscription& subscription) {
    Wire wire(request);
    auto query = Query<WebhookDelivery>()
                     .where(&WebhookDelivery::subscription, subscription.id)
                     .order_by(&WebhookDelivery::id, Order::descending);
    return page_of(request, "deliveries", std::move(query), [&](const WebhookDelivery& row) {
        return delivery_object(wire, row);
    });
}

Result<Reply> resend(Request& request, const WebhookSubscription& subscription) {
    auto absent = errors::not_found("Delivery Not Found", 5001);
    TRY(auto row, request.path_row<WebhookDelivery>("delivery_id", absent));
    Wire wire(request);
    if (row.subscription != subscription.id || !may_hear_of(wire, row)) return absent;
    TRY(auto again, deliver_again(request.tx(), request.site.desk, subscription, row));
    const auto& ids = request.site.ids;
    log::info("webhook.sent_again", {{"delivery", ids.text(again.id)}, {"event", ids.text(event_of(again))}});
    return Reply{202, json::object{{"delivery", delivery_object(wire, again)}}, {}};
}

/// What the whole account is told has been seen by whom nothing is hidden from.
Result<Reply> list_of_subscription(Request& request) {
    TRY(auto subscription, subscription_to_change(request));
    return page_of_deliveries(request, subscription);
}

Result<Reply> resend_of_subscription(Request& request) {
    TRY(auto subscription, subscription_to_change(request));
    return resend(request, subscription);
}

Result<Reply> list_of_extension(Request& request) {
    TRY(auto extension, extension_of_path(request));
    return page_of_deliveries(request, extension);
}

Result<Reply> resend_of_extension(Request& request) {
    TRY(auto extension, extension_of_path(request));
    return resend(request, extension);
}

constexpr Scope read_hooks = "webhook_subscriptions.read";
constexpr Scope write_hooks = "webhook_subscriptions.write";
constexpr std::string_view of_subscription = "/console/webhook_subscriptions/{id}/deliveries";
constexpr std::string_view of_extension = "/console/extensions/{id}/deliveries";
constexpr std::string_view one_of_subscription = "/console/webhook_subscriptions/{id}/deliveries/{delivery_id}/resend";
constexpr std::string_view one_of_extension = "/console/extensions/{id}/deliveries/{delivery_id}/resend";

constexpr Route table[] = {
    {Verb::get, of_subscription, read_hooks, Need::manage, list_of_subscription},
    {Verb::post, one_of_subscription, write_hooks, Need::manage, resend_of_subscription},
    {Verb::get, of_extension, "extensions.read", Need::manage, list_of_extension},
    {Verb::post, one_of_extension, "extensions.write", Need::manage, resend_of_extension},
};

}  // namespace

std::span<const Route> webhook_delivery_routes() { return table; }

}  // namespace callboard::http
