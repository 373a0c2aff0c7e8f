"""Where PagerDuty's description and PagerDuty's behaviour differ, and which of the two we follow.

Each entry has its reason. Entries are as narrow as they can be: one operation, one status, one member.
"""

from __future__ import annotations

# Members that are optional in the schemas, may therefore be null by the rule of A6, and yet never are.
NEVER_NULL = {
    "id", "type", "status", "urgency", "created_at", "incident_number", "title",
    "updated_at",  # typed clients refuse an incident without it
    "name",
    "limit", "offset", "more",
}

# A success status that clients see although only another one is written down.
EXTRA_SUCCESS = {
    # The description says 201 for this read; a plain 200 is what every client accepts.
    "GET /schedules/{id}/overrides": [200],
}

# Corrections of single values in the description: place, what is written there, what it must say.
CORRECTIONS = [
    # The enum of all kinds, and all real data, say "acknowledge".
    ("#/components/schemas/AcknowledgeLogEntry/allOf/1/properties/type/enum",
     ["acknowledgement_log_entry"], ["acknowledge_log_entry"]),
    # Every example and every client writes the details of an incident as a text.
    ("#/components/schemas/IncidentBody/properties/details/type", "object", "string"),
    # Written as objects that have the value in them; everybody sends and reads the value itself.
    *[(f"#/components/schemas/CustomFieldsFieldValue/properties/value/oneOf/{number}/type", "object", [*kinds, "null"])
      for number, kinds in enumerate((["boolean"], ["number"], ["integer"], ["string", "array"], ["string"], ["string"]))],
    # Shown to happen to incidents, and missing where log entries of all are read.
    *[(f"#/paths/~1log_entries{place}/oneOf/14", {"$ref": "#/components/schemas/UrgencyChangeLogEntry"},
       {"oneOf": [{"$ref": f"#/components/schemas/{kind}LogEntry"} for kind in ("UrgencyChange", "CustomFieldValueChange")]})
      for place in ("/get/responses/200/content/application~1json/schema/allOf/1/properties/log_entries/items",
                    "~1{id}/get/responses/200/content/application~1json/schema/properties/log_entry")],
    # Its own example of a feature that nobody switched has null.
    ("#/components/schemas/FeatureEnablement/properties/updated_at/type", "string", ["string", "null"]),
    # Written as a text; the description's own examples, Terraform and go-pagerduty have an object with a type.
    ("#/components/schemas/EscalationRule/properties/escalation_rule_assignment_strategy/type", "string", "object"),
    ("#/components/schemas/EscalationRule/properties/escalation_rule_assignment_strategy/enum",
     ["round_robin", "assign_to_everyone"], [{"type": "round_robin"}, {"type": "assign_to_everyone"}]),
]

# Answers that may have any body or none: the operation only points to another API.
ANY_BODY = {("POST /change_events", 202)}

# Answers whose written schema is not what clients receive.
REPLACED_SCHEMA = {
    # Written as a list of vendors; the answer is one vendor.
    ("GET /vendors/{id}", 200): {
        "type": "object", "required": ["vendor"],
        "properties": {"vendor": {"$ref": "#/components/schemas/Vendor"}},
    },
}

# With include[] the written schema keeps saying "reference"; the whole object comes instead (A5).
EXPANDS_TO = {
    "AcknowledgerReference": ["User", "Service"],
    "AgentReference": ["User", "Service", "Integration"],
    "ContactMethodReference": ["ContactMethod"],
    "EscalationPolicyReference": ["EscalationPolicy"],
    "EscalationTargetReference": ["User", "Schedule"],
    "ExtensionSchemaReference": ["ExtensionSchema"],
    "IncidentReference": ["Incident"],
    "IntegrationReference": ["Integration"],
    "LogEntryReference": ["LogEntry"],
    "NotificationRuleReference": ["NotificationRule"],
    "PriorityReference": ["Priority"],
    "ScheduleReference": ["Schedule"],
    "ServiceReference": ["Service"],
    "TeamReference": ["Team"],
    "UserReference": ["User"],
    "VendorReference": ["Vendor"],
}

# Operations that clients call although the description does not know them.
UNDOCUMENTED_OPERATIONS = {
    "DELETE /services/{id}/integrations/{integration_id}": "go-pagerduty and Terraform delete integrations this way",
    "PATCH /business_services/{id}": "old clients patch where new ones put",
    "GET /alerts": "our own: alerts that are held or suppressed have no incident to be listed under",
    "GET /alerts/{id}": "our own: so have they no address under an incident",
    "GET /services/{id}/event_receipts": "our own: where accepted events went that changed nothing",
    "GET /incidents/{id}/why": "our own: why people were told, and why others were not",
    **{operation: "our own: what rules made of events" for operation in (
        "GET /event_orchestrations/{id}/orchestrated_events", "GET /services/{id}/orchestrated_events")},
    **{operation: "our own: heartbeats" for operation in (
        "GET /heartbeats", "POST /heartbeats", "GET /heartbeats/{id}", "PUT /heartbeats/{id}", "DELETE /heartbeats/{id}")},
    **{operation: "our own: what the console asks" for operation in (
        "GET /console/session", "POST /console/invitations", "GET /console/pager_health", "GET /console/oauth_scopes",
        "GET /console/api_keys", "POST /console/api_keys", "PUT /console/api_keys/{id}", "DELETE /console/api_keys/{id}",
        "GET /console/oauth_apps", "POST /console/oauth_apps", "PUT /console/oauth_apps/{id}",
        "POST /console/oauth_apps/{id}/rotate_secret", "DELETE /console/oauth_apps/{id}",
        "GET /console/webhook_subscriptions/{id}/deliveries", "POST /console/webhook_subscriptions/{id}/deliveries/{delivery_id}/resend",
        "GET /console/extensions/{id}/deliveries", "POST /console/extensions/{id}/deliveries/{delivery_id}/resend")},
    "GET /notifications/{id}": "our own: what became of one message",
    **{operation: "our own: whether a contact method reaches its person" for operation in (
        "GET /users/{id}/contact_methods/{contact_method_id}/verification",
        "POST /users/{id}/contact_methods/{contact_method_id}/verification",
        "PUT /users/{id}/contact_methods/{contact_method_id}/verification",
        "POST /users/{id}/contact_methods/{contact_method_id}/test",
        "GET /users/{id}/readiness")},
    "POST /console/simulations": "our own: who would be told, when",
    "POST /schedules/{id}/regenerate_private_url_key": "our own: ends the address of a schedule's calendar, as for people",
    "PUT /incidents/{id}/responder_requests/reply": "our own: joining and declining, which people do elsewhere by telephone",
}

# The scope column of `callboard routes` where the description is misleading. Value: every spelling that is accepted.
SCOPE_TRAPS = {
    # A slip of the description: everything else about incidents says "incidents".
    "incident.read": ["incidents.read", "incident.read"],
    # Backstage and Terraform ask for analytics.read and then POST; the table may name either or both.
    "analytics.write": ["analytics.write", "analytics.read", "analytics.read|analytics.write", "analytics.read,analytics.write"],
}

# Operations whose scope the description leaves out: without one, a token of any scope could change who is on call, or
# where webhooks get their tokens.
UNSCOPED_PATHS = {"/v3/schedules": "schedules", "/webhook_subscriptions/oauth_clients": "webhook_subscriptions"}
