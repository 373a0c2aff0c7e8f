#pragma once
// Asking for help with an incident: makes requests, follows policies that were asked, tells the people, and takes their
// answers. The rows and what they mean: domain/incident/responder.h. Every function runs inside a decision.

#include "base/result.h"
#include "domain/incident/lifecycle.h"
#include "domain/incident/responder.h"
#include "storage/tx.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

struct Desk;

/// A user or an escalation policy.
struct AskedTarget {
    ResponderTargetType type = ResponderTargetType::user;
    std::int64_t target = 0;

    bool operator==(const AskedTarget&) const = default;
};

struct NewResponderRequest {
    IncidentId incident;
    UserId requester;
    std::string message;
    /// Existing users and policies.
    std::vector<AskedTarget> targets;
};

/// Asks them. Who has acknowledged the incident already has joined; who is asked again is told again. Errors: 5001,
/// 1001 for a resolved incident.
Result<ResponderRequest> request_responders(Tx& tx, Desk& desk, NewResponderRequest input, Act act);

enum class CancelResult { cancelled, joined, declined, not_found };
DESCRIBE_ENUM(CancelResult, cancelled, joined, declined, not_found)

/// Takes requests back, as far as nobody has answered; one result for each target. Error: 5001.
Result<std::vector<CancelResult>>
cancel_responders(Tx& tx, Desk& desk, IncidentId incident, const std::vector<AskedTarget>& targets, Act act);

enum class ResponderReply { joined, declined };
DESCRIBE_ENUM(ResponderReply, joined, declined)

/// The person's answer. Joining a triggered incident acknowledges it; whoever declined may join later. Errors: 5001;
/// not_found when they were not asked; 2001 when the request was taken back, or they want to decline what they joined.
Result<Responder> reply_to_request(Tx& tx, Desk& desk, IncidentId incident, UserId user, ResponderReply reply, Act act);

/// After a change of an incident with responders: whoever acknowledged has joined, and when it is over so are the
/// requests. Called by save().
void follow_incident(Tx& tx, Desk& desk, const Incident& before, const IncidentChange& change);

/// A person's next notification rule has come due.
void pass_responder(Tx& tx, Desk& desk, ResponderId id);

/// A policy that was asked goes on to its next level.
void pass_responder_target(Tx& tx, Desk& desk, ResponderTargetId id);

/// The request to the person that has not been answered.
std::optional<Responder> open_request(Tx& tx, const Incident& incident, UserId user);

inline bool is_asked(Tx& tx, const Incident& incident, UserId user) {
    return open_request(tx, incident, user).has_value();
}

}  // namespace callboard
