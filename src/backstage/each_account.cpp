#include "backstage/each_account.h"

#include "backstage/parallel.h"
#include "base/log.h"

#include <algorithm>

namespace callboard::backstage {

namespace {

/// What is left for the rest of the request when one of several accounts does not answer at all.
constexpr auto time_for_the_rest = std::chrono::seconds{4};

void miss(Call& call, const Account& account, const Reply& failure) {
    auto known = std::ranges::any_of(call.missing, [&](const auto& one) { return one == account.id; });
    if (!known) call.missing.push_back(account.id);
    log::warn("backstage.account_left_out",
              {{"account", account.id}, {"status", std::to_string(failure.status)}, {"why", sentence_of(failure)}});
}

}  // namespace

std::optional<Reply> ask_each_account(Call& call, const AskAccount& ask) {
    auto accounts = call.room.accounts.all();
    if (accounts.size() == 1) return ask(call, accounts.front(), 0);
    std::vector<std::optional<Reply>> failures(accounts.size());
    // Calls are not shared between threads.
    std::vector<Call> calls(accounts.size(), call);
    std::vector<std::function<void()>> jobs;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        calls[i].deadline -= time_for_the_rest;
        jobs.emplace_back([&, i] { failures[i] = ask(calls[i], accounts[i], i); });
    }
    call.room.parallel.run(std::move(jobs));
    if (std::ranges::all_of(failures, [](const auto& failure) { return failure.has_value(); }))
        return std::move(failures.front());
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        if (failures[i])
            miss(call, accounts[i], *failures[i]);
        else if (calls[i].as_of)
            call.read_at(*calls[i].as_of);
    }
    return std::nullopt;
}

json::array missing_accounts(const Call& call) {
    json::array names;
    for (const auto& name : call.missing) names.emplace_back(name);
    return names;
}

std::string sentence_of(const Reply& refusal) {
    const auto& errors = list_at(refusal.body, "errors");
    return errors.empty() || !errors[0].is_string() ? std::string{"It was refused."}
                                                    : std::string{view_of(errors[0].get_string())};
}

}  // namespace callboard::backstage
