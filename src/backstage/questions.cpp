#include "backstage/questions.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto metrics_window = days{30};
constexpr auto on_call_window = days{7};

}  // namespace

Question one_service(const std::string& service_id, const Call& call) {
    auto target =
        fmt::format("/services/{}?time_zone=UTC&include[]=integrations&include[]=escalation_policies&include[]=teams",
                    percent_encode(service_id));
    return call.question("GET", target, Freshness::moments);
}

Question maintenance(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/maintenance_windows?filter=ongoing&service_ids[]={}", percent_encode(service_id));
    return call.question("GET", target, Freshness::moments);
}

Question on_call_of(const std::string& policy_id, const Call& call) {
    auto target =
        fmt::format("/oncalls?time_zone=UTC&include[]=users&escalation_policy_ids[]={}&since={}&until={}&limit=100",
                    percent_encode(policy_id),
                    format_iso8601(call.now),
                    format_iso8601(call.now + on_call_window));
    auto question = call.question("GET", target, Freshness::moments);
    question.same_as = "on call within a week: " + policy_id;
    return question;
}

Question open_incidents(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/incidents?time_zone=UTC&date_range=all&sort_by=created_at:desc&statuses[]=triggered"
                              "&statuses[]=acknowledged&total=true&limit=25&service_ids[]={}",
                              percent_encode(service_id));
    return call.question("GET", target, Freshness::moments);
}

Question change_events(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/services/{}/change_events?limit=5&time_zone=UTC", percent_encode(service_id));
    return call.question("GET", target, Freshness::moments);
}

Question standards(const std::string& service_id, const Call& call) {
    auto target = fmt::format("/standards/scores/technical_services/{}", percent_encode(service_id));
    return call.question("GET", target, Freshness::directory);
}

Question metrics(const std::string& service_id, const Call& call) {
    auto question = call.question("POST", "/analytics/metrics/incidents/services", Freshness::statistics);
    question.body = json::object{{"filters",
                                  json::object{{"created_at_start", format_iso8601(call.now - metrics_window)},
                                               {"created_at_end", format_iso8601(call.now)},
                                               {"service_ids", json::array{json::string{service_id}}}}}};
    question.same_as = "metrics of the last 30 days: " + service_id;
    return question;
}

}  // namespace callboard::backstage
