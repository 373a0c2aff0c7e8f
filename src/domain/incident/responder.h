#pragma once
// Responders: people who are asked to help with an incident. A request names users and escalation policies. A user is
// told by their rules for high urgency until they join or decline; a policy is followed level by level, as for an
// incident of its own, until somebody joins. app/responders.h carries it out. Source: REST "Incidents", responder
// requests; where it is silent, docs/compatibility.md.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// `joined` by accepting or by acknowledging the incident. `user_cancelled` when the request was taken back, or the
/// incident ended first.
enum class ResponderState { pending, joined, declined, user_cancelled };
DESCRIBE_ENUM(ResponderState, pending, joined, declined, user_cancelled)

struct ResponderRequest {
    ResponderRequestId id;
    IncidentId incident;
    UserId requester;
    std::string message;
    Timestamp created_at;

    bool operator==(const ResponderRequest&) const = default;
};
DESCRIBE(ResponderRequest, id, incident, requester, message, created_at)

enum class ResponderTargetType { user, escalation_policy };
DESCRIBE_ENUM(ResponderTargetType, user, escalation_policy)

/// Whom a request names, and how far a policy among them has come.
struct ResponderTarget {
    ResponderTargetId id;
    ResponderRequestId request;
    IncidentId incident;
    ResponderTargetType type = ResponderTargetType::user;
    /// The user or the policy.
    std::int64_t target = 0;
    /// A policy is followed in the version it had when it was asked, as incidents do.
    int policy_version = 1;
    /// 1-based; 0 before somebody was found.
    int level = 0;
    int loop = 0;
    bool cancelled = false;
    /// When the policy's next level is asked; absent when it stands still.
    std::optional<Timestamp> escalate_at;

    bool operator==(const ResponderTarget&) const = default;
};
DESCRIBE(ResponderTarget, id, request, incident, type, target, policy_version, level, loop, cancelled, escalate_at)

/// A person on an incident; one row for each pair, whoever asks how often.
struct Responder {
    ResponderId id;
    IncidentId incident;
    UserId user;
    ResponderState state = ResponderState::pending;
    /// By which targets they came, the oldest first.
    std::vector<ResponderTargetId> targets;
    /// Of the newest request.
    UserId requester;
    std::string message;
    Timestamp requested_at;
    Timestamp updated_at;
    /// When their next notification rule comes due, and since when its delay counts.
    std::optional<Timestamp> notify_at;
    Timestamp notify_from;

    bool operator==(const Responder&) const = default;
};
DESCRIBE(
    Responder, id, incident, user, state, targets, requester, message, requested_at, updated_at, notify_at, notify_from)

/// People and policies of one request. Ours: the service this follows names no limit.
constexpr int responder_targets_max = 100;
/// Characters of a request's message.
constexpr int responder_message_max = 1'024;

}  // namespace callboard
