#include "app/channel_message.h"

#include "domain/notify/text.h"
#include "storage/unreadable.h"

#include <fmt/format.h>

namespace callboard {

namespace {

std::string name_of(Tx& tx, UserId id) {
    auto user = tx.find_even_deleted<User>(id);
    return user ? user->name : "somebody who was deleted";
}

std::string assignees_of(Tx& tx, const Incident& incident) {
    std::string names;
    for (const auto& assignment : incident.assignments)
        names += (names.empty() ? "" : ", ") + name_of(tx, assignment.assignee);
    return names.empty() ? "nobody" : names;
}

/// " by Ann"; nothing where the event says it all.
std::string by(Tx& tx, const Agent& agent) {
    switch (agent.type) {
    case AgentType::user: return " by " + name_of(tx, UserId{agent.id});
    case AgentType::integration: return " by an event";
    case AgentType::service:
    case AgentType::none: return {};
    }
    return {};
}

std::string headline(Tx& tx, const WebhookDelivery& delivery, const Incident& incident) {
    const auto& type = delivery.event_type;
    if (type == "incident.triggered") return "Triggered";
    if (type == "incident.reopened") return "Reopened" + by(tx, delivery.agent);
    if (type == "incident.acknowledged") return "Acknowledged" + by(tx, delivery.agent);
    if (type == "incident.unacknowledged") return "Needs somebody again";
    if (type == "incident.resolved") return "Resolved" + by(tx, delivery.agent);
    if (type == "incident.escalated") return "Escalated to " + assignees_of(tx, incident);
    if (type == "incident.delegated") return "Moved to another policy, now with " + assignees_of(tx, incident);
    if (type == "incident.reassigned") return "Given to " + assignees_of(tx, incident) + by(tx, delivery.agent);
    return "Changed";
}

}  // namespace

PageMessage channel_message(Tx& tx, const WebhookDelivery& delivery, const PageLinks& links) {
    auto then = Table<Incident>::from_json(delivery.document);
    auto service = if_readable([&] { return tx.find_even_deleted<Service>(then.service); });
    PagedIncident told;
    told.number = then.incident_number;
    told.title = then.title;
    told.service = service ? service->name : "";
    told.created_at = then.created_at;
    auto text = text_of_page(std::span(&told, 1), 1, then.urgency, tx.setting("account.time_zone").value_or(""));
    PageMessage message{.id = links.ids.text(delivery.id),
                        .to_name = "",
                        .login_email = "",
                        .subject = fmt::format("{}: {}", headline(tx, delivery, then), text.subject),
                        .text = text.text,
                        .short_text = text.short_text,
                        .links = {}};
    if (then.status != IncidentStatus::resolved)
        message.text += fmt::format("Assigned to: {}\n", assignees_of(tx, then));
    auto now = tx.find<Incident>(then.id);
    auto until = delivery.created_at + page_link_lifetime;
    if (now && now->status == IncidentStatus::triggered)
        message.links.push_back(action_link(links, message.id, "Acknowledge", PageAction::acknowledge, until));
    if (now && now->status != IncidentStatus::resolved)
        message.links.push_back(action_link(links, message.id, "Resolve", PageAction::resolve, until));
    message.links.push_back(
        {.label = "Open", .url = links.public_url + "/console/incidents/" + links.ids.text(then.id)});
    return message;
}

}  // namespace callboard
