#pragma once
// Services, the integrations through which events reach them, and what stands between an event and a page.

#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"
#include "domain/account/user.h"
#include "domain/ids.h"

namespace callboard {

/// How urgent the incidents of a service are; `severity_based` looks at the alert.
enum class RuleUrgency { high, low, severity_based };
DESCRIBE_ENUM(RuleUrgency, high, low, severity_based)

enum class UrgencyRuleType { constant, use_support_hours };
DESCRIBE_ENUM(UrgencyRuleType, constant, use_support_hours)

struct UrgencyRule {
    UrgencyRuleType type = UrgencyRuleType::constant;
    /// For `constant`.
    RuleUrgency urgency = RuleUrgency::high;
    /// For `use_support_hours`: inside and outside the service's support hours.
    RuleUrgency during_support_hours = RuleUrgency::high;
    RuleUrgency outside_support_hours = RuleUrgency::low;

    bool operator==(const UrgencyRule&) const = default;
};
DESCRIBE(UrgencyRule, type, urgency, during_support_hours, outside_support_hours)

struct SupportHours {
    std::string time_zone;
    /// 1 is Monday.
    std::vector<int> days_of_week;
    /// Seconds after local midnight.
    int start_time = 0;
    int end_time = 0;

    bool operator==(const SupportHours&) const = default;
};
DESCRIBE(SupportHours, time_zone, days_of_week, start_time, end_time)

/// Raises open low-urgency incidents to `to_urgency` when the support hours begin.
struct ScheduledAction {
    Urgency to_urgency = Urgency::high;

    bool operator==(const ScheduledAction&) const = default;
};
DESCRIBE(ScheduledAction, to_urgency)

struct AutoPauseNotificationsParameters {
    bool enabled = false;
    /// Seconds: 120, 180, 300, 600 or 900; 0 or absent leaves it to us, see `pause_of`.
    std::optional<int> timeout;

    bool operator==(const AutoPauseNotificationsParameters&) const = default;
};
DESCRIBE(AutoPauseNotificationsParameters, enabled, timeout)

/// How long a new alert is held before anybody is told, for `timeout` 0.
constexpr seconds pause_recommended{300};

/// How long the service holds a new alert; absent when it does not.
std::optional<seconds> pause_of(const AutoPauseNotificationsParameters& parameters);

enum class AlertCreation { create_alerts_and_incidents, create_incidents };
DESCRIBE_ENUM(AlertCreation, create_alerts_and_incidents, create_incidents)

struct Service {
    ServiceId id;
    std::string name;
    std::optional<std::string> description;
    EscalationPolicyId escalation_policy;
    /// Set by PUT status "disabled": events are dropped. The shown status is computed, see `service_status`.
    bool disabled = false;
    /// Seconds; absent is off.
    std::optional<int> auto_resolve_timeout;
    std::optional<int> acknowledgement_timeout;
    AlertCreation alert_creation = AlertCreation::create_alerts_and_incidents;
    UrgencyRule incident_urgency_rule;
    std::optional<SupportHours> support_hours;
    std::vector<ScheduledAction> scheduled_actions;
    /// How its alerts are grouped; absent: each opens an incident of its own. A service has one setting at most.
    std::optional<AlertGroupingSettingId> alert_grouping_setting;
    AutoPauseNotificationsParameters auto_pause_notifications_parameters;
    Timestamp created_at;
    std::optional<Timestamp> deleted_at;

    bool operator==(const Service&) const = default;
};
DESCRIBE(Service,
         id,
         name,
         description,
         escalation_policy,
         disabled,
         auto_resolve_timeout,
         acknowledgement_timeout,
         alert_creation,
         incident_urgency_rule,
         support_hours,
         scheduled_actions,
         alert_grouping_setting,
         auto_pause_notifications_parameters,
         created_at,
         deleted_at)

/// What a service shows as its status: computed, never stored.
enum class ServiceStatus { active, warning, critical, maintenance, disabled };
DESCRIBE_ENUM(ServiceStatus, active, warning, critical, maintenance, disabled)

struct ServiceLoad {
    bool disabled = false;
    bool in_maintenance = false;
    int triggered = 0;
    int acknowledged = 0;
};

/// active: nothing open; warning: all open ones acknowledged; critical: at least one triggered.
ServiceStatus service_status(const ServiceLoad& load);

/// The severity of an alert, from best to worst, so that "raise" is max.
enum class Severity { info, warning, error, critical };
DESCRIBE_ENUM(Severity, info, warning, error, critical)

/// The urgency of an incident from an alert of `severity` at `now`.
/// `local_weekday` (1 Monday) and `local_second` are the moment in the support hours' zone.
struct LocalMoment {
    int weekday = 1;
    int second_of_day = 0;
};
Urgency urgency_for(const Service& service, Severity severity, LocalMoment moment);

/// When open low-urgency incidents become high by the service's scheduled action: at the next start of its support
/// hours after `now`. Absent when the service has no such action.
std::optional<Timestamp> urgency_rises_at(const Service& service, Timestamp now);

enum class IntegrationType {
    aws_cloudwatch_inbound_integration,
    cloudkick_inbound_integration,
    event_transformer_api_inbound_integration,
    events_api_v2_inbound_integration,
    generic_email_inbound_integration,
    generic_events_api_inbound_integration,
    keynote_inbound_integration,
    nagios_inbound_integration,
    pingdom_inbound_integration,
    sql_monitor_inbound_integration,
};
DESCRIBE_ENUM(IntegrationType,
              aws_cloudwatch_inbound_integration,
              cloudkick_inbound_integration,
              event_transformer_api_inbound_integration,
              events_api_v2_inbound_integration,
              generic_email_inbound_integration,
              generic_events_api_inbound_integration,
              keynote_inbound_integration,
              nagios_inbound_integration,
              pingdom_inbound_integration,
              sql_monitor_inbound_integration)

struct Integration {
    IntegrationId id;
    ServiceId service;
    std::string name;
    IntegrationType type = IntegrationType::events_api_v2_inbound_integration;
    /// A vendor's fixed id, such as PRO19CT for Backstage.
    std::optional<std::string> vendor;
    /// 32 lower-case letters and digits; a write-capable secret.
    std::string integration_key;
    /// E-mail integrations only.
    std::optional<std::string> integration_email;
    Timestamp created_at;
    std::optional<Timestamp> deleted_at;

    bool operator==(const Integration&) const = default;
};
DESCRIBE(Integration, id, service, name, type, vendor, integration_key, integration_email, created_at, deleted_at)

struct MaintenanceWindow {
    MaintenanceWindowId id;
    int sequence_number = 0;
    Timestamp start_time;
    Timestamp end_time;
    std::string description;
    std::vector<ServiceId> services;
    std::optional<UserId> created_by;
    std::optional<Timestamp> deleted_at;

    bool operator==(const MaintenanceWindow&) const = default;
};
DESCRIBE(MaintenanceWindow,
         id,
         sequence_number,
         start_time,
         end_time,
         description,
         services,
         created_by,
         deleted_at)

struct BusinessService {
    BusinessServiceId id;
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> point_of_contact;
    std::optional<TeamId> team;
    Timestamp created_at;
    std::optional<Timestamp> deleted_at;

    bool operator==(const BusinessService&) const = default;
};
DESCRIBE(BusinessService, id, name, description, point_of_contact, team, created_at, deleted_at)

/// One end of a dependency: a technical service or a business service.
enum class ServiceKind { technical_service, business_service };
DESCRIBE_ENUM(ServiceKind, technical_service, business_service)

struct ServiceDependency {
    DependencyId id;
    ServiceKind supporting_kind = ServiceKind::technical_service;
    std::int64_t supporting_service = 0;
    ServiceKind dependent_kind = ServiceKind::technical_service;
    std::int64_t dependent_service = 0;

    bool operator==(const ServiceDependency&) const = default;
};
DESCRIBE(ServiceDependency, id, supporting_kind, supporting_service, dependent_kind, dependent_service)

}  // namespace callboard
