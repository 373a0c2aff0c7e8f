#pragma once
// What rules decided about one event, kept so that people can ask: for every event that made an alert and for every one
// that was dropped. Events that only repeat themselves leave nothing.

#include "base/describe.h"
#include "base/time.h"
#include "domain/event/event.h"
#include "domain/event/orchestration.h"
#include "domain/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// Where an event ends. An event that resolves or acknowledges goes its way by `trigger`.
enum class Disposition { trigger, suppress, suspend, drop, unrouted };
DESCRIBE_ENUM(Disposition, trigger, suppress, suspend, drop, unrouted)

/// One rule that acted, in the version of its path that held then.
struct RuleDecision {
    PathType path = PathType::service;
    int version = 1;
    std::string set;
    /// Empty for the catch-all.
    std::string rule;
    std::optional<std::string> label;
    /// What it did, in words: "set the severity to info".
    std::vector<std::string> did;

    bool operator==(const RuleDecision&) const = default;
};
DESCRIBE(RuleDecision, path, version, set, rule, label, did)

struct OrchestratedEvent {
    OrchestratedEventId id;
    /// By whose routing key it came; absent when straight to the service.
    std::optional<EventOrchestrationId> orchestration;
    /// Absent when it reached none.
    std::optional<ServiceId> service;
    /// The alert that it made.
    std::optional<AlertId> alert;
    EventAction action = EventAction::trigger;
    std::string dedup_key;
    std::string summary;
    Disposition disposition = Disposition::trigger;
    std::vector<RuleDecision> decisions;
    /// As it was received: a body of Events v2 without its key. Empty when it was larger than `kept_event_max`.
    std::string event;
    Timestamp created_at;

    bool operator==(const OrchestratedEvent&) const = default;
};
DESCRIBE(OrchestratedEvent,
         id,
         orchestration,
         service,
         alert,
         action,
         dedup_key,
         summary,
         disposition,
         decisions,
         event,
         created_at)

constexpr std::size_t kept_event_max = 65'536;
constexpr Duration orchestrated_events_kept = days{30};

}  // namespace callboard
