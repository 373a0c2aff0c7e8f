#pragma once
// What those who are not on call hear of an incident: status updates, and who has subscribed to them.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>

namespace callboard {

struct StatusUpdate {
    StatusUpdateId id;
    IncidentId incident;
    std::string message;
    /// Of the mail, both or neither.
    std::optional<std::string> subject;
    std::optional<std::string> html_message;
    std::optional<UserId> sender;
    Timestamp created_at;

    bool operator==(const StatusUpdate&) const = default;
};
DESCRIBE(StatusUpdate, id, incident, message, subject, html_message, sender, created_at)

/// `account`: everybody of it, of a business service.
enum class SubscriberType { user, team, account };
DESCRIBE_ENUM(SubscriberType, user, team, account)

enum class SubscribableType { incident, business_service };
DESCRIBE_ENUM(SubscribableType, incident, business_service)

/// A person or a team hears of the status updates of an incident, or of all that impact a business service.
struct NotificationSubscription {
    NotificationSubscriptionId id;
    SubscriberType subscriber_type = SubscriberType::user;
    std::int64_t subscriber = 0;
    SubscribableType subscribable_type = SubscribableType::incident;
    std::int64_t subscribable = 0;
    Timestamp created_at;

    bool operator==(const NotificationSubscription&) const = default;
};
DESCRIBE(NotificationSubscription, id, subscriber_type, subscriber, subscribable_type, subscribable, created_at)

/// By which contact method a person hears of status updates; without any, by mail to the address they log in with.
struct StatusUpdateRule {
    StatusUpdateRuleId id;
    UserId user;
    ContactMethodId contact_method;
    Timestamp created_at;

    bool operator==(const StatusUpdateRule&) const = default;
};
DESCRIBE(StatusUpdateRule, id, user, contact_method, created_at)

constexpr std::size_t status_update_bytes_max = 10'000;
/// Subscribers of one incident or business service.
constexpr std::int64_t subscribers_max = 1'000;

}  // namespace callboard
