#include "domain/service/impact.h"

#include <algorithm>

namespace callboard {

bool meets_threshold(std::optional<int> rank, std::optional<int> threshold) {
    return rank && (!threshold || *rank <= *threshold);
}

ImpactGraph::ImpactGraph(const std::vector<ServiceDependency>& edges) {
    for (const auto& edge : edges) {
        Node supporting{edge.supporting_kind, edge.supporting_service};
        Node dependent{edge.dependent_kind, edge.dependent_service};
        dependents_.emplace(supporting, dependent);
        supporters_.emplace(dependent, supporting);
    }
}

ImpactGraph::Impacted ImpactGraph::reached(std::vector<Node> from, const std::set<BusinessServiceId>& stops) const {
    Impacted impacted;
    std::set<Node> seen;
    while (!from.empty()) {
        auto node = from.back();
        from.pop_back();
        bool is_business = node.first == ServiceKind::business_service;
        if (is_business && stops.contains(BusinessServiceId{node.second})) continue;
        if (!seen.insert(node).second) continue;
        if (is_business) impacted.insert(BusinessServiceId{node.second});
        auto [first, last] = dependents_.equal_range(node);
        for (auto edge = first; edge != last; ++edge) from.push_back(edge->second);
    }
    return impacted;
}

const ImpactGraph::Impacted& ImpactGraph::supported_by(ServiceId service) {
    auto [found, is_new] = known_.try_emplace(service);
    if (is_new) found->second = reached({{ServiceKind::technical_service, service.value}}, {});
    return found->second;
}

ImpactGraph::Impacted
ImpactGraph::impacted(ServiceId service, bool by_itself, std::span<const ManualImpact> by_hand) const {
    std::vector<Node> from;
    std::set<BusinessServiceId> stops;
    if (by_itself) from.emplace_back(ServiceKind::technical_service, service.value);
    for (const auto& said : by_hand) {
        if (said.relation == ImpactRelation::impacted)
            from.emplace_back(ServiceKind::business_service, said.business_service.value);
        else
            stops.insert(said.business_service);
    }
    return reached(std::move(from), stops);
}

bool ImpactGraph::is_top_level(BusinessServiceId service) const {
    auto [first, last] = dependents_.equal_range({ServiceKind::business_service, service.value});
    return std::none_of(
        first, last, [](const auto& edge) { return edge.second.first == ServiceKind::business_service; });
}

std::vector<BusinessServiceId> ImpactGraph::supporting(BusinessServiceId service) const {
    std::vector<BusinessServiceId> found;
    auto [first, last] = supporters_.equal_range({ServiceKind::business_service, service.value});
    for (auto edge = first; edge != last; ++edge)
        if (edge->second.first == ServiceKind::business_service) found.emplace_back(edge->second.second);
    return found;
}

}  // namespace callboard
