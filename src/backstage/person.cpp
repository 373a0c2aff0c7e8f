#include "backstage/person.h"

#include "backstage/catalog.h"
#include "backstage/failure.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

bool same_letters(std::string_view a, std::string_view b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

CallerEmail email_of_caller(Call& call) {
    if (!call.caller.ref.starts_with("user:")) return {};
    auto configured = call.room.options.people.find(call.caller.ref);
    if (configured != call.room.options.people.end()) return {configured->second, std::nullopt};
    auto found = call.room.catalog.entity(call.caller.ref, call.now, call.deadline);
    if (found.failure) return {{}, refused(found.failure->status, found.failure->why)};
    return {std::string{text_at(found.entity, {"spec", "profile", "email"})}, std::nullopt};
}

FoundUser user_of_caller(Call& call, const Account& account) {
    if (call.caller.ref.empty()) {
        auto answer = call.ask(account, call.question("GET", "/users/me"));
        if (answer.ok()) return {std::string{text_at(answer.body, {"user", "id"})}, std::nullopt};
        return {{}, refused(404, "These credentials are nobody's in particular.")};
    }
    auto [email, unknown] = email_of_caller(call);
    if (unknown) return {{}, std::move(unknown)};
    if (email.empty())
        return {{}, refused(404, fmt::format("The e-mail address of {} is not known.", call.caller.ref))};
    auto target = fmt::format("/users?limit=100&query={}", percent_encode(email));
    auto answer = call.ask(account, call.question("GET", target, Freshness::directory));
    if (auto failure = failure_of(answer, operations::find_user, "users")) return {{}, std::move(failure)};
    for (const auto& user : list_at(answer.body, "users"))
        if (same_letters(text_at(user, "email"), email)) return {std::string{text_at(user, "id")}, std::nullopt};
    return {{}, refused(404, fmt::format("PagerDuty has nobody with the address {}.", email))};
}

}  // namespace callboard::backstage
