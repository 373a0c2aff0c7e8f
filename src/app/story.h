#pragma once
// Why somebody was told of an incident, and why somebody else was not: the log, the messages and the configuration of
// that time as plain sentences. Everything is read back from what decisions wrote down; nothing is decided here.

#include "base/describe.h"
#include "domain/incident/incident.h"
#include "domain/notify/notification.h"
#include "storage/tx.h"

#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// What a line of the story is about.
enum class StoryReason {
    opened,
    grouped,
    alert_joined,
    triggered_again,
    held,
    /// A rule of an event orchestration had a say in it.
    ruled,
    assigned,
    escalated,
    delegated,
    level_skipped,
    nobody_on_call,
    policy_started_over,
    policy_ended,
    told,
    throttled,
    suppressed,
    not_reached,
    no_notification_rule,
    acknowledged,
    acknowledgement_ended,
    snoozed,
    urgency_changed,
    resolved,
    reopened,
    merged,
    noted,
    changed,
    limit_reached,
    help_asked,
    help_answered,
    help_cancelled,
};
DESCRIBE_ENUM(StoryReason,
              opened,
              grouped,
              alert_joined,
              triggered_again,
              held,
              ruled,
              assigned,
              escalated,
              delegated,
              level_skipped,
              nobody_on_call,
              policy_started_over,
              policy_ended,
              told,
              throttled,
              suppressed,
              not_reached,
              no_notification_rule,
              acknowledged,
              acknowledgement_ended,
              snoozed,
              urgency_changed,
              resolved,
              reopened,
              merged,
              noted,
              changed,
              limit_reached,
              help_asked,
              help_answered,
              help_cancelled)

/// One decision. Its configuration: the policy in the version that the incident followed, the schedule as it was then.
struct StoryLine {
    Timestamp at;
    StoryReason reason = StoryReason::changed;
    std::string sentence;
    /// Whom it is about.
    std::vector<UserId> users;
    /// Of the escalation policy, from 1.
    std::optional<int> level;
    /// The person was on call by it.
    std::optional<ScheduleId> schedule;
    std::optional<NotificationId> notification;
    /// What the decision was based on.
    ConfigUses config = {};
};

/// What decided whether a person was told.
enum class PersonReason {
    told,
    will_be_told,
    not_reached,
    no_notification_rule,
    answered_before_rule,
    answered_before_message_left,
    answered_before_turn,
    turn_comes_later,
    moved_before_turn,
    low_urgency_does_not_escalate,
    assigned_by_hand,
    turn_of_another,
    not_on_call_at_turn,
    not_on_call,
    joined_before_told,
    declined_before_told,
    request_ended_before_told,
};
DESCRIBE_ENUM(PersonReason,
              told,
              will_be_told,
              not_reached,
              no_notification_rule,
              answered_before_rule,
              answered_before_message_left,
              answered_before_turn,
              turn_comes_later,
              moved_before_turn,
              low_urgency_does_not_escalate,
              assigned_by_hand,
              turn_of_another,
              not_on_call_at_turn,
              not_on_call,
              joined_before_told,
              declined_before_told,
              request_ended_before_told)

struct PersonStory {
    UserId user;
    bool told = false;
    PersonReason reason = PersonReason::not_on_call;
    std::string sentence;
    std::optional<int> level;
};

/// A version of configuration, as people know it.
struct ConfigName {
    ConfigUse use;
    std::string name;
    /// Absent when the version was not kept.
    std::optional<Timestamp> since;
};

struct Story {
    EscalationPolicyId policy;
    int policy_version = 1;
    /// Oldest first, at most `story_lines_max`; the rest is counted.
    std::vector<StoryLine> lines;
    std::int64_t lines_left_out = 0;
    /// Everything that the lines were based on.
    std::vector<ConfigName> config;
    /// Those on call by the policy when the incident opened, in the order of its levels, then all others it went to.
    std::vector<PersonStory> people;
};

constexpr int story_lines_max = 500;

/// The story as it stands at tx.now(). Of `only` alone when given, whether they had to do with it or not.
Story tell_story(Tx& tx, const Incident& incident, std::optional<UserId> only = std::nullopt);

/// "42 seconds", "12 minutes 5 seconds", "3 hours 20 minutes", "2 days 4 hours".
std::string span_in_words(Duration span);

/// As configurations and the API name it: "sms", "phone", "email", "push".
std::string_view channel_name(ContactMethodType type);

/// As people do: "text message", "telephone call", "e-mail", "push message", "Slack".
std::string_view way_in_words(ContactMethodType type);

}  // namespace callboard
