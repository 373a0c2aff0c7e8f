#include "app/config_cache.h"

#include "app/rule_history.h"
#include "domain/calendar/zone.h"
#include "storage/unreadable.h"

#include <algorithm>

namespace callboard {

namespace {

/// Keys that lead nowhere are remembered too; past this many everything is forgotten.
constexpr std::size_t routes_max = 100'000;
/// Version number that stands for "as it is now".
constexpr int current_version = 0;

std::optional<EscalationPolicy> current_policy(Tx& tx, EscalationPolicyId id) {
    try {
        return tx.find_even_deleted<EscalationPolicy>(id);
    } catch (const UnreadableRow&) {
        EscalationPolicy unreadable;
        unreadable.id = id;
        unreadable.version = current_version;
        return unreadable;
    }
}

}  // namespace

void ConfigCache::refresh(Tx& tx) {
    if (generation_ == tx.config_generation()) return;
    generation_ = tx.config_generation();
    routes_.clear();
    services_.clear();
    groupings_.clear();
    policies_.clear();
    on_call_.clear();
    ways_.clear();
    versions_.clear();
    windows_.reset();
    webhook_subscriptions_.reset();
    incident_defaults_.reset();
}

const Route* ConfigCache::route(Tx& tx, std::string_view routing_key) {
    refresh(tx);
    key_.assign(routing_key);
    if (auto found = routes_.find(key_); found != routes_.end()) return found->second.get();
    if (routes_.size() >= routes_max) routes_.clear();
    auto integration = tx.first(Query<Integration>().where(&Integration::integration_key, key_));
    auto service = integration ? tx.find<Service>(integration->service) : std::nullopt;
    // Only now: where a row cannot be read, the next event must not find that its key leads nowhere.
    auto& slot = routes_[key_];
    if (service) slot = std::make_unique<Route>(Route{std::move(*integration), std::move(*service)});
    return slot.get();
}

const Service* ConfigCache::service(Tx& tx, ServiceId id) {
    refresh(tx);
    auto [found, added] = services_.try_emplace(id);
    if (added)
        if (auto row = if_readable([&] { return tx.find<Service>(id); }))
            found->second = std::make_unique<Service>(std::move(*row));
    return found->second.get();
}

ConfigUse ConfigCache::service_use(Tx& tx, ServiceId id) {
    refresh(tx);
    auto [found, added] = versions_.try_emplace(id.value);
    if (added) found->second = tx.version_number<Service>(id);
    return {ConfigKind::service, id.value, found->second};
}

ConfigUse ConfigCache::grouping_use(Tx& tx, AlertGroupingSettingId id) {
    refresh(tx);
    auto [found, added] = versions_.try_emplace(id.value);
    if (added) found->second = tx.version_number<AlertGroupingSetting>(id);
    return {ConfigKind::alert_grouping_setting, id.value, found->second};
}

const AlertGroupingSetting* ConfigCache::grouping(Tx& tx, const Service& service) {
    if (!service.alert_grouping_setting) return nullptr;
    refresh(tx);
    auto [found, added] = groupings_.try_emplace(*service.alert_grouping_setting);
    if (added)
        if (auto row = if_readable([&] { return tx.find<AlertGroupingSetting>(*service.alert_grouping_setting); }))
            found->second = std::make_unique<AlertGroupingSetting>(std::move(*row));
    return found->second.get();
}

const EscalationPolicy* ConfigCache::policy(Tx& tx, EscalationPolicyId id) { return policy(tx, id, current_version); }

const EscalationPolicy* ConfigCache::policy(Tx& tx, EscalationPolicyId id, int version) {
    refresh(tx);
    auto [found, added] = policies_.try_emplace({id, version});
    if (!added) return found->second.get();
    std::optional<EscalationPolicy> row;
    if (version == current_version)
        row = current_policy(tx, id);
    else
        row = if_readable([&] { return tx.version<EscalationPolicy>(id, version); });
    if (row) found->second = std::make_unique<EscalationPolicy>(std::move(*row));
    return found->second.get();
}

ConfigCache::OnCall& ConfigCache::on_call_of(Tx& tx, const EscalationPolicy& policy) {
    refresh(tx);
    auto [found, added] = on_call_.try_emplace({policy.id, policy.version});
    auto& known = found->second;
    if (added || tx.now() >= known.answer.valid_until) known.answer = on_call_by_level(tx, policy, tx.now());
    return known;
}

const OnCallAnswer& ConfigCache::on_call(Tx& tx, const EscalationPolicy& policy) {
    return on_call_of(tx, policy).answer;
}

const ConfigUses& ConfigCache::on_call_uses(Tx& tx, const EscalationPolicy& policy) {
    auto& uses = on_call_of(tx, policy).uses;
    if (!uses.empty()) return uses;
    uses.add({ConfigKind::escalation_policy, policy.id.value, policy.version});
    for (const auto& rule : policy.escalation_rules)
        for (const auto& target : rule.targets)
            if (target.type == TargetType::schedule)
                uses.add({ConfigKind::schedule, target.id, tx.version_number<Schedule>(ScheduleId{target.id})});
    return uses;
}

const std::vector<Way>& ConfigCache::ways(Tx& tx, UserId user, Urgency urgency) {
    refresh(tx);
    auto [found, added] = ways_.try_emplace({user, urgency});
    if (!added) return found->second;
    if (auto person = tx.find<User>(user))
        found->second = ways_of(*person,
                                tx.list(Query<NotificationRule>().where(&NotificationRule::user, user)),
                                tx.list(Query<ContactMethod>().where(&ContactMethod::user, user)),
                                urgency);
    return found->second;
}

ConfigUse ConfigCache::rules_use(Tx& tx, UserId user) {
    refresh(tx);
    auto [found, added] = versions_.try_emplace(user.value);
    if (added) found->second = keep_rules(tx, user).version;
    return {ConfigKind::notification_rules, user.value, found->second};
}

const std::vector<WebhookSubscription>& ConfigCache::webhook_subscriptions(Tx& tx) {
    refresh(tx);
    if (!webhook_subscriptions_) webhook_subscriptions_ = tx.list(Query<WebhookSubscription>());
    return *webhook_subscriptions_;
}

const std::vector<CustomField>& ConfigCache::incident_defaults(Tx& tx) {
    refresh(tx);
    if (!incident_defaults_)
        incident_defaults_ = tx.list(Query<CustomField>()
                                         .where(&CustomField::subject, FieldSubject::incident)
                                         .where(&CustomField::enabled, true)
                                         .is_not_null(&CustomField::default_value));
    return *incident_defaults_;
}

bool ConfigCache::in_maintenance(Tx& tx, ServiceId id) {
    refresh(tx);
    if (!windows_) windows_ = tx.list(Query<MaintenanceWindow>().above(&MaintenanceWindow::end_time, tx.now()));
    return std::ranges::any_of(*windows_, [&](const MaintenanceWindow& window) {
        return window.start_time <= tx.now() && tx.now() < window.end_time &&
               std::ranges::find(window.services, id) != window.services.end();
    });
}

LocalMoment ConfigCache::local_moment(const Service& service, Timestamp now) {
    if (!service.support_hours) return {};
    auto zone = Zone::find(service.support_hours->time_zone).value_or(Zone{});
    auto day = std::chrono::weekday{zone.local_day_of(now)};
    auto second = std::chrono::floor<seconds>(zone.time_of_day(now)).count();
    return {static_cast<int>(day.iso_encoding()), static_cast<int>(second)};
}

}  // namespace callboard
