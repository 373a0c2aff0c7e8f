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

enum class OAuthClientStatus { active, error };
DESCRIBE_ENUM(OAuthClientStatus, active, error)

enum class OAuthGrantType { client_credentials };
DESCRIBE_ENUM(OAuthGrantType, client_credentials)

/// With what access tokens are asked for, for the receivers of subscriptions that name it.
struct OAuthClient {
    OAuthClientId id;
    std::string name;
    std::string client_id;
    /// Never shown: it only goes to `token_url`.
    std::string client_secret;
    std::optional<std::string> scope;
    std::string token_url;
    OAuthGrantType grant_type = OAuthGrantType::client_credentials;
    OAuthClientStatus status = OAuthClientStatus::active;
    /// Why no token was given the last time, in one sentence; absent while `status` is active.
    std::optional<std::string> error;
    Timestamp created_at;

    bool operator==(const OAuthClient&) const = default;
};
DESCRIBE(OAuthClient, id, name, client_id, client_secret, scope, token_url, grant_type, status, error, created_at)

/// What is sent. `v3` is a subscription's; the others are those of extensions: the older webhook, and messages for a
/// channel of a chat.
enum class HookFormat { v3, v2, slack, teams, telegram, mattermost };
DESCRIBE_ENUM(HookFormat, v3, v2, slack, teams, telegram, mattermost)

/// Somebody who hears of what happens: a webhook subscription, or an extension of services.
struct WebhookSubscription {
    WebhookSubscriptionId id;
    HookFormat format = HookFormat::v3;
    /// Of an extension: what it is called, and the services that it is for.
    std::string name;
    std::vector<ServiceId> services;
    /// JSON text, as it was given; empty: none.
    std::string config;
    WebhookFilter filter = WebhookFilter::account_reference;
    /// The service or team; 0 for the account.
    std::int64_t filter_id = 0;
    /// Of a chat that knows its channels by id, that id.
    std::string url;
    /// Signs what is sent. Shown once.
    std::string secret;
    std::vector<WebhookHeader> custom_headers;
    std::string description;
    std::vector<std::string> events;
    /// Whose access token its deliveries carry.
    std::optional<OAuthClientId> oauth_client;
    bool active = true;
    /// Its receiver refused too often: nothing is kept for it until then.
    std::optional<Timestamp> disabled_until;
    /// What the receiver said then, in one sentence.
    std::optional<std::string> disabled_reason;
    /// What waited when it was disabled, up to this one, will not be sent.
    std::optional<WebhookDeliveryId> dropped_through;
    /// Deliveries that were refused one after the other.
    int refusals = 0;
    Timestamp created_at;

    bool operator==(const WebhookSubscription&) const = default;
};
DESCRIBE(WebhookSubscription,
         id,
         format,
         name,
         services,
         config,
         filter,
         filter_id,
         url,
         secret,
         custom_headers,
         description,
         events,
         oauth_client,
         active,
         disabled_until,
         disabled_reason,
         dropped_through,
         refusals,
         created_at)

enum class DeliveryState { queued, sending, delivered, dropped };
DESCRIBE_ENUM(DeliveryState, queued, sending, delivered, dropped)

/// What a delivery is about, and so what its `document` holds as JSON: the row as it was.
enum class WebhookResource {
    none,
    incident,
    incident_note,
    service,
    responder,
    status_update,
    incident_fields,
    service_fields
};
DESCRIBE_ENUM(
    WebhookResource, none, incident, incident_note, service, responder, status_update, incident_fields, service_fields)

/// One event for one subscription. Its id is the event's id and the same for every attempt; one that is sent again by
/// hand is a delivery of its own, of the same event.
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
    /// It was interrupted, or an answer was lost: it may have arrived already.
    bool may_be_a_repeat = false;
    /// The last answer, in one sentence.
    std::optional<std::string> detail;
    /// When it happened. Since when one waits that was sent again by hand, its id says.
    Timestamp created_at;
    std::optional<Timestamp> ended_at;
    /// The first delivery of the event, when this one was sent again by hand.
    std::optional<WebhookDeliveryId> repeats;

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
         may_be_a_repeat,
         detail,
         created_at,
         ended_at,
         repeats)

/// The id of the event: receivers know by it what they have already.
constexpr WebhookDeliveryId event_of(const WebhookDelivery& delivery) { return delivery.repeats.value_or(delivery.id); }

/// A kind of extension. The list is fixed; its order is part of their ids.
struct ExtensionSchema {
    std::string_view key;
    std::string_view label;
    std::string_view description;
    HookFormat format;
};

const std::vector<ExtensionSchema>& extension_schemas();

/// Which changes an extension tells of beside the trigger.
struct ExtensionTopics {
    bool acknowledge = true;
    bool resolve = true;
    /// Given to others: by hand, by escalation, or by another policy.
    bool assignments = true;
};

std::vector<std::string> events_of(const ExtensionTopics& topics);

/// What the older webhook calls an event: "incident.acknowledge"; empty for those that it does not know.
std::string_view older_name_of(std::string_view event_type);

/// Every event type that can be subscribed to. Those about tasks, roles, workflows and actions are accepted, and
/// nothing makes them: incidents have none here.
bool is_webhook_event(std::string_view type);

/// The event that a log entry is; absent for entries that are none.
std::optional<std::string_view> webhook_event_of(const LogEntry& entry, const Incident& incident);

/// It is told of things again at once.
void enable(WebhookSubscription& subscription);

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
/// Extensions of an account.
constexpr std::int64_t extensions_max = 1'000;
/// OAuth clients of an account.
constexpr std::int64_t oauth_clients_max = 10;
/// Deliveries of one subscription that wait; further ones are dropped.
constexpr int deliveries_waiting_max = 10'000;
/// A delivery that was not taken by then is dropped.
constexpr Duration delivery_tried_for = hours{48};
/// So many refusals one after the other, and the subscription is disabled for so long.
constexpr int refusals_max = 3;
constexpr Duration disabled_for = hours{24};
/// How long a delivery that has ended can be looked up.
constexpr Duration deliveries_kept = days{7};
/// A receiver, or a server of access tokens, answers within this.
constexpr seconds delivery_deadline{5};
/// A delivery whose end nobody recorded by then was interrupted.
constexpr Duration delivering_max = minutes{1};

/// The pause before the next try: 5 seconds, three times as long each time, at most half an hour.
Duration delivery_pause_after(int attempts);

}  // namespace callboard
