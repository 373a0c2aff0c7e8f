#pragma once
// What would happen: who would be told of an incident that began at a given moment, in what second and by which way, if
// people answered as supposed. It may begin with an event, which meets the event rules first. The configuration that
// matters is copied into a store of its own in memory, and there the same decisions run as in earnest: accept_event,
// the engine's turns, the pager. Nothing else is written, and nothing leaves.

#include "app/pager.h"
#include "app/story.h"
#include "base/result.h"
#include "domain/calendar/zone.h"
#include "domain/event/event.h"

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
    /// One of three: a service; an escalation policy, for a service that follows it and has no rules of its own; or an
    /// orchestration whose rules lead `event` to a service.
    std::optional<ServiceId> service;
    std::optional<EscalationPolicyId> policy;
    /// `policy` as it would be, instead of as it is stored.
    std::optional<EscalationPolicy> draft;
    std::optional<EventOrchestrationId> orchestration;
    /// A trigger. Absent: one that says nothing, of `severity`, and no rules are asked.
    std::optional<Event> event;
    /// Asked of the service that rules lead the event to. Empty: any will do.
    std::function<bool(ServiceId)> may_use = {};
    /// Asked of the policies that it follows, as they were at the moment that is asked about. Empty: any will do.
    std::function<bool(const EscalationPolicy&)> may_see = {};
    Timestamp at;
    /// Absent: what the service's rule makes of `severity`.
    std::optional<Urgency> urgency;
    Severity severity = Severity::critical;
    std::vector<SupposedAnswer> answers;
    Duration horizon = hours{24};
    /// The ways by which somebody is configured to carry messages, as channel_name has them. Absent: not known.
    std::optional<std::vector<std::string>> channels;
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
    /// Why it would not be sent; empty when it would.
    std::string problem = {};
};

struct Simulation {
    /// That of the policy's own, or of an event that reaches none: 0.
    ServiceId service;
    /// How it ends, in one sentence.
    std::string outcome;
    Timestamp ended_at;
    /// It was ended before nothing more would happen, or before the horizon.
    bool cut_off = false;
    std::vector<SimulatedPage> pages;
    /// What it does not know: history that is not kept, providers that are missing. Sentences.
    std::vector<std::string> remarks;
    /// Absent when no incident would open; `outcome` says why. Ids in it are of the copy, but for those of people,
    /// schedules and policies.
    std::optional<Story> story;
};

constexpr Duration simulation_horizon_max = days{30};
constexpr std::size_t supposed_answers_max = 100;

/// Errors: invalid_input when none or several of service, policy and orchestration are there, one is unknown, somebody
/// who answers is unknown, or a number is out of its range; forbidden when rules lead to a service that may not be
/// used, or it would follow a policy that may not be seen. `tx` may be a reading one.
Result<Simulation> simulate(Tx& tx, const SimulationInput& input);

/// ISO 8601: with an offset that moment, without one when the clock on the wall of `zone` shows it.
std::optional<Timestamp> moment_of(std::string_view text, const Zone& zone);

/// "•••0123", "a•••@example.com".
std::string masked(ContactMethodType type, const std::string& address);

}  // namespace callboard
