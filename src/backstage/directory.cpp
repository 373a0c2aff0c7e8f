// Routes: what pickers and the plugin's page list.

#include "backstage/handlers.h"
#include "backstage/name_order.h"
#include "backstage/pages.h"

#include <algorithm>

namespace callboard::backstage {

namespace {

std::string_view name_of(const json::value& item) {
    const auto* object = item.if_object();
    const auto* name = object ? object->if_contains("name") : nullptr;
    if (!name || !name->is_string()) return {};
    return {name->get_string().data(), name->get_string().size()};
}

void sort_by_name(json::array& items) { std::ranges::stable_sort(items, name_before, name_of); }

}  // namespace

/// For the scaffolder's field: each policy as a label and a value.
Reply list_escalation_policies(Call& call) {
    auto policies = collect(call,
                            operations::list_escalation_policies,
                            "/escalation_policies?total=true&sort_by=name",
                            "escalation_policies");
    if (policies.failure) return *policies.failure;
    sort_by_name(policies.items);
    json::array options;
    for (const auto& policy : policies.items) {
        const auto* object = policy.if_object();
        const auto* id = object ? object->if_contains("id") : nullptr;
        if (id) options.emplace_back(json::object{{"label", name_of(policy)}, {"value", *id}});
    }
    return ok(std::move(options));
}

Reply list_teams(Call& call) {
    auto teams = collect(call, operations::list_teams, "/teams?total=true&sort_by=name", "teams");
    if (teams.failure) return *teams.failure;
    sort_by_name(teams.items);
    auto account = call.query_text("account");
    for (auto& team : teams.items)
        if (auto* object = team.if_object())
            (*object)["account"] = account.empty() ? default_account : std::string_view{account};
    return ok(std::move(teams.items));
}

/// One account that is not named in the configuration is no list of accounts.
Reply list_accounts(Call&) { return ok(json::object{{"accounts", json::array{}}}); }

Reply get_health(Call&) { return ok(json::object{{"status", "ok"}}); }

}  // namespace callboard::backstage
