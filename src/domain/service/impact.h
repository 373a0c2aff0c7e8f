#pragma once
// Which business services an incident impacts: those that its service supports, directly or through others, and those
// that somebody said by hand. REST: putIncidentManualBusinessServiceAssociation, putBusinessServicePriorityThresholds.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/service/service.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace callboard {

/// What somebody said of an incident and a business service.
enum class ImpactRelation { impacted, not_impacted };
DESCRIBE_ENUM(ImpactRelation, impacted, not_impacted)

struct ManualImpact {
    ManualImpactId id;
    IncidentId incident;
    BusinessServiceId business_service;
    ImpactRelation relation = ImpactRelation::impacted;

    bool operator==(const ManualImpact&) const = default;
};
DESCRIBE(ManualImpact, id, incident, business_service, relation)

/// Whether an incident of this rank (1 is the highest; absent: it has no priority) impacts by itself. Without a
/// threshold every priority does.
bool meets_threshold(std::optional<int> rank, std::optional<int> threshold);

/// How clients see a rank: the larger, the higher the priority.
constexpr int order_of_rank(int rank) { return 1024 - 64 * rank; }

class ImpactGraph {
public:
    explicit ImpactGraph(const std::vector<ServiceDependency>& edges);

    using Impacted = std::set<BusinessServiceId>;

    /// What an incident on the service impacts by itself.
    const Impacted& supported_by(ServiceId service);

    /// The same where somebody said something by hand. `by_itself`: it meets the threshold. A business service that is
    /// said not to be impacted passes nothing on either.
    [[nodiscard]] Impacted impacted(ServiceId service, bool by_itself, std::span<const ManualImpact> by_hand) const;

    /// Whether no other business service stands on it.
    [[nodiscard]] bool is_top_level(BusinessServiceId service) const;

    /// The business services that it stands on directly.
    [[nodiscard]] std::vector<BusinessServiceId> supporting(BusinessServiceId service) const;

private:
    using Node = std::pair<ServiceKind, std::int64_t>;

    [[nodiscard]] Impacted reached(std::vector<Node> from, const std::set<BusinessServiceId>& stops) const;

    std::multimap<Node, Node> dependents_;
    std::multimap<Node, Node> supporters_;
    std::map<ServiceId, Impacted> known_;
};

}  // namespace callboard
