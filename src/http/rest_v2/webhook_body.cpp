#include "http/rest_v2/webhook_body.h"

#include "http/kit/wire.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

Request request_of(const Site& site, Tx& tx) {
    Request request{
        .site = site,
        .now = tx.now(),
        .method = "GET",
        .path = "/",
        .query = QueryString{""},
        .body = {},
        .from = {},
        .actor = Actor::guest(),
        .parameters = {},
        .standing = {},
    };
    request.transaction = &tx;
    return request;
}

/// "2026-03-01T12:00:00.123Z": events have milliseconds.
std::string in_milliseconds(Timestamp at) {
    auto text = format_iso8601(at);
    auto fraction = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count() % 1'000;
    text.pop_back();
    return fmt::format("{}.{:03}Z", text, fraction);
}

json::value priority_ref(Wire& wire, const std::optional<PriorityId>& id) {
    auto priority = id ? wire.tx().find<Priority>(*id) : std::nullopt;
    if (!priority) return nullptr;
    auto out = wire.head(
        wire.id(priority->id), "priority_reference", priority->name, "/priorities/" + wire.id(priority->id), "");
    return out;
}

json::value conference_bridge(const Incident& incident) {
    if (!incident.conference_number && !incident.conference_url) return nullptr;
    return json::object{{"conference_number", text_or_null(incident.conference_number)},
                        {"conference_url", text_or_null(incident.conference_url)}};
}

/// `number` and `assignees` here are `incident_number` and `assignments` in REST.
json::object incident_data(Wire& wire, const Incident& incident) {
    auto id = wire.id(incident.id);
    auto out = wire.head(id, "incident", incident.title, "/incidents/" + id, "/incidents/" + id);
    out.erase("summary");
    out["number"] = incident.incident_number;
    out["status"] = text_of(incident.status);
    out["incident_key"] = text_or_null(incident.incident_key);
    out["created_at"] = wire.time(incident.created_at);
    out["title"] = incident.title;
    out["incident_type"] = json::object{{"name", incident.incident_type}};
    out["service"] = wire.service_ref(incident.service);
    json::array assignees;
    for (const auto& assignment : incident.assignments) assignees.emplace_back(wire.user_ref(assignment.assignee));
    out["assignees"] = std::move(assignees);
    out["escalation_policy"] = wire.policy_ref(incident.escalation_policy);
    json::array teams;
    for (auto team : incident.teams) teams.emplace_back(wire.team_ref(team));
    out["teams"] = std::move(teams);
    out["priority"] = priority_ref(wire, incident.priority);
    out["urgency"] = text_of(incident.urgency);
    out["conference_bridge"] = conference_bridge(incident);
    out["resolve_reason"] = nullptr;
    if (incident.merged_into)
        out["resolve_reason"] =
            json::object{{"type", "merge_resolve_reason"}, {"incident", wire.incident_ref(*incident.merged_into)}};
    return out;
}

json::object note_data(Wire& wire, const IncidentNote& note) {
    json::object out;
    out["type"] = "incident_note";
    out["id"] = wire.id(note.id);
    out["content"] = note.content;
    out["trimmed"] = false;
    out["incident"] = wire.incident_ref(note.incident);
    return out;
}

json::object responder_data(Wire& wire, const Responder& responder) {
    json::object out;
    out["type"] = "incident_responder";
    out["incident"] = wire.incident_ref(responder.incident);
    out["user"] = wire.user_ref(responder.user);
    out["escalation_policy"] = nullptr;
    for (auto id : responder.targets)
        if (auto target = wire.tx().find<ResponderTarget>(id);
            target && target->type == ResponderTargetType::escalation_policy)
            out["escalation_policy"] = wire.policy_ref(EscalationPolicyId{target->target});
    out["message"] = responder.message;
    out["state"] = text_of(responder.state);
    out["requester"] = wire.user_ref(responder.requester);
    return out;
}

json::object service_data(Wire& wire, const Service& service) {
    auto id = wire.id(service.id);
    auto out = wire.head(id, "service", service.name, "/services/" + id, "/service-directory/" + id);
    out["alert_creation"] = text_of(service.alert_creation);
    json::array teams;
    const auto* policy = wire.policy(service.escalation_policy);
    if (policy && policy->team) teams.emplace_back(wire.team_ref(*policy->team));
    out["teams"] = std::move(teams);
    return out;
}

json::object data_of(Wire& wire, const WebhookDelivery& delivery) {
    switch (delivery.resource) {
    case WebhookResource::incident: return incident_data(wire, Table<Incident>::from_json(delivery.document));
    case WebhookResource::incident_note: return note_data(wire, Table<IncidentNote>::from_json(delivery.document));
    case WebhookResource::service: return service_data(wire, Table<Service>::from_json(delivery.document));
    case WebhookResource::responder: return responder_data(wire, Table<Responder>::from_json(delivery.document));
    case WebhookResource::none: break;
    }
    return {{"type", "ping"}, {"message", "Hello from your friends at Callboard"}};
}

}  // namespace

std::string webhook_body(const Site& site, Tx& tx, const WebhookDelivery& delivery) {
    auto request = request_of(site, tx);
    Wire wire(request);
    json::object event;
    event["id"] = wire.id(delivery.id);
    event["event_type"] = delivery.event_type;
    event["resource_type"] = delivery.event_type.substr(0, delivery.event_type.find('.'));
    event["occurred_at"] = in_milliseconds(delivery.created_at);
    event["agent"] = wire.agent_ref(delivery.agent);
    event["client"] = nullptr;
    event["data"] = data_of(wire, delivery);
    return json::serialize(json::object{{"event", std::move(event)}});
}

}  // namespace callboard::http
