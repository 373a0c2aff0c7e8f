#include "backstage/mapping_status.h"

namespace callboard::backstage {

std::string_view name_of(MappingStatus status) {
    switch (status) {
    case MappingStatus::ErrorWhenFetchingService: return "ErrorWhenFetchingService";
    case MappingStatus::NotMapped: return "NotMapped";
    case MappingStatus::OutOfSync: return "OutOfSync";
    case MappingStatus::InSync: return "InSync";
    }
    return "NotMapped";
}

MappingState state_of(const Mapping* stored, std::string_view annotated) {
    if (!stored)
        return annotated.empty() ? MappingState{} : MappingState{MappingStatus::InSync, std::string{annotated}};
    if (stored->entity_ref.empty() && annotated.empty()) return {};
    bool same = stored->entity_ref == annotated;
    return {same ? MappingStatus::InSync : MappingStatus::OutOfSync, stored->entity_ref};
}

Annotated annotated_services(const Components& components, const ServiceList& services) {
    Annotated by_service;
    for (const auto& entity : components.rows) {
        if (!entity.service_id.empty()) {
            by_service[entity.service_id] = &entity;
        } else if (!entity.integration_key.empty()) {
            if (const auto* service = services.with_key(entity.integration_key)) by_service[service->id] = &entity;
        }
    }
    return by_service;
}

}  // namespace callboard::backstage
