#include "domain/access/scope.h"

#include <algorithm>
#include <array>

namespace callboard {

namespace {

constexpr std::array all{std::to_array<ScopeName>({
    {"abilities.read", "Abilities"},
    {"addons.read", "Addons"},
    {"addons.write", "Addons"},
    {"analytics.read", "Analytics"},
    {"analytics.write", "Analytics"},
    {"audit_records.read", "Audit records"},
    {"change_events.read", "Change events"},
    {"change_events.write", "Change events"},
    {"contextual_data.read", "Contextual data"},
    {"contextual_data.write", "Contextual data"},
    {"custom_fields.read", "Custom fields"},
    {"custom_fields.write", "Custom fields"},
    {"escalation_policies.read", "Escalation policies"},
    {"escalation_policies.write", "Escalation policies"},
    {"event_orchestrations.read", "Event orchestrations"},
    {"event_orchestrations.write", "Event orchestrations"},
    {"event_rules.read", "Event rules"},
    {"event_rules.write", "Event rules"},
    {"extension_schemas.read", "Extension schemas"},
    {"extensions.read", "Extensions"},
    {"extensions.write", "Extensions"},
    {"incident.read", "Incidents"},
    {"incident_types.read", "Incident types"},
    {"incident_types.write", "Incident types"},
    {"incident_workflows.read", "Incident workflows"},
    {"incident_workflows.write", "Incident workflows"},
    {"incident_workflows:instances.write", "Incident workflows"},
    {"incidents.read", "Incidents"},
    {"incidents.write", "Incidents"},
    {"ip_allow_lists.read", "IP allow lists"},
    {"ip_allow_lists.write", "IP allow lists"},
    {"licenses.read", "Licenses"},
    {"oauth_delegations.read", "OAuth delegations"},
    {"oauth_delegations.write", "OAuth delegations"},
    {"oncalls.read", "Oncalls"},
    {"priorities.read", "Priorities"},
    {"recommendations.read", "Recommendations"},
    {"recommendations.write", "Recommendations"},
    {"schedules.read", "Schedules"},
    {"schedules.write", "Schedules"},
    {"services.read", "Services"},
    {"services.write", "Services"},
    {"session_configurations.read", "Session configurations"},
    {"session_configurations.write", "Session configurations"},
    {"sre_agent.write", "SRE agent"},
    {"standards.read", "Standards"},
    {"standards.write", "Standards"},
    {"status_dashboards.read", "Status dashboards"},
    {"status_pages.read", "Status pages"},
    {"status_pages.write", "Status pages"},
    {"subscribers.read", "Subscribers"},
    {"subscribers.write", "Subscribers"},
    {"tags.read", "Tags"},
    {"tags.write", "Tags"},
    {"teams.read", "Teams"},
    {"teams.write", "Teams"},
    {"templates.read", "Templates"},
    {"templates.write", "Templates"},
    {"users.read", "Users"},
    {"users.write", "Users"},
    {"users:contact_methods.read", "Users"},
    {"users:contact_methods.write", "Users"},
    {"users:notifications.read", "Users"},
    {"users:sessions.read", "Users"},
    {"users:sessions.write", "Users"},
    {"vendors.read", "Vendors"},
    {"webhook_subscriptions.read", "Webhook subscriptions"},
    {"webhook_subscriptions.write", "Webhook subscriptions"},
    {"workflow_integrations.read", "Workflow integrations"},
    {"workflow_integrations:connections.read", "Workflow integrations"},
    {"workflow_integrations:connections.write", "Workflow integrations"},
})};

/// Clients ask for these although no operation needs them: granted, since a refusal would end their log-in.
constexpr std::array also_asked_for{
    std::string_view{"notifications.read"},
    std::string_view{"response_plays.read"},
    std::string_view{"response_plays.write"},
    std::string_view{"jira_cloud_accounts.read"},
    std::string_view{"jira_cloud_rules.read"},
    std::string_view{"jira_cloud_rules.write"},
};

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

std::span<const ScopeName> scope_names() { return all; }

bool is_scope(std::string_view name) {
    return std::ranges::any_of(all, [&](const ScopeName& scope) { return scope.name == name; }) ||
           std::ranges::find(also_asked_for, name) != also_asked_for.end();
}

bool asked_for_by_clients_only(std::string_view name) {
    return std::ranges::find(also_asked_for, name) != also_asked_for.end();
}

std::vector<std::string_view> scopes_in(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        if (is_space(text.front())) {
            text.remove_prefix(1);
            continue;
        }
        auto end = std::ranges::find_if(text, is_space);
        auto size = static_cast<std::size_t>(end - text.begin());
        words.push_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return words;
}

bool grants(std::string_view scopes, std::string_view needed) {
    if (needed.empty()) return true;
    auto has = [&](std::string_view name) {
        auto words = scopes_in(scopes);
        return std::ranges::find(words, name) != words.end();
    };
    // Reads of analytics are POSTs, which the API's description files under write; clients ask for read.
    if (needed == "analytics.write" || needed == "analytics.read")
        return has("analytics.read") || has("analytics.write");
    if (needed == "incident.read") return has("incidents.read") || has(needed);
    return has(needed);
}

}  // namespace callboard
