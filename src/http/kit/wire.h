#pragma once
// How objects look on the wire: references, times, addresses. One Wire per request; it remembers the rows it
// looked up, so that a list that names the same user fifty times reads that user once.
//
// Each resource writes itself in its own file of http/rest_v2; the functions that others need (for include[]) are
// declared in http/rest_v2/resources.h.

#include "domain/calendar/zone.h"
#include "domain/incident/incident.h"
#include "http/kit/request.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callboard::http {

class Wire {
public:
    /// Times are shown in the zone of `time_zone`, without it in `zone`.
    explicit Wire(Request& request, Zone zone = {});

    Request& request;

    Tx& tx() { return request.tx(); }

    /// include[] names it. Never inside an object that is itself there by include[]: services and their integrations
    /// would otherwise write each other without end.
    [[nodiscard]] bool includes(std::string_view what) const;

    /// Error 2001 for an unknown one: see check().
    [[nodiscard]] Zone zone() const { return zone_; }

    /// Error 2001 when the request asks for a time zone that does not exist.
    [[nodiscard]] Result<void> check() const;

    /// While it lives, an included object is being written.
    class Including {
    public:
        explicit Including(Wire& wire) : wire_(wire) { ++wire_.including_; }

        ~Including() { --wire_.including_; }

        Including(const Including&) = delete;
        Including& operator=(const Including&) = delete;

    private:
        Wire& wire_;
    };

    [[nodiscard]] json::value time(Timestamp t) const;
    [[nodiscard]] json::value time(const std::optional<Timestamp>& t) const;

    template <Kind K>
    [[nodiscard]] std::string id(Id<K> value) const {
        return request.site.ids.text(value);
    }

    /// The five members that every object has. `api_path` and `console_path` start with "/"; empty gives null.
    [[nodiscard]] json::object head(std::string_view id,
                                    std::string_view type,
                                    std::string_view summary,
                                    std::string_view api_path,
                                    std::string_view console_path) const;

    /// Whether a document of this size still fits into the answer; the first one always does. Documents are what
    /// senders sent, so a list of them is as large as senders please.
    [[nodiscard]] bool has_room_for(std::size_t bytes);

    // References, also to what has been deleted since.
    json::object user_ref(UserId id);
    json::object team_ref(TeamId id);
    json::object service_ref(ServiceId id);
    json::object policy_ref(EscalationPolicyId id);
    json::object schedule_ref(ScheduleId id);
    json::object incident_ref(IncidentId id);
    json::object incident_ref(const Incident& incident);
    json::object integration_ref(const Integration& integration);
    json::object integration_ref(IntegrationId id);
    json::object alert_ref(const Alert& alert);
    /// user_reference, service_reference or integration_reference; null for none.
    json::value agent_ref(const Agent& agent);

    // Rows, looked up once. Null when unknown; deleted ones are found.
    const User* user(UserId id);
    const Team* team(TeamId id);
    const Service* service(ServiceId id);
    const EscalationPolicy* policy(EscalationPolicyId id);
    const Incident* incident(IncidentId id);

private:
    template <class T>
    const T* remembered(std::unordered_map<decltype(T::id), std::optional<T>>& memory, decltype(T::id) id);

    Zone zone_;
    std::vector<std::string> includes_;
    std::unordered_map<UserId, std::optional<User>> users_;
    std::unordered_map<TeamId, std::optional<Team>> teams_;
    std::unordered_map<ServiceId, std::optional<Service>> services_;
    std::unordered_map<EscalationPolicyId, std::optional<EscalationPolicy>> policies_;
    std::unordered_map<IncidentId, std::optional<Incident>> incidents_;
    int including_ = 0;
    std::size_t document_bytes_ = 0;
};

/// null for an absent text.
inline json::value text_or_null(const std::optional<std::string>& text) {
    if (!text) return nullptr;
    return json::value(*text);
}

inline json::value number_or_null(const std::optional<int>& number) {
    if (!number) return nullptr;
    return json::value(*number);
}

}  // namespace callboard::http
