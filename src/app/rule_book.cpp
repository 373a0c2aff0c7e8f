#include "app/rule_book.h"

#include "app/orchestrations.h"

namespace callboard {

namespace {

/// Keys that lead nowhere are remembered too; past this many everything is forgotten.
constexpr std::size_t keys_max = 100'000;

OrchestrationPath as_it_holds(OrchestrationPath path, bool aiops) {
    std::vector<RuleWarning> warnings;
    return aiops ? std::move(path) : without_aiops(std::move(path), warnings);
}

bool has_rules(const OrchestrationPath& path) {
    return path.sets.size() > 1 || !path.sets.front().rules.empty() || path.catch_all != RuleActions{};
}

}  // namespace

std::vector<CompiledCacheVariable> compile_variables(const std::vector<CacheVariable>& variables) {
    std::vector<CompiledCacheVariable> out;
    for (const auto& variable : variables) {
        if (variable.disabled) continue;
        auto compilation = compile(variable);
        ASSERT(compilation.compiled, "a variable is saved when it compiles");
        out.push_back(std::move(*compilation.compiled));
    }
    return out;
}

Rules compile_saved(OrchestrationPath path, bool aiops) {
    auto compilation = compile(as_it_holds(std::move(path), aiops));
    ASSERT(compilation.compiled, "a path is saved when it compiles");
    return compilation.compiled;
}

void RuleBook::refresh(Tx& tx) {
    if (generation_ == tx.config_generation()) return;
    generation_ = tx.config_generation();
    keys_.clear();
    orchestrations_.clear();
    services_.clear();
}

std::optional<OrchestrationPath> RuleBook::at_moment(Tx& tx, OrchestrationPath path) const {
    if (!moment_) return path;
    return tx.as_of<OrchestrationPath>(path.id, *moment_);
}

Rules RuleBook::compiled(OrchestrationPath path, bool aiops) {
    path = as_it_holds(std::move(path), aiops);
    auto& known = compiled_[path.id];
    if (!known || known->path != path) known = compile_saved(std::move(path), /*aiops=*/true);
    return known;
}

const OrchestrationIntegration* RuleBook::integration(Tx& tx, std::string_view routing_key) {
    refresh(tx);
    if (keys_.size() >= keys_max) keys_.clear();
    auto [found, added] = keys_.try_emplace(std::string{routing_key});
    if (added)
        found->second = tx.first(
            Query<OrchestrationIntegration>().where(&OrchestrationIntegration::routing_key, std::string{routing_key}));
    return found->second ? &*found->second : nullptr;
}

const OrchestrationRules* RuleBook::of_orchestration(Tx& tx, EventOrchestrationId id) {
    refresh(tx);
    auto [found, added] = orchestrations_.try_emplace(id);
    if (!added) return found->second.get();
    auto orchestration = tx.find<EventOrchestration>(id);
    if (!orchestration) return nullptr;
    bool aiops = orchestration->aiops;
    auto load = [&](PathType type) {
        return compiled(at_moment(tx, path_of(tx, id, type)).value_or(empty_path(type)), aiops);
    };
    found->second = std::make_unique<OrchestrationRules>(
        OrchestrationRules{std::move(*orchestration),
                           load(PathType::global),
                           load(PathType::router),
                           load(PathType::unrouted),
                           aiops ? compile_variables(variables_of(tx, id)) : std::vector<CompiledCacheVariable>{}});
    return found->second.get();
}

const ServiceRules* RuleBook::of_service(Tx& tx, ServiceId service) {
    refresh(tx);
    auto [found, added] = services_.try_emplace(service);
    if (!added) return found->second.get();
    auto path = tx.first(Query<OrchestrationPath>().where(&OrchestrationPath::service, service));
    if (path) path = at_moment(tx, std::move(*path));
    if (!path || !path->active || !has_rules(*path)) return nullptr;
    found->second = std::make_unique<ServiceRules>(
        ServiceRules{compiled(std::move(*path), /*aiops=*/true), compile_variables(variables_of(tx, service))});
    return found->second.get();
}

}  // namespace callboard
