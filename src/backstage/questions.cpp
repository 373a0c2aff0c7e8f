#include "backstage/questions.h"

#include "backstage/json_read.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto metrics_window = days{30};
constexpr auto on_call_window = days{7};
constexpr std::size_t on_call_page = 100;
constexpr std::size_t on_call_max = 2'000;
constexpr std::size_t incidents_shown_max = 25;
constexpr std::string_view service_includes =
    "time_zone=UTC&include[]=integrations&include[]=escalation_policies&include[]=teams";
constexpr std::string_view incidents_open = "/incidents?time_zone=UTC&date_range=all&sort_by=created_at:desc"
                                            "&statuses[]=triggered&statuses[]=acknowledged&total=true";

/// "&service_ids[]=P1&service_ids[]=P2"
std::string listed(std::string_view name, const std::vector<std::string>& ids) {
    std::string out;
    for (const auto& id : ids) out += fmt::format("&{}={}", name, percent_encode(id));
    return out;
}

/// What has no list at all does not say that there is nothing in it.
bool has_list(const json::value& body, std::string_view name) {
    const auto* list = member(body, {name});
    return list && list->is_array();
}

/// Those of a list that name the id at a path.
json::array items_of(const json::value& body,
                     std::string_view list,
                     std::initializer_list<std::string_view> path,
                     std::string_view id) {
    json::array out;
    for (const auto& item : list_at(body, list))
        if (text_at(item, path) == id) out.push_back(item);
    return out;
}

/// What is no id of PagerDuty's could make a question about many fail, or mean something else in it.
void join(Question& question, const Family& family, const std::string& id) {
    auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    if (id.empty() || !std::ranges::all_of(id, plain)) return;
    question.family = &family;
    question.id = id;
}

// --- Services: the list takes ids, though PagerDuty does not say so; its own plugin asks like this ---

void name_services(Question& question, const std::vector<std::string>& ids) {
    question.target = fmt::format("/services?{}&limit=100{}", service_includes, listed("id[]", ids));
}

std::optional<json::value> piece_of_services(const json::value& body, const std::string& id) {
    auto found = items_of(body, "services", {"id"}, id);
    if (found.empty()) return std::nullopt;
    return json::object{{"service", std::move(found.front())}};
}

constexpr Family services{50, "services", name_services, piece_of_services};

// --- Who is on call ---

void name_policies(Question& question, const std::vector<std::string>& ids) {
    for (const auto& id : ids)
        if (id != question.id) question.target += fmt::format("&escalation_policy_ids[]={}", percent_encode(id));
}

std::optional<json::value> piece_of_oncalls(const json::value& body, const std::string& id) {
    if (!has_list(body, "oncalls")) return std::nullopt;
    return json::object{{"oncalls", items_of(body, "oncalls", {"escalation_policy", "id"}, id)}};
}

/// Fewer, as each has an entry for each level and shift of a week.
constexpr Family policies_on_call{20, "oncalls", name_policies, piece_of_oncalls};

// --- Open incidents ---

void name_services_of_incidents(Question& question, const std::vector<std::string>& ids) {
    question.target = fmt::format("{}&limit=100{}", incidents_open, listed("service_ids[]", ids));
}

std::optional<json::value> piece_of_incidents(const json::value& body, const std::string& id) {
    if (!has_list(body, "incidents")) return std::nullopt;
    auto incidents = items_of(body, "incidents", {"service", "id"}, id);
    auto total = incidents.size();
    incidents.resize(std::min(total, incidents_shown_max));
    return json::object{{"incidents", std::move(incidents)}, {"total", total}};
}

constexpr Family incidents_of_services{50, "incidents", name_services_of_incidents, piece_of_incidents};

// --- Change events: a list of each service, and one of the account that tells what is new ---

void name_new_changes(Question& question, Timestamp since) {
    question.target = fmt::format("/change_events?time_zone=UTC&since={}&limit=100", format_iso8601(since));
}

std::optional<json::value> piece_of_changes(const json::value& body, const std::string& id) {
    if (!has_list(body, "change_events")) return std::nullopt;
    json::array own;
    for (const auto& event : list_at(body, "change_events"))
        if (!items_of(event, "services", {"id"}, id).empty()) own.push_back(event);
    return json::object{{"change_events", std::move(own)}};
}

/// None is named, so there may be any number.
constexpr Family changes_of_services{
    std::numeric_limits<std::size_t>::max(), "change_events", nullptr, piece_of_changes, name_new_changes};

// --- Standards and numbers ---

void name_scored(Question& question, const std::vector<std::string>& ids) {
    question.target = "/standards/scores/technical_services?" + listed("ids", ids).substr(1);
}

std::optional<json::value> piece_of_scores(const json::value& body, const std::string& id) {
    auto found = items_of(body, "resources", {"resource_id"}, id);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

constexpr Family scores{50, "", name_scored, piece_of_scores};

void name_measured(Question& question, const std::vector<std::string>& ids) {
    question.body.as_object()["filters"].as_object()["service_ids"] = json::array(ids.begin(), ids.end());
}

/// A service without incidents has no row.
std::optional<json::value> piece_of_metrics(const json::value& body, const std::string& id) {
    if (!has_list(body, "data")) return std::nullopt;
    return json::object{{"data", items_of(body, "data", {"service_id"}, id)}};
}

constexpr Family measured{50, "", name_measured, piece_of_metrics};

}  // namespace

Question one_service(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/services/{}?{}", percent_encode(service_id), service_includes);
    auto question = call.question("GET", target, Freshness::moments);
    join(question, services, service_id);
    return question;
}

Question maintenance(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/maintenance_windows?filter=ongoing&service_ids[]={}", percent_encode(service_id));
    return call.question("GET", target, Freshness::moments);
}

Answer ask_on_call(Upstream& upstream, const std::string& policy_id, const Call& call) {
    auto target =
        fmt::format("/oncalls?time_zone=UTC&include[]=users&escalation_policy_ids[]={}&since={}&until={}&limit={}",
                    percent_encode(policy_id),
                    format_iso8601(call.now),
                    format_iso8601(call.now + on_call_window),
                    on_call_page);
    auto question = call.question("GET", target, Freshness::moments);
    question.same_as = "on call within a week: " + policy_id;
    join(question, policies_on_call, policy_id);
    auto answer = upstream.call(question);
    // Together with others it has come whole; alone it comes by pages.
    question.family = nullptr;
    for (auto offset = on_call_page; answer.ok() && offset < on_call_max; offset += on_call_page) {
        if (value_at(answer.body, {"more"}) != true) break;
        question.target = fmt::format("{}&offset={}", target, offset);
        question.same_as = fmt::format("on call within a week: {}, from {}", policy_id, offset);
        auto next = upstream.call(question);
        next.last_known.reset();
        if (!next.ok()) return next;
        auto& body = answer.body.get_object();
        for (const auto& entry : list_at(next.body, "oncalls")) body["oncalls"].as_array().push_back(entry);
        body["more"] = value_at(next.body, {"more"});
        answer.as_of = std::min(answer.as_of, next.as_of);
    }
    return answer;
}

Question open_incidents(const std::string& service_id, const Call& call) {
    auto target =
        fmt::format("{}&limit={}&service_ids[]={}", incidents_open, incidents_shown_max, percent_encode(service_id));
    auto question = call.question("GET", target, Freshness::moments);
    join(question, incidents_of_services, service_id);
    return question;
}

Question change_events(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/services/{}/change_events?limit=5&time_zone=UTC", percent_encode(service_id));
    auto question = call.question("GET", target, Freshness::moments);
    join(question, changes_of_services, service_id);
    return question;
}

Question standards(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/standards/scores/technical_services/{}", percent_encode(service_id));
    auto question = call.question("GET", target, Freshness::directory);
    join(question, scores, service_id);
    return question;
}

Question metrics(const std::string& service_id, const Call& call) {
    auto question = call.question("POST", "/analytics/metrics/incidents/services", Freshness::statistics);
    question.body = json::object{{"filters",
                                  json::object{{"created_at_start", format_iso8601(call.now - metrics_window)},
                                               {"created_at_end", format_iso8601(call.now)},
                                               {"service_ids", json::array{json::string{service_id}}}}}};
    question.same_as = "metrics of the last 30 days: " + service_id;
    join(question, measured, service_id);
    return question;
}

}  // namespace callboard::backstage
