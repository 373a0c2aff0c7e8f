#include "app/orchestrations.h"

#include "base/secret.h"
#include "domain/event/event.h"

#include <algorithm>
#include <set>

namespace callboard {

namespace {

void insert_path(Tx& tx, OrchestrationPath path, const EventOrchestration& owner) {
    path.id = tx.new_id<OrchestrationPathId>();
    path.orchestration = owner.id;
    path.created_at = owner.created_at;
    path.created_by = owner.created_by;
    path.updated_at = owner.created_at;
    path.updated_by = owner.created_by;
    tx.insert(path);
}

void forget_values(Tx& tx, std::int64_t owner) {
    for (const auto& value : tx.list(Query<OrchestrationValue>().where(&OrchestrationValue::owner, owner)))
        tx.erase<OrchestrationValue>(value.id);
}

/// Counts of rules that are gone.
void forget_old_counts(Tx& tx, const OrchestrationPath& path) {
    std::set<std::string> rules;
    for (const auto& set : path.sets)
        for (const auto& rule : set.rules) rules.insert(rule.id);
    for (const auto& value : tx.list(Query<OrchestrationValue>().where(&OrchestrationValue::owner, path.id.value)))
        if (!rules.contains(value.name.substr(0, value.name.find('/')))) tx.erase<OrchestrationValue>(value.id);
}

void erase_all(Tx& tx, const std::vector<OrchestrationPath>& paths, const std::vector<CacheVariable>& variables) {
    for (const auto& path : paths) {
        forget_values(tx, path.id.value);
        tx.erase<OrchestrationPath>(path.id);
    }
    for (const auto& variable : variables) {
        forget_values(tx, variable.id.value);
        tx.erase<CacheVariable>(variable.id);
    }
}

}  // namespace

EventOrchestration create_orchestration(Tx& tx, EventOrchestration orchestration) {
    orchestration.id = tx.new_id<EventOrchestrationId>();
    orchestration.created_at = tx.now();
    orchestration.updated_at = tx.now();
    orchestration.updated_by = orchestration.created_by;
    tx.insert(orchestration);
    for (auto type : {PathType::global, PathType::router, PathType::unrouted})
        insert_path(tx, empty_path(type), orchestration);
    add_integration(tx, orchestration.id, orchestration.name + " Default Integration");
    return orchestration;
}

void delete_orchestration(Tx& tx, EventOrchestration orchestration) {
    auto paths = Query<OrchestrationPath>().where(&OrchestrationPath::orchestration, orchestration.id);
    erase_all(tx, tx.list(paths), variables_of(tx, orchestration.id));
    auto integrations =
        Query<OrchestrationIntegration>().where(&OrchestrationIntegration::orchestration, orchestration.id);
    for (const auto& integration : tx.list(integrations)) tx.erase<OrchestrationIntegration>(integration.id);
    orchestration.deleted_at = tx.now();
    tx.update(orchestration);
}

void forget_orchestration_of(Tx& tx, ServiceId service) {
    auto paths = Query<OrchestrationPath>().where(&OrchestrationPath::service, service);
    erase_all(tx, tx.list(paths), variables_of(tx, service));
}

OrchestrationIntegration add_integration(Tx& tx, EventOrchestrationId orchestration, std::string label) {
    OrchestrationIntegration integration;
    integration.id = tx.new_id<OrchestrationIntegrationId>();
    integration.orchestration = orchestration;
    integration.label = std::move(label);
    // As PagerDuty's: people tell by the first letter whose key it is.
    integration.routing_key = "R" + random_alphanumeric(routing_key_length - 1);
    integration.created_at = tx.now();
    tx.insert(integration);
    return integration;
}

OrchestrationPath path_of(Tx& tx, EventOrchestrationId orchestration, PathType type) {
    auto row = tx.first(Query<OrchestrationPath>()
                            .where(&OrchestrationPath::orchestration, orchestration)
                            .where(&OrchestrationPath::type, type));
    ASSERT(row, "an orchestration is made with its paths");
    return std::move(*row);
}

OrchestrationPath path_of(Tx& tx, const Service& service) {
    auto row = tx.first(Query<OrchestrationPath>().where(&OrchestrationPath::service, service.id));
    if (row) return std::move(*row);
    auto path = empty_path(PathType::service);
    path.service = service.id;
    path.created_at = service.created_at;
    path.updated_at = service.created_at;
    return path;
}

void save_path(Tx& tx, OrchestrationPath& path, std::optional<UserId> by) {
    path.updated_at = tx.now();
    path.updated_by = by;
    if (path.id) {
        ++path.version;
        tx.update(path);
        forget_old_counts(tx, path);
        return;
    }
    path.id = tx.new_id<OrchestrationPathId>();
    path.created_at = tx.now();
    path.created_by = by;
    tx.insert(path);
}

std::vector<CacheVariable> variables_of(Tx& tx, EventOrchestrationId orchestration) {
    return tx.list(
        Query<CacheVariable>().where(&CacheVariable::orchestration, orchestration).order_by(&CacheVariable::id));
}

std::vector<CacheVariable> variables_of(Tx& tx, ServiceId service) {
    return tx.list(Query<CacheVariable>().where(&CacheVariable::service, service).order_by(&CacheVariable::id));
}

std::optional<OrchestrationValue> value_of(Tx& tx, const CacheVariable& variable) {
    auto value = tx.first(Query<OrchestrationValue>()
                              .where(&OrchestrationValue::owner, variable.id.value)
                              .where(&OrchestrationValue::name, std::string{}));
    if (value && value->expires_at && *value->expires_at <= tx.now()) return std::nullopt;
    return value;
}

void set_value(Tx& tx, const CacheVariable& variable, std::string json) {
    forget_value(tx, variable);
    OrchestrationValue value;
    value.id = tx.new_id<OrchestrationValueId>();
    value.owner = variable.id.value;
    value.value = std::move(json);
    value.updated_at = tx.now();
    if (variable.ttl_seconds) value.expires_at = tx.now() + seconds{*variable.ttl_seconds};
    tx.insert(value);
}

void forget_value(Tx& tx, const CacheVariable& variable) { forget_values(tx, variable.id.value); }

std::vector<ServiceId> routed_services(const OrchestrationPath& router) {
    std::vector<ServiceId> services;
    auto take = [&](const RuleActions& actions) {
        if (actions.service) services.push_back(*actions.service);
    };
    for (const auto& set : router.sets)
        for (const auto& rule : set.rules) take(rule.actions);
    take(router.catch_all);
    std::ranges::sort(services);
    services.erase(std::unique(services.begin(), services.end()), services.end());
    return services;
}

}  // namespace callboard
