#pragma once
// The console's pages. Each reads what it shows and writes itself; ids arrive as they stand in the address.

#include "http/console/view.h"

#include <string_view>

namespace callboard::http {

Page home_page(View& view);
Page services_page(View& view);
Page people_page(View& view);
Page on_call_page(View& view);

Page service_page(View& view, std::string_view id);
Page integration_page(View& view, std::string_view service_id, std::string_view id);
Page maintenance_window_page(View& view, std::string_view id);
Page incident_page(View& view, std::string_view id);
Page alert_page(View& view, std::string_view id);
Page policy_page(View& view, std::string_view id);
Page schedule_page(View& view, std::string_view id);
Page user_page(View& view, std::string_view id);
Page team_page(View& view, std::string_view id);

/// The row that an id of the address names; absent when there is none, not any more, or not for who looks.
template <class T>
std::optional<T> row_of(View& view, std::string_view id) {
    auto parsed = view.site.ids.parse<decltype(T::id)>(id);
    if (!parsed) return std::nullopt;
    auto row = view.tx.find<T>(*parsed);
    if constexpr (requires { teams_of(view.tx, *row); })
        if (row && !view.shows(*row)) return std::nullopt;
    return row;
}

/// The status a service shows now.
ServiceStatus status_of(View& view, const Service& service);

/// The policies that are shown, by name.
std::vector<EscalationPolicy> seen_policies(View& view);

/// Who is on call by a policy, level by level, with until when; "Nobody" is a row too.
Html on_call_list(View& view, const EscalationPolicy& policy);

/// Incidents as rows, or `empty` when there are none.
Html incident_list(View& view, const std::vector<Incident>& incidents, const Html& empty);

}  // namespace callboard::http
