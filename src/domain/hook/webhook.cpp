#include "domain/hook/webhook.h"

#include <algorithm>
#include <array>

namespace callboard {

namespace {

constexpr std::array<std::string_view, 31> event_types{
    "incident.acknowledged",
    "incident.action_invocation.created",
    "incident.action_invocation.terminated",
    "incident.action_invocation.updated",
    "incident.annotated",
    "incident.conference_bridge.updated",
    "incident.custom_field_values.updated",
    "incident.delegated",
    "incident.escalated",
    "incident.incident_type.changed",
    "incident.priority_updated",
    "incident.reassigned",
    "incident.reopened",
    "incident.resolved",
    "incident.responder.added",
    "incident.responder.replied",
    "incident.role.assigned",
    "incident.service_updated",
    "incident.status_update_published",
    "incident.task.completed",
    "incident.task.created",
    "incident.task.updated",
    "incident.triggered",
    "incident.unacknowledged",
    "incident.workflow.completed",
    "incident.workflow.started",
    "pagey.ping",
    "service.created",
    "service.custom_field_values.updated",
    "service.deleted",
    "service.updated",
};

}  // namespace

const std::vector<ExtensionSchema>& extension_schemas() {
    static const std::vector<ExtensionSchema> all{
        {"generic_v2_webhook",
         "Generic V2 Webhook",
         "What happens to incidents, as JSON to an address.",
         HookFormat::v2},
        {"slack", "Slack", "Messages with buttons in a channel of Slack.", HookFormat::slack},
        {"microsoft_teams", "Microsoft Teams", "Cards in a channel of Microsoft Teams.", HookFormat::teams},
        {"telegram", "Telegram", "Messages with buttons in a group of Telegram.", HookFormat::telegram},
        {"mattermost", "Mattermost", "Messages with buttons in a channel of Mattermost.", HookFormat::mattermost}};
    return all;
}

std::vector<std::string> events_of(const ExtensionTopics& topics) {
    std::vector<std::string> events{"incident.triggered", "incident.reopened"};
    auto add = [&](bool wanted, std::initializer_list<std::string_view> names) {
        if (wanted) events.insert(events.end(), names.begin(), names.end());
    };
    add(topics.acknowledge, {"incident.acknowledged", "incident.unacknowledged"});
    add(topics.resolve, {"incident.resolved"});
    add(topics.assignments, {"incident.reassigned", "incident.escalated", "incident.delegated"});
    return events;
}

std::string_view older_name_of(std::string_view event_type) {
    constexpr std::pair<std::string_view, std::string_view> names[]{
        {"incident.triggered", "incident.trigger"},
        {"incident.reopened", "incident.trigger"},
        {"incident.acknowledged", "incident.acknowledge"},
        {"incident.unacknowledged", "incident.unacknowledge"},
        {"incident.resolved", "incident.resolve"},
        {"incident.reassigned", "incident.assign"},
        {"incident.escalated", "incident.escalate"},
        {"incident.delegated", "incident.delegate"}};
    for (const auto& [newer, older] : names)
        if (newer == event_type) return older;
    return {};
}

bool is_webhook_event(std::string_view type) { return std::ranges::binary_search(event_types, type); }

std::optional<std::string_view> webhook_event_of(const LogEntry& entry, const Incident& incident) {
    switch (entry.type) {
    case LogEntryType::trigger:
        if (entry.id == incident.first_trigger_log_entry) return "incident.triggered";
        return std::nullopt;
    case LogEntryType::acknowledge: return "incident.acknowledged";
    case LogEntryType::unacknowledge: return "incident.unacknowledged";
    case LogEntryType::resolve: return "incident.resolved";
    case LogEntryType::reopen: return "incident.reopened";
    case LogEntryType::delegate: return "incident.delegated";
    case LogEntryType::escalate:
        // Without people it says that a level was skipped.
        if (!entry.users.empty()) return "incident.escalated";
        return std::nullopt;
    case LogEntryType::assign:
        // By the policy it is part of triggering, escalating or delegating.
        if (incident.assigned_via == AssignedVia::direct_assignment) return "incident.reassigned";
        return std::nullopt;
    case LogEntryType::responder_request:  // app/responders.h: the responder is what is told.
    case LogEntryType::responder_reply:
    case LogEntryType::responder_cancel:
    case LogEntryType::annotate:  // app/hooks.h: the note itself is what is told.
    case LogEntryType::exhaust_escalation_path:
    case LogEntryType::repeat_escalation_path:
    case LogEntryType::notify:
    case LogEntryType::snooze:
    case LogEntryType::urgency_change:
    case LogEntryType::reach_ack_limit:
    case LogEntryType::reach_trigger_limit:
    case LogEntryType::field_value_change:
    case LogEntryType::custom_field_value_change:
    case LogEntryType::merge: return std::nullopt;
    }
    return std::nullopt;
}

void enable(WebhookSubscription& subscription) {
    subscription.disabled_until.reset();
    subscription.disabled_reason.reset();
    subscription.refusals = 0;
}

bool hears(const WebhookSubscription& subscription,
           std::string_view event_type,
           const WebhookSubject& subject,
           Timestamp now) {
    if (!subscription.active || (subscription.disabled_until && now < *subscription.disabled_until)) return false;
    if (std::ranges::find(subscription.events, event_type) == subscription.events.end()) return false;
    if (subscription.format != HookFormat::v3)
        return std::ranges::find(subscription.services, subject.service) != subscription.services.end();
    switch (subscription.filter) {
    case WebhookFilter::account_reference: return true;
    case WebhookFilter::service_reference: return subject.service.value == subscription.filter_id;
    case WebhookFilter::team_reference:
        return std::ranges::find(subject.teams, TeamId{subscription.filter_id}) != subject.teams.end();
    }
    return false;
}

Duration delivery_pause_after(int attempts) {
    constexpr Duration longest = minutes{30};
    Duration pause = seconds{5};
    for (int i = 1; i < attempts && pause < longest; ++i) pause *= 3;
    return std::min(pause, longest);
}

}  // namespace callboard
