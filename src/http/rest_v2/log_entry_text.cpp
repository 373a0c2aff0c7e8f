#include "http/rest_v2/log_entry_text.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

std::string name_of(Wire& wire, const Agent& agent) {
    switch (agent.type) {
    case AgentType::none: return {};
    case AgentType::user: {
        const auto* user = wire.user(UserId{agent.id});
        return user ? user->name : std::string{};
    }
    case AgentType::service: {
        const auto* service = wire.service(ServiceId{agent.id});
        return service ? service->name : std::string{};
    }
    case AgentType::integration: {
        auto integration = wire.tx().find_even_deleted<Integration>(IntegrationId{agent.id});
        return integration ? integration->name : std::string{};
    }
    }
    return {};
}

/// " by Ada", " through the API", " due to timeout"; nothing where nobody acted.
std::string by_whom(Wire& wire, const LogEntry& entry) {
    if (entry.channel == Channel::timeout) return " due to timeout";
    if (entry.agent.type == AgentType::integration)
        return entry.channel == Channel::email ? " through email" : " through the API";
    auto name = name_of(wire, entry.agent);
    return name.empty() ? std::string{} : " by " + name;
}

/// "Ada, Grace".
std::string names(Wire& wire, const LogEntry& entry) {
    std::string out;
    for (auto id : entry.users) {
        const auto* user = wire.user(id);
        if (!out.empty()) out += ", ";
        out += user ? user->name : wire.id(id);
    }
    return out.empty() ? std::string{"nobody"} : out;
}

std::string trigger_text(Wire& wire, const LogEntry& entry) {
    switch (entry.channel) {
    case Channel::website:
    case Channel::web_trigger:
    case Channel::mobile: return "Triggered through the website";
    case Channel::api: return "Triggered through the API";
    case Channel::email: return "Triggered through email";
    case Channel::auto_:
    case Channel::timeout:
    case Channel::note:
    case Channel::sms:
    case Channel::phone: break;
    }
    return "Triggered" + by_whom(wire, entry);
}

std::string resolve_text(Wire& wire, const LogEntry& entry) {
    // The service itself resolves only when its auto-resolve time has run out, or when it is deleted.
    if (entry.agent.type == AgentType::service && !entry.note) return "Resolved due to timeout";
    return "Resolved" + by_whom(wire, entry);
}

}  // namespace

std::string log_entry_summary(Wire& wire, const LogEntry& entry) {
    auto by = [&](std::string_view what) { return std::string{what} + by_whom(wire, entry); };
    switch (entry.type) {
    case LogEntryType::trigger: return trigger_text(wire, entry);
    case LogEntryType::acknowledge: return by("Acknowledged");
    case LogEntryType::unacknowledge: return by("Unacknowledged");
    case LogEntryType::assign: return by("Assigned to " + names(wire, entry));
    case LogEntryType::delegate: return by("Delegated to " + names(wire, entry));
    case LogEntryType::escalate:
        // Without users it tells of a level that was passed over, and why.
        return entry.users.empty() && entry.note ? *entry.note : by("Escalated to " + names(wire, entry));
    case LogEntryType::exhaust_escalation_path:
        return entry.note ? *entry.note : "The end of the escalation policy was reached";
    case LogEntryType::repeat_escalation_path: return "The escalation policy started over";
    case LogEntryType::notify: return "Notified " + names(wire, entry);
    case LogEntryType::resolve: return resolve_text(wire, entry);
    case LogEntryType::snooze: return by("Snoozed");
    case LogEntryType::annotate: return by("Note added");
    case LogEntryType::urgency_change: return by("Urgency changed");
    case LogEntryType::reach_ack_limit: return "Acknowledgement limit reached";
    case LogEntryType::reach_trigger_limit: return "Trigger limit reached: further triggers are not logged";
    case LogEntryType::field_value_change: return by("Field changed");
    case LogEntryType::custom_field_value_change: return by("Custom field changed");
    case LogEntryType::merge: return by("Other incidents merged into this one");
    case LogEntryType::reopen: return by("Reopened");
    case LogEntryType::responder_request:
        // Without users it tells of a policy by which nobody is on call.
        return entry.users.empty() && entry.note ? *entry.note : by("Asked to respond: " + names(wire, entry));
    case LogEntryType::responder_reply: return entry.note.value_or("Answered a responder request");
    case LogEntryType::responder_cancel: return by("Responder request cancelled: " + names(wire, entry));
    }
    return {};
}

}  // namespace callboard::http
