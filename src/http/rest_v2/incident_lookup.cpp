#include "http/rest_v2/incident_lookup.h"

#include <charconv>

namespace callboard::http {

Error incident_not_found() { return errors::not_found("Incident Not Found", 5001); }

Result<Incident> find_incident(Request& request, std::string_view text) {
    // Ids begin with a letter, so a number is never mistaken for one.
    std::int64_t number = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::optional<Incident> incident;
    if (failed == std::errc{} && end == text.data() + text.size())
        incident = request.tx().first(Query<Incident>().where(&Incident::incident_number, number));
    else if (auto id = request.site.ids.parse<IncidentId>(text))
        incident = request.tx().find<Incident>(*id);
    if (!incident) return incident_not_found();
    return std::move(*incident);
}

}  // namespace callboard::http
