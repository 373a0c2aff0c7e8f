#pragma once
// The rules of event orchestrations, compiled, in the writer's memory: dropped whenever configuration may have changed,
// as ConfigCache, but what has not changed is not compiled again. Where nobody made rules a question costs one look
// into a map.

#include "domain/event/orchestration_run.h"
#include "storage/tx.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace callboard {

using Rules = std::shared_ptr<const CompiledPath>;

/// What a service does with its events.
struct ServiceRules {
    Rules path;
    std::vector<CompiledCacheVariable> variables;
};

/// Where a routing key of an orchestration leads.
struct OrchestrationRules {
    EventOrchestration orchestration;
    Rules global;
    Rules router;
    Rules unrouted;
    std::vector<CompiledCacheVariable> variables;
};

class RuleBook {
public:
    RuleBook() = default;
    /// With a moment of the past, the rules of paths are those of then.
    explicit RuleBook(std::optional<Timestamp> moment) : moment_(moment) {}

    /// Null when no orchestration has this key.
    const OrchestrationIntegration* integration(Tx& tx, std::string_view routing_key);

    /// Null when unknown or deleted.
    const OrchestrationRules* of_orchestration(Tx& tx, EventOrchestrationId id);

    /// Null when the service has no rules, or they are switched off.
    const ServiceRules* of_service(Tx& tx, ServiceId service);

private:
    void refresh(Tx& tx);
    /// Absent when it was not there yet.
    std::optional<OrchestrationPath> at_moment(Tx& tx, OrchestrationPath path) const;
    Rules compiled(OrchestrationPath path, bool aiops);

    std::optional<Timestamp> moment_;
    std::uint64_t generation_ = ~std::uint64_t{0};
    std::unordered_map<std::string, std::optional<OrchestrationIntegration>> keys_;
    std::unordered_map<EventOrchestrationId, std::unique_ptr<OrchestrationRules>> orchestrations_;
    std::unordered_map<ServiceId, std::unique_ptr<ServiceRules>> services_;
    /// By path; survives a refresh.
    std::unordered_map<OrchestrationPathId, Rules> compiled_;
};

std::vector<CompiledCacheVariable> compile_variables(const std::vector<CacheVariable>& variables);

/// As it holds: what was saved compiles; with AIOps off only in part.
Rules compile_saved(OrchestrationPath path, bool aiops);

}  // namespace callboard
