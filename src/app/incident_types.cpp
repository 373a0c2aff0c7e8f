#include "app/incident_types.h"

#include <algorithm>
#include <optional>

namespace callboard {

std::vector<IncidentType> lineage_of(Tx& tx, std::string_view incident_type) {
    std::vector<IncidentType> out;
    if (incident_type == base_incident_type) return out;
    auto type = tx.first(Query<IncidentType>().where(&IncidentType::name, std::string(incident_type)));
    while (type) {
        out.push_back(*type);
        type = type->parent ? tx.find<IncidentType>(*type->parent) : std::nullopt;
    }
    return out;
}

bool is_field_of(const std::vector<IncidentType>& lineage, const CustomField& field) {
    if (field.subject != FieldSubject::incident) return false;
    return !field.incident_type || std::ranges::find(lineage, *field.incident_type, &IncidentType::id) != lineage.end();
}

}  // namespace callboard
