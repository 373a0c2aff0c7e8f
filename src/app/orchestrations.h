#pragma once
// Event orchestrations as rows that belong together: an orchestration has three paths, integrations and variables; a
// service a path and variables.

#include "domain/event/orchestration.h"
#include "storage/tx.h"

#include <optional>
#include <vector>

namespace callboard {

/// With paths that have no rules yet, and one integration.
EventOrchestration create_orchestration(Tx& tx, EventOrchestration orchestration);

/// Its keys lead nowhere from now on. Alerts go on naming it.
void delete_orchestration(Tx& tx, EventOrchestration orchestration);

/// What a service has of its own goes with it.
void forget_orchestration_of(Tx& tx, ServiceId service);

OrchestrationIntegration add_integration(Tx& tx, EventOrchestrationId orchestration, std::string label);

/// The path of an orchestration, or of a service; for a service that was never given one `empty_path`, with id 0.
OrchestrationPath path_of(Tx& tx, EventOrchestrationId orchestration, PathType type);
OrchestrationPath path_of(Tx& tx, const Service& service);

/// As the next version, now.
void save_path(Tx& tx, OrchestrationPath& path, std::optional<UserId> by);

std::vector<CacheVariable> variables_of(Tx& tx, EventOrchestrationId orchestration);
std::vector<CacheVariable> variables_of(Tx& tx, ServiceId service);

/// What the variable holds; absent when nothing, or not any more.
std::optional<OrchestrationValue> value_of(Tx& tx, const CacheVariable& variable);
void set_value(Tx& tx, const CacheVariable& variable, std::string json);
void forget_value(Tx& tx, const CacheVariable& variable);

/// Ids of the services that the router leads to, each once.
std::vector<ServiceId> routed_services(const OrchestrationPath& router);

}  // namespace callboard
