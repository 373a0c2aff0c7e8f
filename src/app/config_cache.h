#pragma once
// Configuration kept in memory between decisions. Everything here can be read from the store again; it is dropped
// whenever Tx::config_generation() says that configuration may have changed. One per thread, usually the writer's.

#include "app/on_call.h"
#include "domain/account/custom_field.h"
#include "domain/hook/webhook.h"
#include "domain/notify/notification.h"
#include "domain/service/alert_grouping.h"
#include "domain/service/service.h"
#include "storage/tx.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callboard {

/// Where a routing key leads.
struct Route {
    Integration integration;
    Service service;
};

class ConfigCache {
public:
    /// Null when no integration has this key, or it or its service was deleted.
    const Route* route(Tx& tx, std::string_view routing_key);

    // Who needs one row to decide about an incident goes on without it when it cannot be read; it has been reported.

    /// Null when unknown, deleted or unreadable.
    const Service* service(Tx& tx, ServiceId id);
    ConfigUse service_use(Tx& tx, ServiceId id);

    /// How the service's alerts are grouped; null when they are not.
    const AlertGroupingSetting* grouping(Tx& tx, const Service& service);
    ConfigUse grouping_use(Tx& tx, AlertGroupingSettingId id);

    /// The policy as it is now, and as it was in a version; null when it never was, or that version cannot be
    /// read. Where the policy as it is now cannot, it is one without levels, of version 0: by that an incident goes on
    /// asking for the policy as it is now.
    const EscalationPolicy* policy(Tx& tx, EscalationPolicyId id);
    const EscalationPolicy* policy(Tx& tx, EscalationPolicyId id, int version);

    /// Who is on call by this policy at tx.now().
    const OnCallAnswer& on_call(Tx& tx, const EscalationPolicy& policy);
    /// What that answer was based on: the policy and its schedules.
    const ConfigUses& on_call_uses(Tx& tx, const EscalationPolicy& policy);

    /// How a person is told of incidents of this urgency; none when the person was deleted.
    const std::vector<Way>& ways(Tx& tx, UserId user, Urgency urgency);
    /// The version of the person's rules and contact methods that made them (app/rule_history.h).
    ConfigUse rules_use(Tx& tx, UserId user);

    bool in_maintenance(Tx& tx, ServiceId id);

    const std::vector<WebhookSubscription>& webhook_subscriptions(Tx& tx);

    /// The enabled fields of incidents that have a default value.
    const std::vector<CustomField>& incident_defaults(Tx& tx);

    /// The local weekday and time of day of a service's support hours.
    static LocalMoment local_moment(const Service& service, Timestamp now);

private:
    struct OnCall {
        OnCallAnswer answer;
        ConfigUses uses;
    };

    void refresh(Tx& tx);
    OnCall& on_call_of(Tx& tx, const EscalationPolicy& policy);

    std::uint64_t generation_ = ~std::uint64_t{0};
    std::unordered_map<std::string, std::unique_ptr<Route>> routes_;
    std::unordered_map<ServiceId, std::unique_ptr<Service>> services_;
    std::unordered_map<AlertGroupingSettingId, std::unique_ptr<AlertGroupingSetting>> groupings_;
    std::map<std::pair<EscalationPolicyId, int>, std::unique_ptr<EscalationPolicy>> policies_;
    std::map<std::pair<EscalationPolicyId, int>, OnCall> on_call_;
    std::map<std::pair<UserId, Urgency>, std::vector<Way>> ways_;
    /// Numbers of versions, once somebody asked.
    std::unordered_map<std::int64_t, int> versions_;
    std::optional<std::vector<MaintenanceWindow>> windows_;
    std::optional<std::vector<WebhookSubscription>> webhook_subscriptions_;
    std::optional<std::vector<CustomField>> incident_defaults_;
    std::string key_;
};

}  // namespace callboard
