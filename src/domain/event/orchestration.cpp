#include "domain/event/orchestration.h"

namespace callboard {

OrchestrationPath empty_path(PathType type) {
    OrchestrationPath path;
    path.type = type;
    path.sets.push_back({std::string{start_set}, {}});
    if (type == PathType::router) path.catch_all.route_to = unrouted_route;
    if (type == PathType::unrouted) path.catch_all.suppress = true;
    return path;
}

}  // namespace callboard
