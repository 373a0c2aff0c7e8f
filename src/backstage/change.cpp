#include "backstage/change.h"

#include "backstage/person.h"

#include <fmt/format.h>

namespace callboard::backstage {

const Account* account_of_body(Call& call) {
    auto named = text_at(call.body, "account");
    return named.empty() ? &call.account : call.room.accounts.find(named);
}

Reply no_account(const Call& call) {
    return refused(404, fmt::format("There is no account {}.", text_at(call.body, "account")));
}

Answer change(Call& call, const Account& account, std::string_view method, std::string_view target, json::value body) {
    auto question = call.question(method, target);
    question.body = std::move(body);
    question.from = email_of_caller(call).email;
    return call.ask(account, question);
}

std::optional<Reply> failure_to_change(
    Call& call, const Account& account, const Answer& answer, const Operation& operation, std::string_view member) {
    auto failure = failure_of(answer, operation, member);
    if (!failure) return std::nullopt;
    if (auto what = lacking_name(call, account, answer))
        return refused(failure->status, fmt::format("{} {}", operation.failed, *what));
    auto& errors = failure->body.as_object()["errors"].as_array();
    for (const auto& problem : list_at(answer.body, {"error", "errors"}))
        if (problem.is_string()) errors.push_back(problem);
    auto message = text_at(answer.body, {"error", "message"});
    if (failure->status == 400 && errors.size() == 1 && !message.empty()) errors.emplace_back(message);
    return failure;
}

}  // namespace callboard::backstage
