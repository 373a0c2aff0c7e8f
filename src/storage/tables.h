#pragma once
// Every table by the type of its rows. Adding one: a line here, a line in one of the *_tables.cpp, a migration.

#include "domain/account/api_key.h"
#include "domain/account/custom_field.h"
#include "domain/account/incident_type.h"
#include "domain/account/oauth.h"
#include "domain/account/priority.h"
#include "domain/account/tag.h"
#include "domain/account/team.h"
#include "domain/account/user.h"
#include "domain/escalation/escalation_policy.h"
#include "domain/event/event.h"
#include "domain/event/heartbeat.h"
#include "domain/event/orchestrated_event.h"
#include "domain/event/orchestration.h"
#include "domain/hook/webhook.h"
#include "domain/incident/incident.h"
#include "domain/incident/responder.h"
#include "domain/incident/status_update.h"
#include "domain/notify/notification.h"
#include "domain/schedule/audit.h"
#include "domain/schedule/schedule.h"
#include "domain/service/alert_grouping.h"
#include "domain/service/impact.h"
#include "domain/service/service.h"
#include "domain/service/standard.h"
#include "storage/table.h"

#include <string_view>

namespace callboard {

/// `plain`: rows only. `config`: a change makes every cache of configuration stale (Tx::config_generation).
/// `versioned`: config whose past is kept as well (Tx::as_of, Tx::version).
enum class TableKind { plain, config, versioned };

#define CALLBOARD_TABLE(Type, table_name, table_kind)                                                                  \
    template <>                                                                                                        \
    struct TableTraits<Type> {                                                                                         \
        static constexpr std::string_view name = table_name;                                                           \
        static constexpr TableKind kind = TableKind::table_kind;                                                       \
    };

CALLBOARD_TABLE(User, "users", config)
CALLBOARD_TABLE(ContactMethod, "contact_methods", config)
CALLBOARD_TABLE(NotificationRule, "notification_rules", config)
CALLBOARD_TABLE(HandoffRule, "handoff_notification_rules", config)
CALLBOARD_TABLE(ContactProof, "contact_proofs", plain)
CALLBOARD_TABLE(Team, "teams", config)
CALLBOARD_TABLE(TeamMember, "team_members", config)
CALLBOARD_TABLE(ApiKey, "api_keys", plain)
CALLBOARD_TABLE(Credential, "credentials", plain)
CALLBOARD_TABLE(Session, "sessions", plain)
CALLBOARD_TABLE(OAuthApp, "oauth_apps", plain)
CALLBOARD_TABLE(OAuthToken, "oauth_tokens", plain)
CALLBOARD_TABLE(Priority, "priorities", config)
CALLBOARD_TABLE(Service, "services", versioned)
CALLBOARD_TABLE(AlertGroupingSetting, "alert_grouping_settings", versioned)
CALLBOARD_TABLE(Integration, "integrations", config)
CALLBOARD_TABLE(MaintenanceWindow, "maintenance_windows", config)
CALLBOARD_TABLE(BusinessService, "business_services", config)
CALLBOARD_TABLE(ServiceDependency, "service_dependencies", config)
CALLBOARD_TABLE(IncidentType, "incident_types", config)
CALLBOARD_TABLE(CustomField, "custom_fields", config)
CALLBOARD_TABLE(CustomFieldValue, "custom_field_values", plain)
CALLBOARD_TABLE(EscalationPolicy, "escalation_policies", versioned)
CALLBOARD_TABLE(Schedule, "schedules", versioned)
CALLBOARD_TABLE(ScheduleOverride, "schedule_overrides", config)
CALLBOARD_TABLE(CustomShift, "custom_shifts", config)
CALLBOARD_TABLE(ShiftOverride, "shift_overrides", config)
CALLBOARD_TABLE(AuditRecord, "audit_records", plain)
CALLBOARD_TABLE(Standard, "standards", config)
CALLBOARD_TABLE(Incident, "incidents", plain)
CALLBOARD_TABLE(Alert, "alerts", plain)
CALLBOARD_TABLE(LogEntry, "log_entries", plain)
CALLBOARD_TABLE(IncidentNote, "incident_notes", plain)
CALLBOARD_TABLE(ChangeEvent, "change_events", plain)
CALLBOARD_TABLE(EventReceipt, "event_receipts", plain)
CALLBOARD_TABLE(Notification, "notifications", plain)
CALLBOARD_TABLE(NotifiedIncident, "notified_incidents", plain)
CALLBOARD_TABLE(HandoffNotice, "handoff_notices", plain)
CALLBOARD_TABLE(SeenCallback, "seen_callbacks", plain)
CALLBOARD_TABLE(ResponderRequest, "responder_requests", plain)
CALLBOARD_TABLE(ResponderTarget, "responder_targets", plain)
CALLBOARD_TABLE(Responder, "responders", plain)
CALLBOARD_TABLE(ManualImpact, "manual_impacts", plain)
CALLBOARD_TABLE(Heartbeat, "heartbeats", plain)
CALLBOARD_TABLE(OAuthClient, "oauth_clients", plain)
CALLBOARD_TABLE(EventOrchestration, "event_orchestrations", config)
CALLBOARD_TABLE(OrchestrationIntegration, "orchestration_integrations", config)
CALLBOARD_TABLE(OrchestrationPath, "orchestration_paths", versioned)
CALLBOARD_TABLE(CacheVariable, "cache_variables", config)
CALLBOARD_TABLE(OrchestrationValue, "orchestration_values", plain)
CALLBOARD_TABLE(OrchestratedEvent, "orchestrated_events", plain)
CALLBOARD_TABLE(WebhookSubscription, "webhook_subscriptions", config)
CALLBOARD_TABLE(WebhookDelivery, "webhook_deliveries", plain)
CALLBOARD_TABLE(Tag, "tags", plain)
CALLBOARD_TABLE(Tagging, "taggings", plain)
CALLBOARD_TABLE(StatusUpdate, "status_updates", plain)
CALLBOARD_TABLE(NotificationSubscription, "notification_subscriptions", plain)
CALLBOARD_TABLE(StatusUpdateRule, "status_update_rules", plain)

#undef CALLBOARD_TABLE

}  // namespace callboard
