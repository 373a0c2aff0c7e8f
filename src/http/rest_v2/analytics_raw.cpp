#include "http/rest_v2/analytics_raw.h"

#include "domain/incident/responses.h"
#include "http/kit/wire.h"
#include "http/rest_v2/analytics_question.h"
#include "http/rest_v2/incident_lookup.h"
#include "http/rest_v2/resources.h"

#include <algorithm>

namespace callboard::http {

namespace {

constexpr std::int64_t limit_default = 100;
constexpr std::int64_t limit_max = 1'000;

json::value number_or_null(const std::optional<std::int64_t>& number) {
    if (!number) return nullptr;
    return json::value(*number);
}

/// Writes `<noun>_ids` and `<noun>_names`.
void write_users(Wire& wire, json::object& out, std::string_view noun, const std::vector<UserId>& users) {
    json::array ids;
    json::array names;
    for (auto id : users) {
        const auto* user = wire.user(id);
        ids.emplace_back(wire.id(id));
        names.emplace_back(user ? user->name : std::string{});
    }
    out[std::string{noun} + "_ids"] = std::move(ids);
    out[std::string{noun} + "_names"] = std::move(names);
}

template <class Row>
json::value name_or_null(const Row* row) {
    if (!row) return nullptr;
    return json::value(row->name);
}

void write_belongings(Wire& wire, json::object& out, const Incident& incident, const PriorityScale& priorities) {
    out["service_id"] = wire.id(incident.service);
    out["service_name"] = name_or_null(wire.service(incident.service));
    out["escalation_policy_id"] = wire.id(incident.escalation_policy);
    out["escalation_policy_name"] = name_or_null(wire.policy(incident.escalation_policy));
    auto team = incident.teams.empty() ? std::nullopt : std::optional{incident.teams.front()};
    out["team_id"] = team ? json::value(wire.id(*team)) : json::value(nullptr);
    out["team_name"] = team ? name_or_null(wire.team(*team)) : json::value(nullptr);
    const auto* priority = priorities.find(incident.priority);
    out["priority_id"] = priority ? json::value(wire.id(priority->id)) : json::value(nullptr);
    out["priority_name"] = name_or_null(priority);
    out["priority_order"] = priority ? json::value(priorities.order_of(*priority)) : json::value(nullptr);
    auto type = find_incident_type(wire.request, incident.incident_type);
    out["incident_type_id"] = type ? json::value(wire.id(type->id)) : json::value(nullptr);
    out["incident_type_name"] = incident.incident_type;
}

void write_people(Wire& wire, json::object& out, const IncidentMetrics& metrics) {
    write_users(wire, out, "assigned_user", metrics.assigned_users);
    write_users(wire, out, "acknowledged_user", metrics.acknowledged_users);
    write_users(wire, out, "joined_user", metrics.acknowledged_users);
    const auto& resolver = metrics.resolved_by;
    out["resolved_by_user_id"] = resolver ? json::value(wire.id(*resolver)) : json::value(nullptr);
    out["resolved_by_user_name"] = resolver ? name_or_null(wire.user(*resolver)) : json::value(nullptr);
    out["active_user_count"] = metrics.acknowledged_users.size();
    out["engaged_user_count"] = metrics.acknowledged_users.size();
}

void write_metrics(json::object& out, const IncidentMetrics& metrics) {
    out["acknowledgement_count"] = metrics.acknowledgement_count;
    out["assignment_count"] = metrics.assignment_count;
    out["auto_resolved"] = metrics.auto_resolved;
    out["engaged_seconds"] = metrics.engaged_seconds;
    out["escalation_count"] = metrics.manual_escalation_count + metrics.timeout_escalation_count;
    out["major"] = metrics.major;
    out["manual_escalation_count"] = metrics.manual_escalation_count;
    out["reassignment_count"] = metrics.reassignment_count;
    out["seconds_to_engage"] = number_or_null(metrics.seconds_to_engage);
    out["seconds_to_first_ack"] = number_or_null(metrics.seconds_to_first_ack);
    out["seconds_to_mobilize"] = number_or_null(metrics.seconds_to_mobilize);
    out["seconds_to_resolve"] = number_or_null(metrics.seconds_to_resolve);
    out["snoozed_seconds"] = metrics.snoozed_seconds;
    out["timeout_escalation_count"] = metrics.timeout_escalation_count;
    auto interruptions = count_interruptions(metrics.interruptions);
    out["total_interruptions"] = interruptions.total;
    out["business_hour_interruptions"] = interruptions.business;
    out["off_hour_interruptions"] = interruptions.off;
    out["sleep_hour_interruptions"] = interruptions.sleep;
    out["total_notifications"] = 0;
    out["user_defined_effort_seconds"] = nullptr;
}

json::object raw_object(Wire& wire,
                        const AnalyticsQuestion& question,
                        const Incident& incident,
                        const MeasuredIncident& measured,
                        const PriorityScale& priorities) {
    const auto& metrics = measured.metrics;
    json::object out;
    out["id"] = wire.id(incident.id);
    out["incident_number"] = incident.incident_number;
    out["description"] = incident.title;
    out["status"] = text_of(incident.status);
    out["urgency"] = text_of(incident.urgency);
    out["created_at"] = question.time(incident.created_at);
    out["updated_at"] = question.time(incident.updated_at);
    out["resolved_at"] = incident.resolved_at ? question.time(*incident.resolved_at) : json::value(nullptr);
    write_belongings(wire, out, incident, priorities);
    write_people(wire, out, metrics);
    write_metrics(out, metrics);
    // Ours: who was interrupted and when, and who answered how fast, to be counted by person and by hour.
    json::array interruptions;
    for (const auto& one : metrics.interruptions)
        interruptions.push_back(json::object{{"user_id", wire.id(one.user)}, {"at", question.time(one.at)}});
    out["interruptions"] = std::move(interruptions);
    json::array responses;
    for (const auto& one : responses_of(measured.facts))
        responses.push_back(
            json::object{{"user_id", wire.id(one.user)}, {"seconds_to_acknowledge", one.seconds_to_acknowledge}});
    out["responses"] = std::move(responses);
    return out;
}

struct RawQuestion : AnalyticsQuestion {
    std::int64_t limit = limit_default;
    std::optional<IncidentId> starting_after;
    std::optional<IncidentId> ending_before;
};

std::optional<IncidentId> read_cursor(Fields& fields, std::string_view name) {
    std::string text;
    if (!fields.text(name, text) || text.empty()) return std::nullopt;
    auto id = fields.request().site.ids.parse<IncidentId>(text);
    if (!id) fields.problem(name, "is not a cursor");
    return id;
}

Result<RawQuestion> read_question(Request& request) {
    TRY(auto fields, Fields::of(request, ""));
    RawQuestion question{AnalyticsQuestion::read(fields), limit_default, std::nullopt, std::nullopt};
    fields.number("limit", question.limit, {.min = 1, .max = limit_max});
    question.starting_after = read_cursor(fields, "starting_after");
    question.ending_before = read_cursor(fields, "ending_before");
    if (question.starting_after && question.ending_before)
        fields.sentence("Starting after and ending before exclude each other");
    if (!question.order_by) question.order_by = "created_at";
    if (question.order_by != "created_at" && question.order_by != "seconds_to_resolve")
        fields.problem("order_by", "must be one of: created_at, seconds_to_resolve");
    CHECK_OK(fields.check());
    CHECK_OK(check_breadth(request, question.filters));
    return question;
}

/// Unresolved incidents come last in either order; ties keep the order of creation.
void sort_figures(std::vector<IncidentFigure>& figures, const RawQuestion& question) {
    bool ascending = question.ascending.value_or(false);
    if (!ascending) std::ranges::reverse(figures);
    if (question.order_by != "seconds_to_resolve") return;
    std::ranges::stable_sort(figures, [&](const IncidentFigure& a, const IncidentFigure& b) {
        if (!a.resolved_at || !b.resolved_at) return a.resolved_at.has_value() && !b.resolved_at;
        auto x = *a.resolved_at - a.created_at;
        auto y = *b.resolved_at - b.created_at;
        return ascending ? x < y : y < x;
    });
}

struct Slice {
    std::vector<IncidentFigure> figures;
    /// Further ones lie in the direction of reading.
    bool more = false;
};

/// A cursor is the id of an incident in the list. Error 2001 for one that is not.
Result<Slice> slice_of(std::vector<IncidentFigure> figures, const RawQuestion& question) {
    auto begin = figures.begin();
    auto end = figures.end();
    if (auto cursor = question.starting_after ? question.starting_after : question.ending_before) {
        auto at = std::ranges::find(figures, *cursor, &IncidentFigure::id);
        if (at == figures.end()) return errors::invalid_input("The cursor is not in the results");
        (question.starting_after ? begin : end) = question.starting_after ? at + 1 : at;
    }
    bool more = end - begin > question.limit;
    if (more && question.ending_before)
        begin = end - question.limit;
    else if (more)
        end = begin + question.limit;
    return Slice{{begin, end}, more};
}

}  // namespace

Result<Reply> list_raw_incidents(Request& request) {
    TRY(auto question, read_question(request));
    auto& tx = request.tx();
    PriorityScale priorities(tx);
    auto figures = figures_for(request, question.filters, priorities);
    if (question.filters.need_log()) {
        auto measured = measure_all(tx, figures, priorities);
        std::vector<IncidentFigure> accepted;
        for (std::size_t i = 0; i < figures.size(); ++i)
            if (question.filters.accept(measured[i].metrics)) accepted.push_back(figures[i]);
        figures = std::move(accepted);
    }
    sort_figures(figures, question);
    TRY(auto slice, slice_of(std::move(figures), question));
    Wire wire(request);
    json::array data;
    for (const auto& one : measure_all(tx, slice.figures, priorities))
        if (const auto* incident = wire.incident(one.facts.id))
            data.emplace_back(raw_object(wire, question, *incident, one, priorities));
    bool empty = slice.figures.empty();
    return ok(json::object{{"first", empty ? std::string{} : wire.id(slice.figures.front().id)},
                           {"last", empty ? std::string{} : wire.id(slice.figures.back().id)},
                           {"limit", question.limit},
                           {"more", slice.more},
                           {"order", question.ascending.value_or(false) ? "asc" : "desc"},
                           {"order_by", *question.order_by},
                           {"filters", std::move(question.filters.sent)},
                           {"time_zone", question.time_zone},
                           {"data", std::move(data)}});
}

Result<Reply> get_raw_incident(Request& request) {
    TRY(auto incident, find_incident(request, request.parameter("id")));
    PriorityScale priorities(request.tx());
    auto measured = measure_all(request.tx(), {figure_of(incident)}, priorities);
    Wire wire(request);
    return ok(raw_object(wire, AnalyticsQuestion{}, incident, measured.front(), priorities));
}

}  // namespace callboard::http
