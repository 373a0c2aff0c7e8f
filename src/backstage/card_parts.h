#pragma once
// The parts of a card as our own frontend reads them, out of answers of the REST API. Pure.

#include "backstage/json_read.h"
#include "backstage/upstream.h"

#include <string_view>

namespace callboard::backstage {

/// `maintenance` lists the windows that last; the one that ends last counts.
json::object service_part(const json::value& service, const json::value& maintenance);
/// All levels that have somebody now, the first to be asked first; `next` is who follows in the same schedule. Those
/// that have nobody now but will, as far as `oncalls` goes, are `empty_levels`.
json::object on_call_part(const json::array& oncalls, Timestamp now);
json::object incident_item(const json::value& incident);
json::object incidents_part(const json::value& body, std::string_view service_url);
json::array change_events_part(const json::value& body);
json::object standards_part(const json::value& body);
json::object metrics_part(const json::value& body);

/// Fills in whom each open incident would go to next, by the level of those who have it now.
void add_next_people(json::object& incidents, const json::object& on_call);

/// {"state", "as_of", "message", "scope", "retry_after_seconds", "data"}: how an answer ended, and what is known all
/// the same. `scope` is what the credentials lack when they are refused and the refusal does not name it.
json::object part_of(const Answer& answer, std::string_view scope);

}  // namespace callboard::backstage
