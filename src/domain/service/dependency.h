#pragma once
// Which services stand on which. An edge says that `dependent_service` needs `supporting_service`; the edges of an
// account form a graph without circles.

#include "base/result.h"
#include "domain/service/service.h"

#include <vector>

namespace callboard {

/// REST: createServiceDependency.
constexpr std::size_t dependencies_max = 2'000;
constexpr int dependency_depth_max = 100;

/// Whether `added` may join `edges`, each of which is there once. Error 2001 when it would close a circle, or when a
/// service would have too many dependencies or a chain become too long. Looks at every edge once.
Result<void> may_join(const std::vector<ServiceDependency>& edges, const ServiceDependency& added);

}  // namespace callboard
