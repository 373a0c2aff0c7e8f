#include "http/rest_v2/incident_lookup.h"

#include <charconv>

namespace callboard::http {

Result<Incident> find_incident(Request& request, std::string_view text) {
    auto not_found = errors::not_found("Incident Not Found", 5001);
    if (auto id = request.site.ids.parse<IncidentId>(text)) {
        auto found = request.tx().find<Incident>(*id);
        if (!found) return not_found;
        return std::move(*found);
    }
    std::int64_t number = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size()) return not_found;
    auto found = request.tx().first(Query<Incident>().where(&Incident::incident_number, number));
    if (!found) return not_found;
    return std::move(*found);
}

}  // namespace callboard::http
