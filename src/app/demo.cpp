#include "app/demo.h"

#include "app/demo_cast.h"
#include "app/demo_history.h"
#include "base/log.h"
#include "base/secret.h"

namespace callboard {

namespace {

/// The cast settles in before anything happens.
constexpr auto account_age = days{45};
constexpr auto history = days{30};
constexpr std::size_t password_length = 16;
/// The setting of a store that was filled: nothing of anybody's own is in it.
const std::string demo_mark{"demo"};

DemoAccount introduce(const DemoCast& cast, const std::string& owner_password) {
    DemoAccount account;
    account.api_key = cast.api_key;
    account.read_only_api_key = cast.read_only_api_key;
    account.owner_email = cast.people[demo::ana].email;
    account.owner_password = owner_password;
    for (const auto& user : cast.people) account.users.push_back({user.id, user.name, user.email});
    for (const auto& [service, integrations] : cast.services)
        account.services.push_back(
            {service.id, service.name, integrations.empty() ? "" : integrations.front().integration_key});
    for (const auto& policy : cast.policies) account.escalation_policies.push_back({policy.id, policy.name});
    for (const auto& schedule : cast.schedules) account.schedules.push_back({schedule.id, schedule.name});
    return account;
}

}  // namespace

bool never_used(Store& store, Timestamp now) {
    return store.read(now, [](Tx& tx) { return !tx.setting("ids.key"); });
}

bool is_demo(Store& store, Timestamp now) {
    return store.read(now, [](Tx& tx) { return tx.setting(demo_mark).has_value(); });
}

Timestamp demo_begins(Timestamp now) { return std::chrono::floor<seconds>(now - account_age); }

Result<DemoAccount> fill_demo(Store& store, Desk& desk, const Account& account, Timestamp now) {
    auto password = random_alphanumeric(password_length);
    auto hash = hash_password(password);
    TRY(auto cast, store.decide(demo_begins(now), [&](Tx& tx) {
        tx.set_setting(demo_mark, "1");
        return create_demo_cast(tx, account, hash, now);
    }));
    auto account_made = introduce(cast, password);
    account_made.refusals = live_demo_history(store, desk, cast, now - history, now);
    for (const auto& why : account_made.refusals) log::warn("demo.act_refused", {{"why", why}});
    return account_made;
}

}  // namespace callboard
