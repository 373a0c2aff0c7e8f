#include "backstage/card_parts.h"

#include "backstage/failure.h"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::size_t incidents_shown_max = 25;
constexpr std::size_t change_events_shown_max = 5;

std::optional<Timestamp> instant(const json::value& value, std::string_view name) {
    auto text = text_at(value, name);
    if (text.empty()) return std::nullopt;
    auto parsed = parse_iso8601(text);
    if (!parsed) return std::nullopt;
    return parsed->at;
}

json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::value named(const json::value* object) {
    if (!object || !object->is_object()) return nullptr;
    return json::object{{"id", text_at(*object, "id")},
                        {"name", name_of(*object)},
                        {"html_url", text_or_null(text_at(*object, "html_url"))}};
}

bool is_now(const json::value& entry, Timestamp now) {
    auto start = instant(entry, "start");
    auto end = instant(entry, "end");
    return (!start || *start <= now) && (!end || now < *end);
}

/// Who is on call by an entry that lies ahead, and from when.
json::object beginning(const json::value& entry) {
    const auto& user = *member(entry, {"user"});
    return {{"id", text_at(user, "id")}, {"name", name_of(user)}, {"from", text_at(entry, "start")}};
}

/// The entry of the same level and schedule that begins first after `from`.
json::value next_of(const json::array& oncalls, const json::value& entry) {
    auto ends = instant(entry, "end");
    if (!ends) return nullptr;
    const json::value* next = nullptr;
    std::optional<Timestamp> begins;
    for (const auto& other : oncalls) {
        auto start = instant(other, "start");
        bool same = text_at(other, {"schedule", "id"}) == text_at(entry, {"schedule", "id"}) &&
                    number_at(other, "escalation_level") == number_at(entry, "escalation_level");
        if (!same || !start || *start < *ends || (begins && *start >= *begins)) continue;
        next = &other;
        begins = start;
    }
    return next ? json::value(beginning(*next)) : json::value(nullptr);
}

json::object person(const json::array& oncalls, const json::value& entry) {
    const auto& user = *member(entry, {"user"});
    return {{"id", text_at(user, "id")},
            {"name", name_of(user)},
            {"email", text_or_null(text_at(user, "email"))},
            {"avatar_url", text_or_null(text_at(user, "avatar_url"))},
            {"html_url", text_or_null(text_at(user, "html_url"))},
            {"time_zone", text_or_null(text_at(user, "time_zone"))},
            {"schedule", named(member(entry, {"schedule"}))},
            {"until", text_or_null(text_at(entry, "end"))},
            {"next", next_of(oncalls, entry)}};
}

struct Ending {
    std::string_view state;
    std::string message;
};

Ending ending_of(const Answer& answer, std::string_view scope) {
    switch (answer.end) {
    case Answer::End::late: return {"upstream_down", "PagerDuty did not answer in time."};
    case Answer::End::unreachable: return {"upstream_down", "PagerDuty could not be reached."};
    case Answer::End::unreadable: return {"upstream_down", "PagerDuty's answer could not be read."};
    case Answer::End::not_configured:
        return {"not_configured",
                answer.detail.empty() ? std::string{"There are no credentials for PagerDuty."} : answer.detail};
    case Answer::End::answered: break;
    }
    switch (answer.status) {
    case 401: return {"not_configured", "PagerDuty does not know the credentials that are configured."};
    case 402: return {"not_in_plan", "This is not part of the account's plan."};
    case 403: return {"no_permission", fmt::format("The credentials that are configured lack {}.", scope)};
    case 404: return {"not_found", "PagerDuty does not have it."};
    case 429: return {"throttled", "PagerDuty has been asked too often."};
    default: return {"upstream_down", fmt::format("PagerDuty answered with status {}.", answer.status)};
    }
}

/// A maintenance window, and the other services that it is of.
json::object window_item(const json::value& window, std::string_view service_id) {
    json::array others;
    for (const auto& one : list_at(window, "services"))
        if (text_at(one, "id") != service_id) others.emplace_back(name_of(one));
    const auto* by = member(window, {"created_by"});
    return {{"id", text_at(window, "id")},
            {"until", text_at(window, "end_time")},
            {"by", by && by->is_object() ? text_or_null(name_of(*by)) : json::value(nullptr)},
            {"description", text_or_null(text_at(window, "description"))},
            {"other_services", std::move(others)}};
}

}  // namespace

json::object service_part(const json::value& service, const json::value& maintenance) {
    bool has_key = false;
    for (const auto& integration : list_at(service, "integrations"))
        has_key = has_key || !text_at(integration, "integration_key").empty();
    const auto& teams = list_at(service, "teams");
    json::value until;
    json::array windows;
    for (const auto& window : list_at(maintenance, "maintenance_windows")) {
        auto ends = text_at(window, "end_time");
        if (until.is_null() || ends > view_of(until.get_string())) until = text_or_null(ends);
        windows.emplace_back(window_item(window, text_at(service, "id")));
    }
    json::array delays;
    if (const auto* policy = member(service, {"escalation_policy"}))
        for (const auto& rule : list_at(*policy, "escalation_rules"))
            delays.emplace_back(value_at(rule, {"escalation_delay_in_minutes"}));
    return {{"id", text_at(service, "id")},
            {"name", name_of(service)},
            {"status", text_at(service, "status")},
            {"html_url", text_or_null(text_at(service, "html_url"))},
            {"description", text_or_null(text_at(service, "description"))},
            {"escalation_policy", named(member(service, {"escalation_policy"}))},
            {"escalation_delays", std::move(delays)},
            {"team", teams.empty() ? json::value(nullptr) : named(&teams.front())},
            {"has_integration_key", has_key},
            {"maintenance_until", std::move(until)},
            {"maintenance", std::move(windows)},
            {"last_incident_at", text_or_null(text_at(service, "last_incident_timestamp"))}};
}

json::object on_call_part(const json::array& oncalls, Timestamp now) {
    std::map<std::int64_t, json::array> levels;
    std::map<std::int64_t, const json::value*> ahead;
    for (const auto& entry : oncalls) {
        auto level = number_at(entry, "escalation_level");
        const auto* user = member(entry, {"user"});
        if (!level || !user || !user->is_object()) continue;
        if (!is_now(entry, now)) {
            auto start = instant(entry, "start");
            if (!start || *start <= now) continue;
            auto& first = ahead[*level];
            if (!first || *start < *instant(*first, "start")) first = &entry;
            continue;
        }
        auto& people = levels[*level];
        auto id = text_at(*user, "id");
        if (std::ranges::none_of(people, [&](const auto& one) { return text_at(one, "id") == id; }))
            people.emplace_back(person(oncalls, entry));
    }
    json::array out;
    for (auto& [level, people] : levels)
        out.emplace_back(json::object{{"level", level}, {"people", std::move(people)}});
    json::array empty_levels;
    for (const auto& [level, entry] : ahead)
        if (!levels.contains(level))
            empty_levels.emplace_back(json::object{{"level", level}, {"next", beginning(*entry)}});
    return {{"levels", std::move(out)}, {"empty_levels", std::move(empty_levels)}};
}

json::object incident_item(const json::value& incident) {
    json::array assignees;
    for (const auto& assignment : list_at(incident, "assignments"))
        if (auto who = named(member(assignment, {"assignee"})); !who.is_null()) assignees.push_back(std::move(who));
    json::value escalates_at;
    for (const auto& action : list_at(incident, "pending_actions"))
        if (text_at(action, "type") == "escalate") escalates_at = text_at(action, "at");
    const auto& acknowledgements = list_at(incident, "acknowledgements");
    json::value by;
    if (!acknowledgements.empty())
        if (const auto* who = member(acknowledgements.back(), {"acknowledger"})) by = text_or_null(name_of(*who));
    const auto* priority = member(incident, {"priority"});
    json::value shown_priority;
    if (priority && priority->is_object())
        shown_priority = json::object{{"id", text_at(*priority, "id")},
                                      {"name", name_of(*priority)},
                                      {"color", text_or_null(text_at(*priority, "color"))}};
    return {{"id", text_at(incident, "id")},
            {"number", value_at(incident, {"incident_number"})},
            {"title", text_at(incident, "title")},
            {"status", text_at(incident, "status")},
            {"urgency", text_at(incident, "urgency")},
            {"html_url", text_or_null(text_at(incident, "html_url"))},
            {"created_at", text_at(incident, "created_at")},
            {"assignees", std::move(assignees)},
            {"priority", std::move(shown_priority)},
            {"acknowledged_by", std::move(by)},
            {"escalates_at", std::move(escalates_at)},
            {"next", json::array{}}};
}

json::object incidents_part(const json::value& body, std::string_view service_url) {
    json::array open;
    const auto& incidents = list_at(body, "incidents");
    for (const auto& incident : incidents)
        if (open.size() < incidents_shown_max) open.emplace_back(incident_item(incident));
    auto total = number_at(body, "total").value_or(static_cast<std::int64_t>(incidents.size()));
    return {{"open", std::move(open)}, {"total", total}, {"older_open_url", text_or_null(service_url)}};
}

json::array change_events_part(const json::value& body) {
    json::array out;
    for (const auto& event : list_at(body, "change_events")) {
        if (out.size() == change_events_shown_max) break;
        json::array links;
        for (const auto& link : list_at(event, "links"))
            links.emplace_back(json::object{{"href", text_at(link, "href")}, {"text", text_at(link, "text")}});
        out.emplace_back(json::object{{"id", text_at(event, "id")},
                                      {"summary", text_at(event, "summary")},
                                      {"source", text_or_null(text_at(event, "source"))},
                                      {"timestamp", text_at(event, "timestamp")},
                                      {"html_url", text_or_null(text_at(event, "html_url"))},
                                      {"links", std::move(links)}});
    }
    return out;
}

json::object standards_part(const json::value& body) {
    json::array list;
    for (const auto& standard : list_at(body, "standards"))
        list.emplace_back(json::object{{"id", text_at(standard, "id")},
                                       {"name", text_at(standard, "name")},
                                       {"description", text_at(standard, "description")},
                                       {"pass", value_at(standard, {"pass"})}});
    return {{"passing", value_at(body, {"score", "passing"})},
            {"total", value_at(body, {"score", "total"})},
            {"list", std::move(list)}};
}

json::object metrics_part(const json::value& body) {
    const auto& rows = list_at(body, "data");
    auto count = [&](std::string_view name) {
        return rows.empty() ? json::value(nullptr) : value_at(rows.front(), {name});
    };
    return {{"interruptions", count("total_interruptions")},
            {"high_urgency", count("total_high_urgency_incidents")},
            {"incidents", count("total_incident_count")},
            {"seconds_to_acknowledge", count("mean_seconds_to_first_ack")},
            {"seconds_to_resolve", count("mean_seconds_to_resolve")},
            {"range_days", 30}};
}

void add_next_people(json::object& incidents, const json::object& on_call) {
    const auto& levels = on_call.at("levels").as_array();
    auto level_of = [&](std::string_view id) {
        for (std::size_t i = 0; i < levels.size(); ++i)
            for (const auto& one : list_at(levels[i], "people"))
                if (text_at(one, "id") == id) return i;
        return levels.size();
    };
    for (auto& value : incidents.at("open").as_array()) {
        auto& incident = value.as_object();
        if (incident["escalates_at"].is_null()) continue;
        std::size_t level = levels.size();
        for (const auto& who : incident["assignees"].as_array()) level = std::min(level, level_of(text_at(who, "id")));
        if (level + 1 >= levels.size()) continue;
        json::array names;
        for (const auto& one : list_at(levels[level + 1], "people")) names.emplace_back(text_at(one, "name"));
        incident["next"] = std::move(names);
    }
}

json::object part_of(const Answer& answer, std::string_view scope) {
    json::object part{{"state", "ok"},
                      {"as_of", nullptr},
                      {"message", nullptr},
                      {"scope", nullptr},
                      {"retry_after_seconds", nullptr},
                      {"data", nullptr}};
    if (answer.retry_after) part["retry_after_seconds"] = answer.retry_after->count();
    if (answer.ok()) {
        part["as_of"] = format_iso8601(answer.as_of);
        if (answer.stale) part["state"] = "stale";
        if (answer.stale) part["message"] = "PagerDuty has been asked too often: this is what it said before.";
        return part;
    }
    if (auto named = lacking_scope(answer); !named.empty()) scope = named;
    auto ending = ending_of(answer, scope);
    part["state"] = ending.state;
    part["message"] = std::move(ending.message);
    if (ending.state == "no_permission") part["scope"] = scope;
    bool for_now = ending.state == "throttled" || ending.state == "upstream_down";
    if (for_now && answer.last_known) part["as_of"] = format_iso8601(answer.last_known->as_of);
    return part;
}

}  // namespace callboard::backstage
