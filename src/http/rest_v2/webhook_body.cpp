#include "http/rest_v2/webhook_body.h"

#include "app/hooks.h"
#include "http/kit/wire.h"
#include "http/rest_v2/resources.h"

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

/// Where those who answer it talk; numbers have no labels here.
json::object conference_data(Wire& wire, const Incident& incident) {
    json::object out;
    out["type"] = "incident_conference_bridge";
    out["incident"] = wire.incident_ref(incident);
    json::array numbers;
    if (incident.conference_number)
        numbers.emplace_back(json::object{{"label", ""}, {"number", *incident.conference_number}});
    out["conference_numbers"] = std::move(numbers);
    out["conference_url"] = text_or_null(incident.conference_url);
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

json::object status_update_data(Wire& wire, const StatusUpdate& update) {
    json::object out;
    out["type"] = "incident_status_update";
    out["id"] = wire.id(update.id);
    out["message"] = update.message;
    out["trimmed"] = false;
    out["incident"] = wire.incident_ref(update.incident);
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

/// Every field that there is, with what it was changed to, and those that were changed with what they were.
json::object fields_data(Wire& wire, FieldSubject subject, const FieldValuesChange& change) {
    json::object out;
    if (subject == FieldSubject::service) {
        out["type"] = "service_field_values";
        out["service"] = wire.service_ref(ServiceId{change.subject_id});
        out["custom_fields"] = field_values_array(wire, enabled_fields_of_services(wire.tx()), change.values);
    } else {
        auto incident = wire.tx().find<Incident>(IncidentId{change.subject_id}).value_or(Incident{});
        out["type"] = "incident_field_values";
        out["incident"] = wire.incident_ref(IncidentId{change.subject_id});
        out["custom_fields"] =
            field_values_array(wire, enabled_fields_of_incidents(wire.tx(), incident.incident_type), change.values);
    }
    json::array before;
    for (const auto& value : change.before)
        if (auto field = wire.tx().find<CustomField>(value.field))
            before.emplace_back(field_value_object(wire, *field, value.value));
    out["changed_custom_fields"] = std::move(before);
    return out;
}

json::object data_of(Wire& wire, const WebhookDelivery& delivery) {
    switch (delivery.resource) {
    case WebhookResource::incident: {
        auto incident = Table<Incident>::from_json(delivery.document);
        bool is_conference = delivery.event_type == "incident.conference_bridge.updated";
        return is_conference ? conference_data(wire, incident) : incident_data(wire, incident);
    }
    case WebhookResource::incident_note: return note_data(wire, Table<IncidentNote>::from_json(delivery.document));
    case WebhookResource::service: return service_data(wire, Table<Service>::from_json(delivery.document));
    case WebhookResource::responder: return responder_data(wire, Table<Responder>::from_json(delivery.document));
    case WebhookResource::status_update:
        return status_update_data(wire, Table<StatusUpdate>::from_json(delivery.document));
    case WebhookResource::incident_fields: return fields_data(wire, FieldSubject::incident, field_values_of(delivery));
    case WebhookResource::service_fields: return fields_data(wire, FieldSubject::service, field_values_of(delivery));
    case WebhookResource::none: break;
    }
    return {{"type", "ping"}, {"message", "Hello from your friends at Callboard"}};
}

}  // namespace

std::string webhook_body(const Site& site, Tx& tx, const WebhookDelivery& delivery) {
    auto request = request_of(site, tx);
    Wire wire(request);
    json::object event;
    event["id"] = wire.id(event_of(delivery));
    event["event_type"] = delivery.event_type;
    event["resource_type"] = delivery.event_type.substr(0, delivery.event_type.find('.'));
    event["occurred_at"] = in_milliseconds(delivery.created_at);
    event["agent"] = wire.agent_ref(delivery.agent);
    event["client"] = nullptr;
    event["data"] = data_of(wire, delivery);
    return json::serialize(json::object{{"event", std::move(event)}});
}

std::string
older_webhook_body(const Site& site, Tx& tx, const WebhookSubscription& extension, const WebhookDelivery& delivery) {
    auto request = request_of(site, tx);
    Wire wire(request);
    auto incident = Table<Incident>::from_json(delivery.document);
    json::object message;
    message["id"] = wire.id(event_of(delivery));
    message["event"] = older_name_of(delivery.event_type);
    message["created_on"] = wire.time(delivery.created_at);
    message["incident"] = incident_object(wire, incident);
    json::array entries;
    for (const auto& entry : tx.list(Query<LogEntry>()
                                         .where(&LogEntry::incident, incident.id)
                                         .where(&LogEntry::created_at, delivery.created_at)
                                         .order_by(&LogEntry::id)))
        if (webhook_event_of(entry, incident) == delivery.event_type)
            entries.emplace_back(log_entry_object(wire, entry));
    message["log_entries"] = std::move(entries);
    auto id = wire.id(ExtensionId{extension.id.value});
    auto webhook = wire.head(id, "webhook", extension.name, "/extensions/" + id, "");
    webhook["name"] = extension.name;
    webhook["endpoint_url"] = extension.url;
    webhook["webhook_object"] = wire.service_ref(incident.service);
    message["webhook"] = std::move(webhook);
    return json::serialize(json::object{{"messages", json::array{std::move(message)}}});
}

}  // namespace callboard::http
