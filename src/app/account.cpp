#include "app/account.h"

#include "app/policy_snapshots.h"
#include "app/rule_history.h"
#include "app/status_updates.h"
#include "base/secret.h"
#include "domain/account/priority.h"
#include "domain/account/team.h"
#include "domain/escalation/escalation_policy.h"
#include "domain/incident/incident.h"
#include "domain/schedule/schedule.h"
#include "domain/service/standard.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace callboard {

namespace {

constexpr std::size_t api_key_length = 20;

void add_priorities(Tx& tx) {
    constexpr std::array<std::array<const char*, 3>, 5> defaults{{{"P1", "Critical", "a8171c"},
                                                                  {"P2", "High", "eb6016"},
                                                                  {"P3", "Moderate", "f9b406"},
                                                                  {"P4", "Low", "555555"},
                                                                  {"P5", "Informational", "555555"}}};
    int rank = 0;
    for (const auto& [name, description, color] : defaults)
        tx.insert(Priority{tx.new_id<PriorityId>(), name, description, color, ++rank});
}

void add_standards(Tx& tx) {
    struct Default {
        StandardType type;
        const char* name;
        const char* description;
    };

    constexpr std::array defaults{
        Default{StandardType::has_technical_service_description,
                "Service has a description",
                "A description tells responders what the service does."},
        Default{StandardType::minimum_escalation_policy_rule_depth,
                "Escalation policy has two levels or more",
                "With a second level somebody else is told when the first does not answer."},
        Default{StandardType::minimum_escalation_policy_unique_users,
                "Two different people can be reached",
                "One person alone cannot be on call for ever."},
        Default{StandardType::minimum_inbound_integrations,
                "Service has an integration",
                "Without an integration no event can reach the service."},
        Default{StandardType::has_acknowledgement_timeout,
                "Acknowledgements time out",
                "A forgotten incident comes back to attention."},
        Default{StandardType::has_service_dependencies,
                "Service has dependencies",
                "Dependencies show where trouble comes from and goes to."},
        Default{StandardType::has_team, "Service belongs to a team", "A team owns what its escalation policy covers."},
    };
    for (const auto& standard : defaults)
        tx.insert(Standard{tx.new_id<StandardId>(), standard.type, standard.name, standard.description, true, {}, {}});
}

std::uint64_t to_number(const std::string& text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Six colours, so that people in a list are told apart.
std::string color_for(Tx& tx) {
    constexpr std::array colors{"purple", "red", "green", "teal", "dark-slate-blue", "orange"};
    return colors[static_cast<std::size_t>(tx.count(Query<User>().with_deleted())) % colors.size()];
}

template <class T>
void erase_of_user(Tx& tx, UserId T::*owner, UserId user) {
    for (const auto& row : tx.list(Query<T>().where(owner, user))) tx.erase<T>(row.id);
}

/// Layers and events that have ended do not count.
bool takes_turns(const Schedule& schedule, UserId user, Timestamp now) {
    for (const auto& rotation : schedule.rotations)
        for (const auto& event : rotation.events)
            if ((!event.effective_until || *event.effective_until > now) &&
                std::ranges::find(event.members, user.value) != event.members.end())
                return true;
    return std::ranges::any_of(schedule.schedule_layers, [&](const ScheduleLayer& layer) {
        if (layer.end && *layer.end <= now) return false;
        return std::ranges::find(layer.users, user.value) != layer.users.end();
    });
}

}  // namespace

Account open_account(Store& store, Timestamp now) {
    auto opened = store.decide(now, [](Tx& tx) -> Result<Account> {
        auto ids_key = tx.setting("ids.key");
        auto hash_key = tx.setting("hash.key");
        if (ids_key && hash_key) return Account{to_number(*ids_key), *hash_key};
        Account account{random_number(), random_hex() + random_hex()};
        tx.set_setting("ids.key", std::to_string(account.ids_key));
        tx.set_setting("hash.key", account.hash_key);
        add_priorities(tx);
        add_standards(tx);
        return account;
    });
    return std::move(opened).value();
}

Zone account_zone(Tx& tx) {
    auto name = tx.setting("account.time_zone");
    if (!name) return {};
    return Zone::find(*name).value_or(Zone{});
}

Result<User> create_user(Tx& tx, const NewUser& input) {
    if (tx.count(Query<User>().where_same_text(&User::email, input.email)) > 0)
        return errors::invalid_input("Email has already been taken");
    User user;
    user.id = tx.new_id<UserId>();
    user.name = input.name;
    user.email = input.email;
    user.role = input.role;
    user.time_zone = input.time_zone;
    user.job_title = input.job_title;
    user.description = input.description;
    user.color = input.color.empty() ? color_for(tx) : input.color;
    user.created_at = tx.now();
    tx.insert(user);
    ContactMethod email;
    email.id = tx.new_id<ContactMethodId>();
    email.user = user.id;
    email.label = "Default";
    email.address = user.email;
    email.created_at = tx.now();
    tx.insert(email);
    for (auto urgency : {Urgency::high, Urgency::low})
        tx.insert(NotificationRule{tx.new_id<NotificationRuleId>(), user.id, email.id, urgency, 0, tx.now()});
    keep_rules(tx, user.id);
    return user;
}

Result<User> create_owner(Tx& tx, const NewUser& input, const std::string& password_hash) {
    if (tx.count(Query<User>().where(&User::role, Role::owner)) > 0)
        return errors::invalid_input("The account has an owner already");
    auto owner = input;
    owner.role = Role::owner;
    TRY(auto user, create_user(tx, owner));
    tx.insert(Credential{user.id, password_hash, tx.now()});
    return user;
}

void set_password(Tx& tx, UserId user, const std::string& password_hash) {
    Credential credential{user, password_hash, tx.now()};
    if (!tx.update(credential)) tx.insert(credential);
    erase_of_user(tx, &Session::user, user);
}

std::optional<std::string> why_needed(Tx& tx, UserId user) {
    auto is_assigned = [&](const Incident& incident) {
        return std::ranges::find(incident.assignments, user, &Assignment::assignee) != incident.assignments.end();
    };
    auto open = Query<Incident>().below(&Incident::status, IncidentStatus::resolved);
    if (std::ranges::any_of(tx.list(open), is_assigned)) return "they are assigned to open incidents";
    for (const auto& policy : tx.list(Query<EscalationPolicy>()))
        if (names_user(policy, user)) return "they are on the escalation policy " + policy.name;
    auto names = [&](const EscalationPolicy& policy) { return names_user(policy, user); };
    if (open_incident_follows(tx, names)) return "they are on an escalation policy snapshot with open incidents";
    for (const auto& schedule : tx.list(Query<Schedule>()))
        if (takes_turns(schedule, user, tx.now())) return "they are on the schedule " + schedule.name;
    auto still_to_come = Query<ScheduleOverride>().where(&ScheduleOverride::user, user);
    if (tx.count(still_to_come.above(&ScheduleOverride::end, tx.now())) > 0)
        return "they are on call by a schedule override";
    auto shifts = Query<CustomShift>().where(&CustomShift::member, user.value);
    if (tx.count(shifts.above(&CustomShift::end_time, tx.now())) > 0) return "they are on call by a custom shift";
    auto stands_in = Query<ShiftOverride>().where(&ShiftOverride::overriding_member, user.value);
    if (tx.count(stands_in.above(&ShiftOverride::end_time, tx.now())) > 0)
        return "they are on call by a schedule override";
    return std::nullopt;
}

Result<void> delete_user(Tx& tx, User user) {
    if (user.role == Role::owner) return errors::invalid_input("The account owner can't be deleted");
    if (auto why = why_needed(tx, user.id)) return errors::invalid_input("User can't be deleted because " + *why);
    erase_of_user(tx, &NotificationRule::user, user.id);
    erase_of_user(tx, &ContactMethod::user, user.id);
    erase_of_user(tx, &TeamMember::user, user.id);
    erase_of_user(tx, &Session::user, user.id);
    erase_of_user(tx, &StatusUpdateRule::user, user.id);
    forget_subscriptions(tx, user.id.value);
    tx.erase<Credential>(user.id);
    for (auto& key : tx.list(Query<ApiKey>().where(&ApiKey::user, user.id))) {
        key.disabled = true;
        tx.update(key);
    }
    user.deleted_at = tx.now();
    tx.update(user);
    return {};
}

IssuedKey create_api_key(Tx& tx, const Account& account, const NewKey& input) {
    IssuedKey issued;
    issued.key = random_key(api_key_length);
    issued.row.id = tx.new_id<ApiKeyId>();
    issued.row.key_hash = keyed_hash(account.hash_key, issued.key);
    issued.row.truncated_token = issued.key.substr(api_key_length - 4);
    issued.row.description = input.description;
    issued.row.read_only = input.read_only;
    issued.row.user = input.user;
    issued.row.created_by = input.created_by;
    issued.row.created_at = tx.now();
    tx.insert(issued.row);
    return issued;
}

}  // namespace callboard
