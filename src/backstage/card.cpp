// Routes: the parts of a card beside its service.

#include "backstage/failure.h"
#include "backstage/handlers.h"
#include "backstage/on_call.h"
#include "backstage/pages.h"
#include "backstage/questions.h"
#include "base/log.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

/// The card drops everything when its standards or its metrics fail, so these parts come empty instead and the card
/// says that there are none. A wrong credential is told: the whole card is without data then.
std::optional<Reply> card_ends_with(const std::optional<Reply>& failure, std::string_view part) {
    if (!failure) return std::nullopt;
    if (failure->status == 401) return failure;
    log::warn("backstage.part_left_out", {{"part", std::string{part}}, {"status", std::to_string(failure->status)}});
    return std::nullopt;
}

}  // namespace

Reply get_incidents(Call& call) {
    auto answer = call.get(fmt::format("/incidents?time_zone=UTC&sort_by=created_at&statuses[]=triggered"
                                       "&statuses[]=acknowledged&service_ids[]={}",
                                       percent_encode(call.parameters[0])),
                           Freshness::moments);
    if (auto failure = failure_of(answer, operations::get_incidents, "incidents")) return *failure;
    return ok(json::object{{"incidents", answer.body.get_object()["incidents"]}});
}

Reply get_change_events(Call& call) {
    auto answer = call.get(fmt::format("/services/{}/change_events?limit=5&time_zone=UTC&sort_by=timestamp",
                                       percent_encode(call.parameters[0])),
                           Freshness::moments);
    if (auto failure = failure_of(answer, operations::get_change_events, "change_events")) return *failure;
    return ok(json::object{{"change_events", answer.body.get_object()["change_events"]}});
}

Reply get_standards(Call& call) {
    auto answer = call.ask(call.account, standards(call.parameters[0], call));
    auto failure = failure_of(answer, operations::get_standards);
    if (auto end = card_ends_with(failure, "standards")) return *end;
    bool usable = !failure && answer.body.is_object();
    return ok(json::object{{"standards", usable ? answer.body : json::value(json::object{})}});
}

Reply get_metrics(Call& call) {
    auto answer = call.ask(call.account, metrics(call.parameters[0], call));
    auto failure = failure_of(answer, operations::get_metrics, "data");
    if (auto end = card_ends_with(failure, "metrics")) return *end;
    bool usable = !failure && answer.body.get_object()["data"].is_array();
    return ok(json::object{{"metrics", usable ? answer.body.get_object()["data"] : json::value(json::array{})}});
}

/// All pages are asked for: the lowest level may be on the last one.
Reply get_on_call_users(Call& call) {
    auto policies = call.query_text("escalation_policy_ids");
    if (policies.empty()) return {400, "Bad Request: 'escalation_policy_ids[]' is required"};
    auto target =
        fmt::format("/oncalls?time_zone=UTC&include[]=users&escalation_policy_ids[]={}", percent_encode(policies));
    auto oncalls = collect(call, call.account, operations::list_oncalls, target, "oncalls", Freshness::moments);
    if (oncalls.failure) return *oncalls.failure;
    return ok(json::object{{"users", users_on_call(oncalls.items)}});
}

}  // namespace callboard::backstage
