#include "http/kit/wire.h"

#include "http/kit/time_range.h"
#include "storage/unreadable.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::http {

Wire::Wire(Request& r, Zone zone) : request(r), zone_(zone), includes_(r.query.all("include")) {
    if (auto asked = asked_zone(request, zone)) zone_ = *asked;
}

Result<void> Wire::check() const {
    CHECK_OK(asked_zone(request));
    return {};
}

bool Wire::includes(std::string_view what) const {
    return including_ == 0 && std::ranges::find(includes_, what) != includes_.end();
}

json::value Wire::time(Timestamp t) const { return json::value(format_iso8601(t, zone_.offset_at(t))); }

json::value Wire::time(const std::optional<Timestamp>& t) const {
    if (!t) return nullptr;
    return time(*t);
}

json::object Wire::head(std::string_view id_text,
                        std::string_view type,
                        std::string_view summary,
                        std::string_view api_path,
                        std::string_view console_path) const {
    json::object out;
    out["id"] = id_text;
    out["type"] = type;
    out["summary"] = summary;
    out["self"] = api_path.empty() ? json::value(nullptr) : json::value(request.site.api(api_path));
    out["html_url"] = console_path.empty() ? json::value(nullptr) : json::value(request.site.console(console_path));
    return out;
}

template <class T>
const T* Wire::remembered(std::unordered_map<decltype(T::id), std::optional<T>>& memory, decltype(T::id) id_value) {
    auto [found, added] = memory.try_emplace(id_value);
    // What cannot be read is shown by its id: whatever refers to it is still there.
    if (added) found->second = if_readable([&] { return tx().template find_even_deleted<T>(id_value); });
    return found->second ? &*found->second : nullptr;
}

const User* Wire::user(UserId id_value) { return remembered<User>(users_, id_value); }

const Team* Wire::team(TeamId id_value) { return remembered<Team>(teams_, id_value); }

const Service* Wire::service(ServiceId id_value) { return remembered<Service>(services_, id_value); }

const EscalationPolicy* Wire::policy(EscalationPolicyId id_value) {
    return remembered<EscalationPolicy>(policies_, id_value);
}

const Incident* Wire::incident(IncidentId id_value) { return remembered<Incident>(incidents_, id_value); }

bool Wire::has_room_for(std::size_t bytes) {
    constexpr std::size_t documents_bytes_max = 2 * 1024 * 1024;
    if (document_bytes_ > 0 && document_bytes_ + bytes > documents_bytes_max) return false;
    document_bytes_ += bytes;
    return true;
}

json::object Wire::user_ref(UserId id_value) {
    const auto* row = user(id_value);
    auto path = "/users/" + id(id_value);
    return head(id(id_value), "user_reference", row ? row->name : "", path, path);
}

json::object Wire::team_ref(TeamId id_value) {
    const auto* row = team(id_value);
    auto path = "/teams/" + id(id_value);
    return head(id(id_value), "team_reference", row ? row->name : "", path, path);
}

json::object Wire::service_ref(ServiceId id_value) {
    const auto* row = service(id_value);
    auto text = id(id_value);
    return head(text, "service_reference", row ? row->name : "", "/services/" + text, "/service-directory/" + text);
}

json::object Wire::policy_ref(EscalationPolicyId id_value) {
    const auto* row = policy(id_value);
    auto path = "/escalation_policies/" + id(id_value);
    return head(id(id_value), "escalation_policy_reference", row ? row->name : "", path, path);
}

json::object Wire::schedule_ref(ScheduleId id_value) {
    auto row = if_readable([&] { return tx().find_even_deleted<Schedule>(id_value); });
    auto path = "/schedules/" + id(id_value);
    if (row && row->kind == ScheduleKind::shift_based)
        return head(id(id_value), "schedule_v3_reference", row->name, "/v3" + path, path);
    return head(id(id_value), "schedule_reference", row ? row->name : "", path, path);
}

json::object Wire::incident_ref(const Incident& incident) {
    auto path = "/incidents/" + id(incident.id);
    auto summary = fmt::format("[#{}] {}", incident.incident_number, incident.title);
    return head(id(incident.id), "incident_reference", summary, path, path);
}

json::object Wire::incident_ref(IncidentId id_value) {
    if (const auto* row = incident(id_value)) return incident_ref(*row);
    auto path = "/incidents/" + id(id_value);
    return head(id(id_value), "incident_reference", "", path, path);
}

json::object Wire::integration_ref(const Integration& integration) {
    auto path = fmt::format("/services/{}/integrations/{}", id(integration.service), id(integration.id));
    auto type = std::string{text_of(integration.type)} + "_reference";
    return head(id(integration.id), type, integration.name, path, path);
}

json::object Wire::integration_ref(IntegrationId id_value) {
    auto row = tx().find_even_deleted<Integration>(id_value);
    if (row) return integration_ref(*row);
    return head(id(id_value), "inbound_integration_reference", "", "", "");
}

json::object Wire::alert_ref(const Alert& alert) {
    auto text = id(alert.id);
    auto path = alert.incident ? fmt::format("/incidents/{}/alerts/{}", id(*alert.incident), text) : std::string{};
    return head(text, "alert_reference", alert.summary, path, "/alerts/" + text);
}

json::value Wire::agent_ref(const Agent& agent) {
    switch (agent.type) {
    case AgentType::none: return nullptr;
    case AgentType::user: return user_ref(UserId{agent.id});
    case AgentType::service: return service_ref(ServiceId{agent.id});
    case AgentType::integration: {
        // Agents are the one place where the kind of integration is not told.
        auto out = integration_ref(IntegrationId{agent.id});
        out["type"] = "integration_reference";
        return out;
    }
    }
    return nullptr;
}

}  // namespace callboard::http
