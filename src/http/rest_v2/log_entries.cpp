// REST "Log Entries": what happened to incidents, newest first.

#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/scan.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/event_document.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/log_entry_text.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/routes.h"
#include "http/rest_v2/team_scope.h"

#include <fmt/format.h>

namespace callboard::http {

namespace {

Error log_entry_not_found() { return errors::not_found("Log Entry Not Found", 5001); }

// --- Writing ---

/// The type as clients know it: some of ours are not in the API's list (docs/compatibility.md, "Log entries").
LogEntryType public_type(LogEntryType type) {
    bool is_about_responders = type == LogEntryType::responder_request || type == LogEntryType::responder_reply ||
                               type == LogEntryType::responder_cancel;
    if (type == LogEntryType::merge || is_about_responders) return LogEntryType::annotate;
    if (type == LogEntryType::reopen) return LogEntryType::trigger;
    return type;
}

bool triggered_by_hand(const LogEntry& entry) {
    bool by_hand =
        entry.channel == Channel::website || entry.channel == Channel::web_trigger || entry.channel == Channel::mobile;
    return entry.type == LogEntryType::trigger && by_hand;
}

/// Incidents made on the website are "web_trigger" in the log; everything else people do there is "website".
std::string_view channel_type(const LogEntry& entry) {
    bool on_website = entry.channel == Channel::website;
    return text_of(on_website && triggered_by_hand(entry) ? Channel::web_trigger : entry.channel);
}

struct TriggerTexts {
    std::string description;
    std::optional<std::string> key;
    Severity severity = Severity::critical;
};

/// What the event said, from the alert it made; incidents without alerts carry the same themselves.
TriggerTexts trigger_texts(Wire& wire, const LogEntry& entry) {
    TriggerTexts texts;
    auto alert = entry.alert ? wire.tx().find<Alert>(*entry.alert) : std::nullopt;
    if (alert) return {alert->summary, alert->alert_key, alert->severity};
    if (const auto* incident = wire.incident(entry.incident)) {
        texts.description = incident->title;
        texts.key = incident->incident_key;
    }
    return texts;
}

void write_api_trigger(Wire& wire, const LogEntry& entry, json::object& channel) {
    auto texts = trigger_texts(wire, entry);
    auto view = view_of_event(wire, entry.event.value_or(""), texts.description, text_of(texts.severity));
    channel["summary"] = texts.description;
    // The integration's key could send events: nobody needs it to read a log.
    channel["service_key"] = nullptr;
    channel["description"] = texts.description;
    channel["incident_key"] = text_or_null(texts.key);
    channel["details"] = std::move(view.details);
    channel["cef_details"] = std::move(view.cef_details);
}

json::object channel_object(Wire& wire, const LogEntry& entry) {
    json::object channel{{"type", channel_type(entry)}};
    if (!wire.includes("channels")) return channel;
    const auto* incident = wire.incident(entry.incident);
    if (entry.type == LogEntryType::trigger && entry.event) {
        write_api_trigger(wire, entry, channel);
    } else if (triggered_by_hand(entry) && incident) {
        channel["summary"] = incident->title;
        channel["subject"] = incident->title;
        channel["details"] = text_or_null(incident->body);
    } else if (entry.type == LogEntryType::snooze && entry.until) {
        channel["duration"] = std::chrono::round<seconds>(*entry.until - entry.created_at).count();
    } else if (entry.notification) {
        if (auto row = wire.tx().find<Notification>(*entry.notification))
            channel["notification"] = notification_object(wire, *row);
    } else if (entry.type == LogEntryType::annotate) {
        channel["summary"] = text_or_null(entry.note);
    }
    return channel;
}

json::array users_array(Wire& wire, const LogEntry& entry) {
    json::array out;
    for (auto user : entry.users) out.emplace_back(wire.user_ref(user));
    return out;
}

json::object unacknowledge_action(Wire& wire, Timestamp at) {
    return json::object{{"type", "unacknowledge"}, {"at", wire.time(at)}};
}

/// Members that only some types have.
void write_particulars(Wire& wire, const LogEntry& entry, json::object& out) {
    switch (entry.type) {
    case LogEntryType::assign:
    case LogEntryType::delegate:
    case LogEntryType::escalate: out["assignees"] = users_array(wire, entry); return;
    case LogEntryType::notify:
        out["user"] = entry.users.empty() ? json::value(nullptr) : wire.user_ref(entry.users.front());
        return;
    case LogEntryType::acknowledge:
        out["acknowledgement_timeout"] = nullptr;
        if (entry.until)
            out["acknowledgement_timeout"] = std::chrono::round<seconds>(*entry.until - entry.created_at).count();
        return;
    case LogEntryType::snooze: {
        json::array actions;
        if (entry.until) actions.emplace_back(unacknowledge_action(wire, *entry.until));
        out["changed_actions"] = std::move(actions);
        return;
    }
    case LogEntryType::trigger:
    case LogEntryType::unacknowledge:
    case LogEntryType::exhaust_escalation_path:
    case LogEntryType::repeat_escalation_path:
    case LogEntryType::resolve:
    case LogEntryType::annotate:
    case LogEntryType::urgency_change:
    case LogEntryType::reach_ack_limit:
    case LogEntryType::reach_trigger_limit:
    case LogEntryType::field_value_change:
    case LogEntryType::custom_field_value_change:
    case LogEntryType::merge:
    case LogEntryType::reopen:
    case LogEntryType::responder_request:
    case LogEntryType::responder_reply:
    case LogEntryType::responder_cancel: return;
    }
}

// --- Reading ---

/// Ids grow with time, so the lower bound is a place in the table; `created_at` decides, since objects brought in
/// from elsewhere may be older than their ids.
Result<Query<LogEntry>> filtered(Request& request, const Wire& wire) {
    auto query = Query<LogEntry>().order_by(&LogEntry::id, Order::descending);
    TRY(auto range, SentRange::of(request, wire.zone()));
    if (range.since && range.until) CHECK_OK(range.both());
    if (range.since)
        query.at_least(&LogEntry::id, LogEntryId{IdSource::first_of(*range.since)})
            .at_least(&LogEntry::created_at, *range.since);
    if (range.until) query.below(&LogEntry::created_at, *range.until);
    if (request.query.flag("is_overview")) query.where_not(&LogEntry::type, LogEntryType::notify);
    if (request.query.has("team_ids"))
        query.where_in(&LogEntry::service, services_of_teams(request.tx(), request.query_ids<TeamId>("team_ids")));
    return query;
}

/// The entry of the path, which is its incident's.
Result<LogEntry> entry_of_path(Request& request) {
    TRY(auto entry, request.path_row<LogEntry>("id", log_entry_not_found()));
    auto incident = request.tx().find<Incident>(entry.incident);
    if (!incident) return log_entry_not_found();
    CHECK_OK(permit_incident(request, *incident, log_entry_not_found()));
    return entry;
}

Result<Reply> list_entries(Request& request) {
    Wire wire(request, account_zone(request.tx()));
    CHECK_OK(wire.check());
    TRY(auto query, filtered(request, wire));
    auto write = [&](const LogEntry& entry) { return log_entry_object(wire, entry); };
    if (!sees_part(request)) return page_of(request, "log_entries", std::move(query), write);
    // An entry is its incident's, whose teams need not be its service's.
    TRY(auto page, Paging::of(request));
    auto keep = [&](const LogEntry& entry) {
        const auto* incident = wire.incident(entry.incident);
        return incident && knows(request, *incident);
    };
    return page_of(request, "log_entries", scan(request.tx(), std::move(query), rows_wanted(page), keep), write);
}

Result<Reply> list_entries_of_incident(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    Wire wire(request, account_zone(request.tx()));
    CHECK_OK(wire.check());
    TRY(auto query, filtered(request, wire));
    query.where(&LogEntry::incident, incident.id);
    auto write = [&](const LogEntry& entry) { return log_entry_object(wire, entry); };
    return page_of(request, "log_entries", std::move(query), write);
}

Result<Reply> get_entry(Request& request) {
    Wire wire(request, account_zone(request.tx()));
    CHECK_OK(wire.check());
    TRY(auto entry, entry_of_path(request));
    return ok(json::object{{"log_entry", log_entry_object(wire, entry)}});
}

/// The details of a trigger made by hand are the incident's own text: both are changed by changing one.
Result<Reply> update_channel(Request& request) {
    CHECK_OK(request.requester());
    TRY(auto entry, entry_of_path(request));
    TRY(auto fields, Fields::of(request, "channel"));
    std::string type;
    std::string details;
    fields.text("type", type, {.required = true});
    fields.text("details", details, {.required = true});
    if (!type.empty() && type != channel_type(entry))
        fields.problem("type", "cannot be changed and must match the present value");
    if (!triggered_by_hand(entry)) fields.sentence("Only the channel of a web_trigger or mobile entry can be updated");
    CHECK_OK(fields.check());
    auto incident = request.tx().find<Incident>(entry.incident);
    if (!incident) return log_entry_not_found();
    incident->body = std::move(details);
    incident->updated_at = request.now;
    request.tx().update(*incident);
    return Reply{202, nullptr, {}};
}

constexpr Route table[] = {
    {Verb::get, "/log_entries", "incidents.read", Need::view, list_entries, Reach::team},
    {Verb::get, "/log_entries/{id}", "incidents.read", Need::view, get_entry, Reach::team},
    {Verb::put, "/log_entries/{id}/channel", "incidents.write", Need::respond, update_channel, Reach::team},
    {Verb::get, "/incidents/{id}/log_entries", "incidents.read", Need::view, list_entries_of_incident, Reach::team},
};

}  // namespace

json::object log_entry_object(Wire& wire, const LogEntry& entry) {
    auto id = wire.id(entry.id);
    auto incident_id = wire.id(entry.incident);
    auto out = wire.head(id,
                         std::string{text_of(public_type(entry.type))} + "_log_entry",
                         log_entry_summary(wire, entry),
                         fmt::format("/log_entries/{}?incident_id={}", id, incident_id),
                         fmt::format("/incidents/{}/log_entries/{}", incident_id, id));
    out["created_at"] = wire.time(entry.created_at);
    out["agent"] = wire.agent_ref(entry.agent);
    out["channel"] = channel_object(wire, entry);
    out["service"] = service_ref_or_full(wire, entry.service);
    const auto* incident = wire.incident(entry.incident);
    out["incident"] =
        reference_or_full(wire, "incidents", incident, wire.incident_ref(entry.incident), incident_object);
    json::array teams;
    if (incident)
        for (auto team : incident->teams) teams.emplace_back(team_ref_or_full(wire, team));
    out["teams"] = std::move(teams);
    out["contexts"] = entry.event ? contexts_of_event(wire, *entry.event) : json::array{};
    out["note"] = text_or_null(entry.note);
    json::object details;
    if (entry.type == LogEntryType::trigger) details["description"] = trigger_texts(wire, entry).description;
    out["event_details"] = std::move(details);
    out["changeset"] = json::array{};
    write_particulars(wire, entry, out);
    return out;
}

std::span<const Route> log_entry_routes() { return table; }

}  // namespace callboard::http
