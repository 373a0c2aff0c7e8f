#pragma once
// How what is stored about a service and its entity agrees with what the catalog's annotations say. Pure; the table is
// that of the plugin's own backend.

#include "backstage/catalog.h"
#include "backstage/plugin_store.h"
#include "backstage/service_directory.h"

#include <unordered_map>

namespace callboard::backstage {

/// In the order in which lists sort by it.
enum class MappingStatus { ErrorWhenFetchingService, NotMapped, OutOfSync, InSync };

std::string_view name_of(MappingStatus status);

struct MappingState {
    MappingStatus status = MappingStatus::NotMapped;
    /// The entity of the service; empty: none.
    std::string entity_ref;
};

/// `stored` is the row of a service, `annotated` the reference of the entity whose annotations name the service; null
/// and empty when there is none.
MappingState state_of(const Mapping* stored, std::string_view annotated);

/// By service id, the reference of the entity whose annotations name it; of several the last.
using Annotated = std::unordered_map<std::string, const Entity*>;
Annotated annotated_services(const Components& components, const ServiceList& services);

}  // namespace callboard::backstage
