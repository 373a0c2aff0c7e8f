#pragma once
// Every REST resource: its rows of the route table, and how it is written in full where another resource includes
// it. One file per resource in this folder; `rest_routes` joins their tables.

#include "domain/account/custom_field.h"
#include "http/kit/route.h"
#include "http/kit/wire.h"

#include <set>
#include <vector>

namespace callboard::http {

std::vector<Route> rest_routes();

// Full objects, as in GET /<plural>/{id}.
json::object service_object(Wire& wire, const Service& service);
json::object integration_object(Wire& wire, const Integration& integration);
json::object escalation_policy_object(Wire& wire, const EscalationPolicy& policy);
json::object team_object(Wire& wire, const Team& team);
json::object user_object(Wire& wire, const User& user);
json::object notification_object(Wire& wire, const Notification& row);
json::object contact_method_object(Wire& wire, const ContactMethod& method);
json::object notification_rule_object(Wire& wire, const NotificationRule& rule);
/// Without rendered entries. Shift-based ones stay references wherever they are named: REST, listOnCalls.
json::object schedule_object(Wire& wire, const Schedule& schedule);
json::object incident_object(Wire& wire, const Incident& incident);
json::object alert_object(Wire& wire, const Alert& alert);
json::object log_entry_object(Wire& wire, const LogEntry& entry);
json::object priority_object(Wire& wire, const Priority& priority);

/// Every enabled field that the service or incident has, null where it has no value.
json::array custom_field_values(Wire& wire, const Service& service);
json::array custom_field_values(Wire& wire, const Incident& incident);
/// The same of values that were kept elsewhere.
json::array field_values_array(Wire& wire, const std::vector<CustomField>& fields, std::span<const FieldValue> values);
std::vector<CustomField> enabled_fields_of_services(Tx& tx);
std::vector<CustomField> enabled_fields_of_incidents(Tx& tx, std::string_view incident_type);
json::object field_value_object(Wire& wire, const CustomField& field, const std::optional<std::string>& value);

/// By its id or its name; the one that every account has as well.
std::optional<IncidentType> find_incident_type(Request& request, std::string_view id_or_name);

/// Who acts, for the log and for webhooks: nobody for a key of the account.
Agent acting_agent(const Request& request);

/// The business services that an incident impacts.
std::set<BusinessServiceId> impacted_by(Tx& tx, const Incident& incident);

/// A service, technical or business, goes and takes its edges along.
void erase_dependencies(Tx& tx, std::int64_t service);

/// A reference, or the full object where `include[]` names `what`.
template <class T, class Write>
json::object reference_or_full(Wire& wire, std::string_view what, const T* row, json::object reference, Write write) {
    if (!row || !wire.includes(what)) return reference;
    Wire::Including including(wire);
    return write(wire, *row);
}

json::object service_ref_or_full(Wire& wire, ServiceId id);
json::object policy_ref_or_full(Wire& wire, EscalationPolicyId id);
json::object schedule_ref_or_full(Wire& wire, ScheduleId id, std::string_view what);
json::object team_ref_or_full(Wire& wire, TeamId id);
/// `what` is the include[] name used here: "users", "assignees", …
json::object user_ref_or_full(Wire& wire, UserId id, std::string_view what = "users");

}  // namespace callboard::http
