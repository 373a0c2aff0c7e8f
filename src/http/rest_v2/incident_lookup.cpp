#include "http/rest_v2/incident_lookup.h"

#include "http/kit/permit.h"

#include <charconv>

namespace callboard::http {

namespace {

std::optional<Incident> look_up(Request& request, std::string_view text) {
    if (auto id = request.site.ids.parse<IncidentId>(text)) return request.tx().find<Incident>(*id);
    std::int64_t number = 0;
    auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return request.tx().first(Query<Incident>().where(&Incident::incident_number, number));
}

}  // namespace

Result<Incident> find_incident(Request& request, std::string_view text) {
    auto not_found = errors::not_found("Incident Not Found", 5001);
    auto found = look_up(request, text);
    if (!found) return not_found;
    CHECK_OK(permit_incident(request, *found, not_found));
    return *std::move(found);
}

}  // namespace callboard::http
