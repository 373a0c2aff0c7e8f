// Routes: who is on call for a while instead of somebody else, and that nobody is told for a while.

#include "backstage/change.h"
#include "backstage/handlers.h"
#include "backstage/person.h"
#include "backstage/service_directory.h"

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr auto longest = days{366};
constexpr std::size_t description_max = 1'024;

struct Until {
    Timestamp at{};
    std::optional<Reply> problem{};
};

/// Every problem is the field's, so that a form can show it there.
Reply wrong(std::string_view field, std::string problem) {
    return {400,
            json::object{{"errors", json::array{fmt::format("{}: {}", field, problem)}},
                         {"fields", json::object{{field, problem}}}}};
}

Until until_of(const Call& call) {
    auto parsed = parse_iso8601(text_at(call.body, "until"));
    if (!parsed) return {{}, wrong("until", "Must be a time, as 2026-01-31T09:00:00Z.")};
    if (parsed->at <= call.now) return {{}, wrong("until", "Must lie ahead.")};
    if (parsed->at > call.now + longest) return {{}, wrong("until", "May be a year ahead at most.")};
    return {parsed->at, std::nullopt};
}

}  // namespace

/// An override for the person that is named, else for the caller, from now on. REST judges overrides one by one, below
/// a success that is not theirs.
Reply take_over(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    auto until = until_of(call);
    if (until.problem) return *until.problem;
    std::string user{text_at(call.body, "user_id")};
    if (user.empty()) {
        auto caller = user_of_caller(call, *account);
        if (caller.problem) return *caller.problem;
        user = caller.id;
    }
    json::object wanted{{"start", format_iso8601(call.now)},
                        {"end", format_iso8601(until.at)},
                        {"time_zone", "UTC"},
                        {"user", json::object{{"id", user}, {"type", "user_reference"}}}};
    json::object body{{"overrides", json::array{std::move(wanted)}}};
    auto target = fmt::format("/schedules/{}/overrides", percent_encode(call.parameters[0]));
    auto answer = change(call, *account, "POST", target, std::move(body));
    if (auto failure = failure_to_change(call, *account, answer, operations::take_over)) return *failure;
    const auto* judged = answer.body.if_array();
    if (!judged || judged->empty()) return refused(502, std::string{operations::take_over.failed});
    const auto& first = judged->front();
    if (number_at(first, "status").value_or(0) != 201) {
        auto refusal = refused(400, std::string{operations::take_over.failed});
        for (const auto& problem : list_at(first, "errors"))
            if (problem.is_string()) refusal.body.as_object()["errors"].as_array().push_back(problem);
        return refusal;
    }
    account->upstream->outdate({});
    return {201, json::object{{"override", json::object{{"until", format_iso8601(until.at)}, {"user_id", user}}}}};
}

/// A maintenance window of one service, from now on.
Reply start_maintenance(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    auto until = until_of(call);
    if (until.problem) return *until.problem;
    auto description = text_at(call.body, "description");
    if (description.size() > description_max) return wrong("description", "This is too long.");
    json::object service{{"id", call.parameters[0]}, {"type", "service_reference"}};
    json::object window{{"type", "maintenance_window"},
                        {"start_time", format_iso8601(call.now)},
                        {"end_time", format_iso8601(until.at)},
                        {"description", description},
                        {"services", json::array{std::move(service)}}};
    json::object body{{"maintenance_window", std::move(window)}};
    auto answer = change(call, *account, "POST", "/maintenance_windows", std::move(body));
    if (auto failure = failure_to_change(call, *account, answer, operations::start_maintenance, "maintenance_window"))
        return *failure;
    account->upstream->outdate(call.parameters[0]);
    call.room.directory.outdate(*account);
    const auto& made = *member(answer.body, {"maintenance_window"});
    return {201,
            json::object{{"maintenance_window",
                          json::object{{"id", text_at(made, "id")}, {"until", text_at(made, "end_time")}}}}};
}

/// A window that lasts ends now, for all of its services. One that has ended meanwhile is what was wanted.
Reply end_maintenance(Call& call) {
    const auto* account = account_of_body(call);
    if (!account) return no_account(call);
    auto target = fmt::format("/maintenance_windows/{}", percent_encode(call.parameters[0]));
    auto answer = change(call, *account, "DELETE", target, nullptr);
    bool over = answer.end == Answer::End::answered && answer.status == 404;
    if (!over)
        if (auto failure = failure_to_change(call, *account, answer, operations::end_maintenance)) return *failure;
    account->upstream->outdate({});
    call.room.directory.outdate(*account);
    return {204, nullptr};
}

}  // namespace callboard::backstage
