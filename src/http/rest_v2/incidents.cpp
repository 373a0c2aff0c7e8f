// REST "Incidents": list, read, create, update one and many, merge, snooze. Notes and alerts have files of their own.

#include "base/secret.h"
#include "domain/incident/incident.h"
#include "http/kit/fields.h"
#include "http/kit/page.h"
#include "http/kit/permit.h"
#include "http/kit/scan.h"
#include "http/kit/time_range.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/people.h"
#include "http/rest_v2/resources.h"
#include "http/rest_v2/responders.h"
#include "http/rest_v2/routes.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

namespace {

constexpr std::size_t bulk_max = 250;      // REST: updateIncidents.
constexpr auto window_default = days{30};  // REST: "the last month".
constexpr auto window_max = days{184};     // REST: six months.

// --- Writing ---

json::array assignments_array(Wire& wire, const Incident& incident) {
    json::array out;
    for (const auto& assignment : incident.assignments)
        out.emplace_back(json::object{{"at", wire.time(assignment.at)},
                                      {"assignee", user_ref_or_full(wire, assignment.assignee, "assignees")}});
    return out;
}

json::array acknowledgements_array(Wire& wire, const Incident& incident) {
    json::array out;
    for (const auto& acknowledgement : incident.acknowledgements) {
        const auto& by = acknowledgement.acknowledger;
        // An event acknowledges on behalf of the service: the API knows no other acknowledgers.
        auto who = by.type == AgentType::user ? user_ref_or_full(wire, UserId{by.id}, "acknowledgers")
                                              : wire.service_ref(incident.service);
        out.emplace_back(json::object{{"at", wire.time(acknowledgement.at)}, {"acknowledger", std::move(who)}});
    }
    return out;
}

json::value agent_value(Wire& wire, const Agent& agent) {
    if (agent.type == AgentType::user) return user_ref_or_full(wire, UserId{agent.id}, "agents");
    if (agent.type == AgentType::service && wire.includes("agents"))
        if (const auto* service = wire.service(ServiceId{agent.id})) return service_object(wire, *service);
    return wire.agent_ref(agent);
}

json::array pending_actions_array(Wire& wire, const Incident& incident) {
    json::array out;
    auto add = [&](std::string_view type, const std::optional<Timestamp>& at) {
        if (at) out.emplace_back(json::object{{"type", type}, {"at", wire.time(*at)}});
    };
    add("escalate", incident.escalate_at);
    add("unacknowledge", incident.unacknowledge_at);
    add("resolve", incident.resolve_at);
    if (incident.urgency_change_at)
        out.emplace_back(
            json::object{{"type", "urgency_change"}, {"at", wire.time(*incident.urgency_change_at)}, {"to", "high"}});
    return out;
}

json::object trigger_entry(Wire& wire, const Incident& incident) {
    if (wire.includes("first_trigger_log_entries"))
        if (auto entry = wire.tx().find<LogEntry>(incident.first_trigger_log_entry))
            return log_entry_object(wire, *entry);
    auto id = wire.id(incident.first_trigger_log_entry);
    auto incident_id = wire.id(incident.id);
    return wire.head(id,
                     "trigger_log_entry_reference",
                     incident.manual ? "Triggered through the website" : "Triggered through the API",
                     fmt::format("/log_entries/{}?incident_id={}", id, incident_id),
                     fmt::format("/incidents/{}/log_entries/{}", incident_id, id));
}

json::value priority_value(Wire& wire, const Incident& incident) {
    if (!incident.priority) return nullptr;
    auto priority = wire.tx().find<Priority>(*incident.priority);
    if (!priority) return nullptr;
    return priority_object(wire, *priority);
}

json::value resolve_reason_value(Wire& wire, const Incident& incident) {
    if (!incident.merged_into) return nullptr;
    return json::object{{"type", "merge_resolve_reason"}, {"incident", wire.incident_ref(*incident.merged_into)}};
}

json::value conference_bridge_value(const Incident& incident) {
    if (!incident.conference_number && !incident.conference_url) return nullptr;
    return json::object{{"conference_number", text_or_null(incident.conference_number)},
                        {"conference_url", text_or_null(incident.conference_url)}};
}

json::object alert_counts_object(const Incident& incident) {
    return json::object{{"all", incident.alert_count},
                        {"triggered", incident.alert_count - incident.resolved_alert_count},
                        {"resolved", incident.resolved_alert_count}};
}

void write_life(Wire& wire, const Incident& incident, json::object& out) {
    out["assignments"] = assignments_array(wire, incident);
    out["assigned_via"] = text_of(incident.assigned_via);
    out["last_status_change_at"] = wire.time(incident.last_status_change_at);
    out["last_status_change_by"] = agent_value(wire, incident.last_status_change_by);
    out["resolved_at"] = wire.time(incident.resolved_at);
    out["first_trigger_log_entry"] = trigger_entry(wire, incident);
    out["alert_counts"] = alert_counts_object(incident);
    out["is_mergeable"] = incident.status != IncidentStatus::resolved && (incident.alert_count > 0 || incident.manual);
    out["pending_actions"] = pending_actions_array(wire, incident);
    out["acknowledgements"] = acknowledgements_array(wire, incident);
    out["alert_grouping"] = nullptr;
    out["priority"] = priority_value(wire, incident);
    out["resolve_reason"] = resolve_reason_value(wire, incident);
    write_responders(wire, incident, out);
    out["urgency"] = text_of(incident.urgency);
}

// --- Listing ---

Result<SentRange> window_of(Request& request, const Wire& wire) {
    auto range = request.query.text("date_range").value_or("");
    if (range == "all") return SentRange{};
    if (!range.empty()) return errors::invalid_input("Date range must be all");
    TRY(auto window, SentRange::of(request, wire.zone()));
    if (window.since && window.until) {
        TRY(auto both, window.both());
        CHECK_OK(check_span(both, window_max));
    }
    if (!window.since) window.since = window.until.value_or(request.now) - window_default;
    return window;
}

template <class E>
Result<std::vector<E>> choices(const Request& request, std::string_view name) {
    std::vector<E> out;
    for (const auto& text : request.query.all(name)) {
        auto value = parse_enum<E>(text);
        if (!value)
            return errors::invalid_input(fmt::format("{} must be one of: {}", in_words(name), all_texts_of<E>()));
        out.push_back(*value);
    }
    return out;
}

Result<void> sort(const Request& request, Query<Incident>& query) {
    auto text = request.query.text("sort_by").value_or("incident_number");
    int fields = 0;
    while (!text.empty()) {
        auto comma = text.find(',');
        auto field = text.substr(0, comma);
        text.erase(0, comma == std::string::npos ? text.size() : comma + 1);
        auto colon = field.find(':');
        auto direction = colon == std::string::npos ? std::string{"asc"} : field.substr(colon + 1);
        field.resize(std::min(colon, field.size()));
        auto order = direction == "desc" ? Order::descending : Order::ascending;
        bool known = ++fields <= 2 && (direction == "asc" || direction == "desc");
        if (field == "incident_number")
            query.order_by(&Incident::incident_number, order);
        else if (field == "created_at")
            query.order_by(&Incident::id, order);
        else if (field == "resolved_at")
            query.order_by(&Incident::resolved_at, order);
        else if (field == "urgency")
            query.order_by(&Incident::urgency, order);
        else
            known = false;
        if (!known)
            return errors::invalid_input("Sort by must be at most two of incident_number, created_at, resolved_at, "
                                         "urgency, each with :asc or :desc");
    }
    return {};
}

/// Incidents whose own key, or the key of one of their alerts, is `key`.
void with_key(Tx& tx, Query<Incident>& query, const std::string& key, const SentRange& window) {
    std::vector<IncidentId> ids;
    auto alerts = Query<Alert>().where(&Alert::alert_key, key);
    if (window.since) alerts.at_least(&Alert::created_at, *window.since);
    for (const auto& alert : tx.list(alerts))
        if (alert.incident) ids.push_back(*alert.incident);
    for (const auto& incident : tx.list(Query<Incident>(query).where(&Incident::incident_key, key)))
        ids.push_back(incident.id);
    query.where_in(&Incident::id, ids);
}

/// What SQL does not look into: teams, assignees, and what is hidden from the requester.
struct Filter {
    std::vector<TeamId> teams;
    std::vector<UserId> users;
    /// Null when nothing is hidden.
    Request* requester = nullptr;

    [[nodiscard]] bool active() const { return !teams.empty() || !users.empty() || requester; }

    [[nodiscard]] bool keeps(const Incident& incident) const {
        if (requester && !sees(*requester, incident)) return false;
        auto in_teams = [&](TeamId team) { return std::ranges::find(teams, team) != teams.end(); };
        auto in_users = [&](const Assignment& a) { return std::ranges::find(users, a.assignee) != users.end(); };
        if (!teams.empty() && std::ranges::none_of(incident.teams, in_teams)) return false;
        return users.empty() || std::ranges::any_of(incident.assignments, in_users);
    }
};

Result<Query<Incident>> list_query(Request& request, const Wire& wire, const Filter& filter) {
    TRY(auto window, window_of(request, wire));
    Query<Incident> query;
    if (window.since) query.at_least(&Incident::id, IdSource::first_of(*window.since));
    if (window.until) query.below(&Incident::id, IdSource::first_of(*window.until));
    TRY(auto statuses, choices<IncidentStatus>(request, "statuses"));
    bool open_only = !filter.users.empty() ||
                     (!statuses.empty() && std::ranges::find(statuses, IncidentStatus::resolved) == statuses.end());
    if (open_only) query.below(&Incident::status, IncidentStatus::resolved);
    if (!statuses.empty()) query.where_in(&Incident::status, statuses);
    TRY(auto urgencies, choices<Urgency>(request, "urgencies"));
    if (!urgencies.empty()) query.where_in(&Incident::urgency, urgencies);
    if (request.query.has("service_ids"))
        query.where_in(&Incident::service, request.query_ids<ServiceId>("service_ids"));
    if (auto key = request.query.text("incident_key")) with_key(request.tx(), query, *key, window);
    CHECK_OK(sort(request, query));
    return query;
}

Result<Reply> list_incidents(Request& request) {
    Wire wire(request);
    CHECK_OK(wire.check());
    Filter filter{request.query_ids<TeamId>("team_ids"),
                  request.query_ids<UserId>("user_ids"),
                  sees_part(request) ? &request : nullptr};
    TRY(auto query, list_query(request, wire, filter));
    auto write = [&](const Incident& incident) { return incident_object(wire, incident); };
    if (!filter.active()) return page_of(request, "incidents", std::move(query), write);
    TRY(auto page, Paging::of(request));
    auto keep = [&](const Incident& incident) { return filter.keeps(incident); };
    return page_of(request, "incidents", scan(request.tx(), std::move(query), rows_wanted(page), keep), write);
}

Result<Reply> get_incident(Request& request) {
    Wire wire(request);
    CHECK_OK(wire.check());
    TRY(auto incident, find_incident(request, request.parameter("id")));
    return ok(json::object{{"incident", incident_object(wire, incident)}});
}

// --- Creating ---

/// An object {id,type}, or the priority's name as a plain string: the highest of that name.
bool read_priority(Fields& fields, std::optional<PriorityId>& target) {
    const auto* sent = fields.raw("priority");
    if (!sent) return false;
    if (!sent->is_string()) return fields.reference<Priority>("priority", target);
    std::string name{sent->get_string().data(), sent->get_string().size()};
    auto found = fields.request().tx().first(Query<Priority>().where(&Priority::name, name).order_by(&Priority::rank));
    if (!found) {
        fields.problem("priority", "not found");
        return false;
    }
    target = found->id;
    return true;
}

std::optional<std::vector<UserId>> read_assignees(Fields& fields) {
    if (!fields.sent("assignments") || fields.sent_null("assignments")) return std::nullopt;
    std::vector<UserId> users;
    for (auto& element : fields.elements("assignments")) {
        UserId user;
        if (element.reference<User>("assignee", user, true)) {
            refuse_stakeholder(element, "assignee", user);
            users.push_back(user);
        }
        fields.adopt(element);
    }
    return users;
}

void read_conference(Fields& fields, std::optional<std::string>& number, std::optional<std::string>& url) {
    auto bridge = fields.nested("conference_bridge");
    if (!bridge) return;
    bridge->text("conference_number", number, {.max = 255});
    bridge->text("conference_url", url, {.max = 2'048});
    fields.adopt(*bridge);
}

/// The name of the type; absent when none was sent.
std::optional<std::string> read_incident_type(Fields& fields) {
    auto sent = fields.nested("incident_type");
    std::string name;
    if (!sent || !sent->text("name", name, {.max = 50})) return std::nullopt;
    auto type = find_incident_type(fields.request(), name);
    if (!type || !type->enabled) sent->problem("name", "is not that of an enabled incident type");
    fields.adopt(*sent);
    return type ? std::optional(type->name) : std::nullopt;
}

Result<NewIncident> read_new_incident(Fields& fields, Tx& tx) {
    NewIncident input;
    ServiceId service_id;
    fields.text("title", input.title, {.required = true, .max = 1024});
    fields.reference<Service>("service", service_id, true);
    bool own_urgency = fields.choice("urgency", input.urgency);
    read_priority(fields, input.priority);
    // One is made where none is given, as for events.
    if (!fields.text("incident_key", input.incident_key, {.max = 255}) || !input.incident_key ||
        input.incident_key->empty())
        input.incident_key = random_hex();
    if (auto body = fields.nested("body")) {
        body->text("details", input.body);
        fields.adopt(*body);
    }
    if (auto type = read_incident_type(fields)) input.incident_type = std::move(*type);
    read_conference(fields, input.conference_number, input.conference_url);
    EscalationPolicyId policy;
    bool own_policy = fields.reference<EscalationPolicy>("escalation_policy", policy);
    if (auto assignees = read_assignees(fields)) input.assignees = std::move(*assignees);
    if (own_policy && !input.assignees.empty()) fields.sentence("Assignments and escalation policy exclude each other");
    if (input.assignees.size() > 1) fields.sentence("Assignments may hold one assignee only");
    CHECK_OK(fields.check());
    input.service = service_id;
    auto service = *tx.find<Service>(service_id);
    input.escalation_policy = own_policy ? policy : service.escalation_policy;
    if (!own_urgency)
        input.urgency = urgency_for(service, Severity::critical, ConfigCache::local_moment(service, tx.now()));
    input.manual = true;
    return input;
}

Result<Reply> create_incident(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto fields, Fields::of(request, "incident"));
    TRY(auto input, read_new_incident(fields, request.tx()));
    CHECK_OK(permit(request, teams_of(request.tx(), *request.tx().find<Service>(input.service))));
    auto& desk = request.site.desk;
    if (input.incident_key && desk.book.find({input.service.value, *input.incident_key}))
        return Error{ErrorKind::invalid,
                     2002,
                     "Arguments Caused Error",
                     {"Open incident with matching dedup key already exists on this service"}};
    Act act{agent_of(requester.id), Channel::website, request.now};
    bool to_oneself = input.assignees == std::vector{requester.id};
    TRY(auto incident, open_incident(request.tx(), desk, std::move(input), act));
    // Whoever gives an incident to themselves has seen it.
    if (to_oneself) {
        TRY(incident, acknowledge_incident(request.tx(), desk, incident.id, act));
    }
    Wire wire(request);
    return created(json::object{{"incident", incident_object(wire, incident)}});
}

// --- Updating ---

Result<IncidentUpdate> read_update(Fields& fields, IncidentId id) {
    IncidentUpdate update;
    update.id = id;
    IncidentStatus status{};
    if (fields.choice("status", status)) update.status = status;
    fields.text("resolution", update.resolution);
    std::string title;
    if (fields.text("title", title, {.min = 1, .max = 1024})) update.title = title;
    Urgency urgency{};
    if (fields.choice("urgency", urgency)) update.urgency = urgency;
    std::optional<PriorityId> priority;
    if (read_priority(fields, priority)) update.priority = priority;
    int level = 0;
    if (fields.number("escalation_level", level, {.min = 1})) update.escalation_level = level;
    update.assignees = read_assignees(fields);
    EscalationPolicyId policy;
    if (fields.reference<EscalationPolicy>("escalation_policy", policy)) update.escalation_policy = policy;
    ServiceId service;
    if (fields.reference<Service>("service", service)) update.service = service;
    update.incident_type = read_incident_type(fields);
    read_conference(fields, update.conference_number, update.conference_url);
    if (update.assignees && update.assignees->empty()) update.assignees.reset();
    if (update.assignees && update.escalation_policy)
        fields.sentence("Assignments and escalation policy exclude each other");
    CHECK_OK(fields.check());
    return update;
}

Result<Reply> update_one(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto fields, Fields::of(request, "incident"));
    TRY(auto update, read_update(fields, incident.id));
    Act act{agent_of(requester.id), Channel::website, request.now};
    TRY(incident, update_incident(request.tx(), request.site.desk, update, act));
    Wire wire(request);
    return ok(json::object{{"incident", incident_object(wire, incident)}});
}

/// All or nothing: the first refusal undoes the rest.
Result<Reply> update_many(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto fields, Fields::of(request, ""));
    auto elements = fields.elements("incidents", true);
    CHECK_OK(fields.check());
    // Each incident is asked about when it is found; a list of none needs no permission.
    request.permission_asked = true;
    if (elements.size() > bulk_max)
        return Error{
            ErrorKind::too_large, 2001, "Invalid Input Provided", {"At most 250 incidents can be updated at once"}};
    Act act{agent_of(requester.id), Channel::website, request.now};
    Wire wire(request);
    std::vector<Incident> updated;
    for (auto& element : elements) {
        std::string id;
        element.text("id", id, {.required = true});
        CHECK_OK(element.check());
        TRY(auto incident, find_incident(request, id));
        TRY(auto update, read_update(element, incident.id));
        TRY(auto done, update_incident(request.tx(), request.site.desk, update, act));
        updated.push_back(std::move(done));
    }
    json::array items;
    for (const auto& incident : updated) items.emplace_back(incident_object(wire, incident));
    Paging page;
    return ok(page_body("incidents", std::move(items), page, false, 0));
}

Result<Reply> merge(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto target, find_incident(request, request.parameter("id")));
    TRY(auto fields, Fields::of(request, ""));
    std::vector<IncidentId> sources;
    for (auto& element : fields.elements("source_incidents", true)) {
        std::string id;
        element.text("id", id, {.required = true});
        CHECK_OK(element.check());
        TRY(auto source, find_incident(request, id));
        sources.push_back(source.id);
    }
    if (sources.empty()) fields.problem("source_incidents", "can't be blank");
    CHECK_OK(fields.check());
    Act act{agent_of(requester.id), Channel::website, request.now};
    TRY(auto merged, merge_incidents(request.tx(), request.site.desk, target.id, sources, act));
    Wire wire(request);
    return ok(json::object{{"incident", wire.incident_ref(merged)}});
}

Result<Reply> snooze_one(Request& request) {
    TRY(auto requester, request.requester());
    TRY(auto incident, find_incident(request, request.parameter("id")));
    TRY(auto fields, Fields::of(request, ""));
    std::int64_t duration = 0;
    fields.number("duration", duration, {.required = true});
    CHECK_OK(fields.check());
    Act act{agent_of(requester.id), Channel::website, request.now};
    TRY(incident, snooze_incident(request.tx(), request.site.desk, incident.id, duration, act));
    Wire wire(request);
    return created(json::object{{"incident", incident_object(wire, incident)}});
}

constexpr Route table[] = {
    {Verb::get, "/incidents", "incidents.read", Need::view, list_incidents, Reach::team},
    {Verb::post, "/incidents", "incidents.write", Need::respond, create_incident, Reach::team},
    {Verb::put, "/incidents", "incidents.write", Need::respond, update_many, Reach::team},
    {Verb::get, "/incidents/{id}", "incidents.read", Need::view, get_incident, Reach::team},
    {Verb::put, "/incidents/{id}", "incidents.write", Need::respond, update_one, Reach::team},
    {Verb::put, "/incidents/{id}/merge", "incidents.write", Need::respond, merge, Reach::team},
    {Verb::post, "/incidents/{id}/snooze", "incidents.write", Need::respond, snooze_one, Reach::team},
};

}  // namespace

json::object incident_object(Wire& wire, const Incident& incident) {
    auto out = wire.incident_ref(incident);
    out["type"] = "incident";
    out["incident_number"] = incident.incident_number;
    out["title"] = incident.title;
    out["description"] = incident.title;
    out["created_at"] = wire.time(incident.created_at);
    out["updated_at"] = wire.time(incident.updated_at);
    out["status"] = text_of(incident.status);
    out["incident_key"] = incident.incident_key.value_or("");
    out["service"] = service_ref_or_full(wire, incident.service);
    out["escalation_policy"] = policy_ref_or_full(wire, incident.escalation_policy);
    json::array teams;
    for (auto team : incident.teams) teams.emplace_back(team_ref_or_full(wire, team));
    out["teams"] = std::move(teams);
    out["incident_type"] = json::object{{"name", incident.incident_type}};
    write_life(wire, incident, out);
    if (wire.includes("body"))
        out["body"] = json::object{{"type", "incident_body"}, {"details", text_or_null(incident.body)}};
    if (wire.includes("conference_bridge")) out["conference_bridge"] = conference_bridge_value(incident);
    if (wire.includes("custom_fields")) out["custom_fields"] = custom_field_values(wire, incident);
    return out;
}

std::span<const Route> incident_routes() { return table; }

}  // namespace callboard::http
