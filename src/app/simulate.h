#pragma once
// What would happen: who would be told of an incident that began at a given moment, in what second and by which way, if
// people answered as supposed. The configuration that matters is copied into a store of its own in memory, and there
// the same decisions run as in earnest: accept_event, the engine's turns, the pager. Nothing else is written, and
// nothing leaves.

#include "app/pager.h"
#include "app/story.h"
#include "base/result.h"
#include "domain/calendar/zone.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// Somebody answers, this long after the beginning.
struct SupposedAnswer {
    UserId user;
    Duration after{0};
    PageAction action = PageAction::acknowledge;
};

struct SimulationInput {
    /// Either a service or, for one that follows it and has no rules of its own, an escalation policy.
    std::optional<ServiceId> service;
    std::optional<EscalationPolicyId> policy;
    Timestamp at;
    /// Absent: what the service's rule makes of `severity`.
    std::optional<Urgency> urgency;
    Severity severity = Severity::critical;
    std::vector<SupposedAnswer> answers;
    Duration horizon = hours{24};
    /// Asked before each turn; once false, the simulation ends where it is. Empty: it may go on as long as it takes.
    std::function<bool()> may_go_on = {};
};

/// A message as it would leave.
struct SimulatedPage {
    Timestamp at;
    UserId user;
    ContactMethodType type = ContactMethodType::email_contact_method;
    /// Where to, all but its end hidden.
    std::string to;
    /// "Level 1 of the escalation policy; a rule of theirs for high urgency, 5 minutes after it came to them."
    std::string reason;
};

struct Simulation {
    ServiceId service;
    /// How it ends, in one sentence.
    std::string outcome;
    Timestamp ended_at;
    /// It was ended before nothing more would happen, or before the horizon.
    bool cut_off = false;
    std::vector<SimulatedPage> pages;
    /// Absent when no incident would open; `outcome` says why. Ids in it are of the copy, but for those of people,
    /// schedules and policies.
    std::optional<Story> story;
};

constexpr Duration simulation_horizon_max = days{30};
constexpr std::size_t supposed_answers_max = 100;

/// Errors: invalid_input when neither or both of service and policy are there, one is unknown, somebody who answers is
/// unknown, or a number is out of its range. `tx` may be a reading one.
Result<Simulation> simulate(Tx& tx, const SimulationInput& input);

/// ISO 8601: with an offset that moment, without one when the clock on the wall of `zone` shows it.
std::optional<Timestamp> moment_of(std::string_view text, const Zone& zone);

/// "•••0123", "a•••@example.com".
std::string masked(ContactMethodType type, const std::string& address);

}  // namespace callboard
