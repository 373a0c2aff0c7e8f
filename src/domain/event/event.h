#pragma once
// Events as senders mean them, whichever API version they came by, and the rules a valid one keeps.
// Messages are PagerDuty's own words, typing errors included: clients show and compare them.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/incident/incident.h"
#include "domain/service/service.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

enum class EventAction { trigger, acknowledge, resolve };
DESCRIBE_ENUM(EventAction, trigger, acknowledge, resolve)

/// An event that has passed validation.
struct Event {
    std::string routing_key;
    EventAction action = EventAction::trigger;
    /// Empty on a trigger without a key: one is made.
    std::string dedup_key;
    /// Empty, as the document, on one that ends a problem and carries no more than its key.
    std::string summary;
    Severity severity = Severity::critical;
    /// What is stored and shown: a JSON object {"client","client_url","source","component","group","class",
    /// "timestamp","custom_details","links","images"} with the members that were sent.
    std::string document;
    /// The rule that keeps this event from paging anybody; absent when none does.
    std::optional<std::string> suppressed_by;
    /// How long rules hold a new alert; absent leaves it to the service.
    std::optional<seconds> suspended_for;
    /// What rules ordered for the incident that it opens.
    std::optional<IncidentOrders> orders;
};

/// A change event that has passed validation.
struct ChangeEventInput {
    std::string routing_key;
    std::string summary;
    std::string source;
    std::optional<Timestamp> timestamp;
    std::string custom_details;
    std::string links;
    std::string images;
};

struct ChangeEvent {
    ChangeEventId id;
    ServiceId service;
    IntegrationId integration;
    std::string summary;
    std::string source;
    Timestamp timestamp;
    /// JSON text; empty when none was sent.
    std::string custom_details;
    std::string links;
    std::string images;
    Timestamp created_at;

    bool operator==(const ChangeEvent&) const = default;
};
DESCRIBE(ChangeEvent, id, service, integration, summary, source, timestamp, custom_details, links, images, created_at)

/// Why an accepted event changed nothing. Kept so that a sender can ask where its event went.
enum class DropReason { service_disabled, in_maintenance, no_open_alert, trigger_limit, suppressed_by_rule };
DESCRIBE_ENUM(DropReason, service_disabled, in_maintenance, no_open_alert, trigger_limit, suppressed_by_rule)

struct EventReceipt {
    EventReceiptId id;
    ServiceId service;
    /// Absent for an event that an orchestration led here.
    std::optional<IntegrationId> integration;
    EventAction action = EventAction::trigger;
    std::string dedup_key;
    DropReason reason = DropReason::no_open_alert;
    /// Of the service, as it was then.
    int service_version = 0;
    Timestamp created_at;

    bool operator==(const EventReceipt&) const = default;
};
DESCRIBE(EventReceipt, id, service, integration, action, dedup_key, reason, service_version, created_at)

constexpr std::size_t routing_key_length = 32;
constexpr std::size_t summary_max_chars = 1024;
constexpr std::size_t dedup_key_max_chars = 255;
/// Developer documentation: 512 KB.
constexpr std::size_t event_body_max_bytes = 512'000;

/// Number of characters of valid UTF-8.
std::size_t count_chars(std::string_view utf8);

/// True for nothing but white space.
bool is_blank(std::string_view text);

/// Problems with a routing key, in the API's words; nothing when it is well formed.
std::optional<std::string> routing_key_problem(std::string_view key);

}  // namespace callboard
