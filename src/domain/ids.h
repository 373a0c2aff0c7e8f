#pragma once
// Every id type, so that nouns can refer to each other without including each other.

#include "base/id.h"

namespace callboard {

using UserId = Id<Kind::user>;
using TeamId = Id<Kind::team>;
using ServiceId = Id<Kind::service>;
using IntegrationId = Id<Kind::integration>;
using EscalationPolicyId = Id<Kind::escalation_policy>;
using EscalationRuleId = Id<Kind::escalation_rule>;
using ScheduleId = Id<Kind::schedule>;
using ScheduleLayerId = Id<Kind::schedule_layer>;
using OverrideId = Id<Kind::schedule_override>;
using IncidentId = Id<Kind::incident>;
using AlertId = Id<Kind::alert>;
using LogEntryId = Id<Kind::log_entry>;
using NoteId = Id<Kind::incident_note>;
using ContactMethodId = Id<Kind::contact_method>;
using NotificationRuleId = Id<Kind::notification_rule>;
using ApiKeyId = Id<Kind::api_key>;
using OAuthAppId = Id<Kind::oauth_app>;
using OAuthTokenId = Id<Kind::oauth_token>;
using IncidentTypeId = Id<Kind::incident_type>;
using CustomFieldId = Id<Kind::custom_field>;
using FieldOptionId = Id<Kind::field_option>;
using CustomFieldValueId = Id<Kind::custom_field_value>;
using PriorityId = Id<Kind::priority>;
using MaintenanceWindowId = Id<Kind::maintenance_window>;
using BusinessServiceId = Id<Kind::business_service>;
using ManualImpactId = Id<Kind::manual_impact>;
using DependencyId = Id<Kind::service_dependency>;
using ChangeEventId = Id<Kind::change_event>;
using StandardId = Id<Kind::standard>;
using EventReceiptId = Id<Kind::event_receipt>;
using AlertGroupingSettingId = Id<Kind::alert_grouping_setting>;
using SessionId = Id<Kind::session>;
using NotificationId = Id<Kind::notification>;
using NotifiedIncidentId = Id<Kind::notified_incident>;
using WebhookSubscriptionId = Id<Kind::webhook_subscription>;
using OAuthClientId = Id<Kind::oauth_client>;
using WebhookDeliveryId = Id<Kind::webhook_delivery>;
using HeartbeatId = Id<Kind::heartbeat>;
using HandoffRuleId = Id<Kind::handoff_notification_rule>;
using HandoffNoticeId = Id<Kind::handoff_notice>;
using SeenCallbackId = Id<Kind::seen_callback>;
using ResponderRequestId = Id<Kind::responder_request>;
using ResponderId = Id<Kind::responder>;
using ResponderTargetId = Id<Kind::responder_target>;
using ShiftRotationId = Id<Kind::shift_rotation>;
using ShiftEventId = Id<Kind::shift_event>;
using CustomShiftId = Id<Kind::custom_shift>;
using ShiftOverrideId = Id<Kind::shift_override>;
using AuditRecordId = Id<Kind::audit_record>;
using ShiftAssignmentId = Id<Kind::shift_assignment>;
using EventOrchestrationId = Id<Kind::event_orchestration>;
using OrchestrationIntegrationId = Id<Kind::orchestration_integration>;
using OrchestrationPathId = Id<Kind::orchestration_path>;
using CacheVariableId = Id<Kind::cache_variable>;
using OrchestrationValueId = Id<Kind::orchestration_value>;
using OrchestratedEventId = Id<Kind::orchestrated_event>;
using ExtensionId = Id<Kind::extension>;
using ExtensionSchemaId = Id<Kind::extension_schema>;
using TagId = Id<Kind::tag>;
using TaggingId = Id<Kind::tagging>;
using StatusUpdateId = Id<Kind::status_update>;
using NotificationSubscriptionId = Id<Kind::notification_subscription>;
using StatusUpdateRuleId = Id<Kind::status_update_rule>;

}  // namespace callboard
