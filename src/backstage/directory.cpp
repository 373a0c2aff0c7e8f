// Routes: what pickers and the plugin's page list.

#include "backstage/handlers.h"
#include "backstage/name_order.h"
#include "backstage/pages.h"
#include "backstage/parallel.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

void sort_by_name(json::array& items) {
    std::ranges::stable_sort(items, name_before, [](const json::value& item) { return name_of(item); });
}

/// What `list` gives for each account, in the order of the configuration.
Reply of_all_accounts(Call& call, const std::function<Collected(Call&, const Account&)>& list, json::array& into) {
    auto accounts = call.room.accounts.all();
    std::vector<Collected> parts(accounts.size());
    std::vector<Call> calls(accounts.size(), call);
    std::vector<std::function<void()>> jobs;
    for (std::size_t i = 0; i < accounts.size(); ++i)
        jobs.emplace_back([&, i] { parts[i] = list(calls[i], accounts[i]); });
    call.room.parallel.run(std::move(jobs));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].failure) return *std::move(parts[i].failure);
        if (calls[i].as_of) call.read_at(*calls[i].as_of);
        sort_by_name(parts[i].items);
        for (auto& item : parts[i].items) into.push_back(std::move(item));
    }
    return {};
}

}  // namespace

/// For the scaffolder's field: each policy as a label and a value, account after account.
Reply list_escalation_policies(Call& call) {
    auto list = [](Call& own, const Account& account) {
        auto policies = collect(own,
                                account,
                                operations::list_escalation_policies,
                                "/escalation_policies?total=true&sort_by=name",
                                "escalation_policies",
                                Freshness::directory);
        for (auto& policy : policies.items)
            if (auto* object = policy.if_object()) (*object)["account"] = account.id;
        return policies;
    };
    json::array policies;
    if (auto failure = of_all_accounts(call, list, policies); !failure.body.is_null()) return failure;
    json::array options;
    for (const auto& policy : policies) {
        const auto* id = member(policy, {"id"});
        auto account = text_at(policy, "account");
        auto label = account == default_account ? std::string{name_of(policy)}
                                                : fmt::format("({}) {}", account, name_of(policy));
        if (id) options.emplace_back(json::object{{"label", std::move(label)}, {"value", *id}});
    }
    return ok(std::move(options));
}

Reply list_teams(Call& call) {
    auto named = call.query_text("account");
    auto list = [&](Call& own, const Account& account) {
        auto teams = collect(
            own, account, operations::list_teams, "/teams?total=true&sort_by=name", "teams", Freshness::directory);
        for (auto& team : teams.items)
            if (auto* object = team.if_object()) (*object)["account"] = named.empty() ? account.id : named;
        return teams;
    };
    if (!named.empty()) {
        auto teams = list(call, call.account);
        if (teams.failure) return *teams.failure;
        sort_by_name(teams.items);
        return ok(std::move(teams.items));
    }
    json::array teams;
    if (auto failure = of_all_accounts(call, list, teams); !failure.body.is_null()) return failure;
    sort_by_name(teams);
    return ok(std::move(teams));
}

/// One account that is not named in the configuration is no list of accounts.
Reply list_accounts(Call& call) {
    json::array accounts;
    if (call.room.accounts.named())
        for (const auto& account : call.room.accounts.all())
            accounts.emplace_back(json::object{{"id", account.id}, {"isDefault", account.is_default}});
    return ok(json::object{{"accounts", std::move(accounts)}});
}

Reply get_health(Call&) { return ok(json::object{{"status", "ok"}}); }

}  // namespace callboard::backstage
