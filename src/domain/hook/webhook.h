#pragma once
// Webhook subscriptions: who hears of what happens to incidents and services, and what is on its way to them. The rules
// are here; app/hooks.h carries them out. Source: the REST reference on webhooks of version 3.

#include "base/describe.h"
#include "base/time.h"
#include "domain/incident/incident.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

enum class WebhookFilter { account_reference, service_reference, team_reference };
DESCRIBE_ENUM(WebhookFilter, account_reference, service_reference, team_reference)

struct WebhookHeader {
    std::string name;
    std::string value;

    bool operator==(const WebhookHeader&) const = default;
};
DESCRIBE(WebhookHeader, name, value)

struct WebhookSubscription {
    WebhookSubscriptionId id;
    WebhookFilter filter = WebhookFilter::account_reference;
    /// The service or team; 0 for the account.
    std::int64_t filter_id = 0;
    std::string url;
    /// Signs what is sent. Shown once.
    std::string secret;
    std::vector<WebhookHeader> custom_headers;
    std::string description;
    std::vector<std::string> events;
    bool active = true;
    /// Its receiver refused too often: nothing is kept for it until then.
    std::optional<Timestamp> disabled_until;
    /// Deliveries that were refused one after the other.
    int refusals = 0;
    Timestamp created_at;

    bool operator==(const WebhookSubscription&) const = default;
};
DESCRIBE(WebhookSubscription,
         id,
         filter,
         filter_id,
         url,
         secret,
         custom_headers,
         description,
         events,
         active,
         disabled_until,
         refusals,
         created_at)

enum class DeliveryState { queued, sending, delivered, dropped };
DESCRIBE_ENUM(DeliveryState, queued, sending, delivered, dropped)

/// What a delivery is about, and so what its `document` holds as JSON: the row as it was.
enum class WebhookResource { none, incident, incident_note, service, responder };
DESCRIBE_ENUM(WebhookResource, none, incident, incident_note, service, responder)

/// One event for one subscription. Its id is the event's id and the same for every attempt.
struct WebhookDelivery {
    WebhookDeliveryId id;
    WebhookSubscriptionId subscription;
    WebhookResource resource = WebhookResource::none;
    /// Deliveries of one subscription about one incident, or one service, keep their order.
    std::int64_t lane = 0;
    std::string event_type;
    Agent agent;
    std::string document;
    DeliveryState state = DeliveryState::queued;
    /// When it is looked at next.
    Timestamp at;
    int attempts = 0;
    /// The last answer, in one sentence.
    std::optional<std::string> detail;
    Timestamp created_at;
    std::optional<Timestamp> ended_at;

    bool operator==(const WebhookDelivery&) const = default;
};
DESCRIBE(WebhookDelivery,
         id,
         subscription,
         resource,
         lane,
         event_type,
         agent,
         document,
         state,
         at,
         attempts,
         detail,
         created_at,
         ended_at)

/// Every event type that can be subscribed to. Those about tasks, roles, workflows, actions, status updates
/// and custom fields are accepted, and nothing makes them yet.
bool is_webhook_event(std::string_view type);

/// The event that a log entry is; absent for entries that are none.
std::optional<std::string_view> webhook_event_of(const LogEntry& entry, const Incident& incident);

/// What an event is about.
struct WebhookSubject {
    ServiceId service;
    std::vector<TeamId> teams;
};

/// Whether the subscription hears of `event_type` about `subject` at `now`.
bool hears(const WebhookSubscription& subscription,
           std::string_view event_type,
           const WebhookSubject& subject,
           Timestamp now);

/// Subscriptions for one account, service or team.
constexpr std::int64_t subscriptions_per_filter_max = 10;
/// Deliveries of one subscription that wait; further ones are dropped.
constexpr int deliveries_waiting_max = 10'000;
/// A delivery that was not taken by then is dropped.
constexpr Duration delivery_tried_for = hours{48};
/// So many refusals one after the other, and the subscription is disabled for so long.
constexpr int refusals_max = 3;
constexpr Duration disabled_for = hours{24};
/// How long a delivery that has ended can be looked up.
constexpr Duration deliveries_kept = days{7};
/// A receiver answers within this.
constexpr seconds delivery_deadline{5};
/// A delivery whose end nobody recorded by then was interrupted.
constexpr Duration delivering_max = minutes{1};

/// The pause before the next try: 5 seconds, three times as long each time, at most half an hour.
Duration delivery_pause_after(int attempts);

}  // namespace callboard
