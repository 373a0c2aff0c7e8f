#include "backstage/person.h"

#include "backstage/catalog.h"
#include "backstage/each_account.h"
#include "backstage/failure.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

bool same_letters(std::string_view a, std::string_view b) {
    auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

/// No From header where one is needed, or one that names nobody.
bool refuses_name(const Answer& answer) {
    if (answer.end != Answer::End::answered || answer.status != 400) return false;
    auto code = number_at(value_at(answer.body, {"error"}), "code");
    if (code == 1008) return true;
    auto says = [](std::string_view text) {
        return text.find("From header") != std::string_view::npos || text.find("\"From\"") != std::string_view::npos ||
               text.find("Requester User Not Found") != std::string_view::npos;
    };
    if (says(text_at(answer.body, {"error", "message"}))) return true;
    return std::ranges::any_of(list_at(answer.body, {"error", "errors"}),
                               [&](const auto& one) { return one.is_string() && says(view_of(one.get_string())); });
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

std::optional<std::string> lacking_name(Call& call, const Account& account, const Answer& answer) {
    if (!refuses_name(answer)) return std::nullopt;
    auto [email, unknown] = email_of_caller(call);
    if (!email.empty())
        return fmt::format(
            "PagerDuty makes changes in somebody's name, and account {} has no user with the address {}. "
            "Add the user there, or give the address of the one that {} has under people in the section "
            "[backstage] of this backend's configuration.",
            account.id,
            email,
            call.caller.ref);
    if (!account.from.empty())
        return fmt::format(
            "PagerDuty makes changes in somebody's name, and account {} has no user with the address {}, "
            "which its key \"from\" in the section [[backstage.accounts]] of this backend's configuration "
            "names.",
            account.id,
            account.from);
    auto from = account.upstream->near() ? std::string{}
                                         : fmt::format(", or set the address that account {} shall use as its key "
                                                       "\"from\" in [[backstage.accounts]]",
                                                       account.id);
    if (!call.caller.ref.starts_with("user:"))
        return fmt::format(
            "PagerDuty makes changes in somebody's name, and these credentials are nobody's in particular. "
            "Sign in to Backstage, or use a key of a person's own{}.",
            from);
    auto why = unknown ? fmt::format(" ({})", sentence_of(*unknown)) : std::string{};
    return fmt::format(
        "PagerDuty makes changes in somebody's name, and no e-mail address of {} is known{}. Give the entity "
        "{} a spec.profile.email that PagerDuty knows, or name the address under people in the section "
        "[backstage] of this backend's configuration{}.",
        call.caller.ref,
        why,
        call.caller.ref,
        from);
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
