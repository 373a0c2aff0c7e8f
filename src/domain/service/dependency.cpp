#include "domain/service/dependency.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

namespace callboard {

namespace {

/// From a service to those next to it. Ids are unique across both kinds of services.
using Neighbours = std::unordered_map<std::int64_t, std::vector<std::int64_t>>;

struct Walk {
    std::unordered_set<std::int64_t> reached;
    /// Edges on the longest way from the start.
    int depth = 0;
};

/// Breadth first, a level at a time; a service met again later moves to the later level, so that the number of
/// levels is the longest way. There are no circles, and no more levels than `dependency_depth_max` are looked at.
Walk walk_from(std::int64_t start, const Neighbours& neighbours) {
    Walk walk;
    std::unordered_set<std::int64_t> level{start};
    while (!level.empty() && walk.depth <= dependency_depth_max) {
        std::unordered_set<std::int64_t> next;
        for (auto service : level)
            if (auto found = neighbours.find(service); found != neighbours.end())
                next.insert(found->second.begin(), found->second.end());
        walk.reached.insert(next.begin(), next.end());
        if (!next.empty()) ++walk.depth;
        level = std::move(next);
    }
    return walk;
}

}  // namespace

Result<void> may_join(const std::vector<ServiceDependency>& edges, const ServiceDependency& added) {
    if (added.supporting_service == added.dependent_service)
        return errors::invalid_input("A service cannot depend on itself");
    Neighbours supporters;
    Neighbours dependents;
    for (const auto& edge : edges) {
        supporters[edge.dependent_service].push_back(edge.supporting_service);
        dependents[edge.supporting_service].push_back(edge.dependent_service);
    }
    for (auto service : {added.supporting_service, added.dependent_service})
        if (supporters[service].size() + dependents[service].size() >= dependencies_max)
            return errors::invalid_input(fmt::format("A service may have at most {} dependencies", dependencies_max));
    auto below = walk_from(added.supporting_service, supporters);
    if (below.reached.contains(added.dependent_service))
        return errors::invalid_input("Service dependencies must not form a circle");
    auto above = walk_from(added.dependent_service, dependents);
    if (below.depth + 1 + above.depth > dependency_depth_max)
        return errors::invalid_input(
            fmt::format("Service dependencies may be at most {} levels deep", dependency_depth_max));
    return {};
}

}  // namespace callboard
