// Routes: what pickers and the plugin's page list.

#include "backstage/each_account.h"
#include "backstage/handlers.h"
#include "backstage/name_order.h"
#include "backstage/pages.h"
#include "backstage/permissions.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

void sort_by_name(json::array& items) {
    std::ranges::stable_sort(items, name_before, [](const json::value& item) { return name_of(item); });
}

/// What `list` gives for each account, in the order of the configuration.
std::optional<Reply>
of_all_accounts(Call& call, const std::function<Collected(Call&, const Account&)>& list, json::array& into) {
    std::vector<json::array> parts(call.room.accounts.all().size());
    auto ask = [&](Call& own, const Account& account, std::size_t place) {
        auto collected = list(own, account);
        if (!collected.failure) parts[place] = std::move(collected.items);
        return std::move(collected.failure);
    };
    if (auto failure = ask_each_account(call, ask)) return failure;
    for (auto& part : parts) {
        sort_by_name(part);
        for (auto& item : part) into.push_back(std::move(item));
    }
    return std::nullopt;
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
    if (auto failure = of_all_accounts(call, list, policies)) return *failure;
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
    if (auto failure = of_all_accounts(call, list, teams)) return *failure;
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

/// What whoever asks may do, so that a page offers that and no more.
Reply get_permissions(Call& call) {
    return ok(json::object{{"permissions", permissions_object(call.caller.may)},
                           {"user", call.caller.ref},
                           {"groups_known", !call.caller.groups_unknown}});
}

Reply get_health(Call&) { return ok(json::object{{"status", "ok"}}); }

}  // namespace callboard::backstage
