#pragma once
// What Backstage and PagerDuty should know of each other's dependencies and fields. Pure: lists go in, what to change
// comes out.

#include "backstage/catalog.h"
#include "backstage/plugin_store.h"
#include "backstage/service_directory.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::backstage {

/// Which side follows which.
enum class Strategy { disabled, backstage, pagerduty, both };

inline constexpr std::string_view strategy_setting = "settings::service-dependency-sync-strategy";
/// Whether custom fields are filled: "enabled".
inline constexpr std::string_view fields_setting = "settings::data-sync";

/// By the value of the setting; absent or unknown is disabled.
Strategy strategy_of(const std::optional<Setting>& setting);

std::string_view name_of(Strategy strategy);

constexpr bool writes_upstream(Strategy strategy) {
    return strategy == Strategy::backstage || strategy == Strategy::both;
}

constexpr bool shows_in_catalog(Strategy strategy) {
    return strategy == Strategy::pagerduty || strategy == Strategy::both;
}

/// Entities with the services that are theirs, those mapped on the page before those of annotations. A service that
/// somebody took away from its entity, or gave to another one, is not the annotated entity's.
std::vector<Pair>
pairs_of(const Components& components, const ServiceList& services, const PluginStore::Mappings& stored);

/// The first service of each entity, which stands for the entity where one has to.
std::map<std::string, Pair, std::less<>> first_services(const std::vector<Pair>& pairs);

using Edges = std::set<Edge>;

/// The edges of one account that entities want between their services: both must have one, in that account.
struct Wanted {
    Edges edges;
    /// Services of entities that do not say what they depend on.
    std::set<std::string, std::less<>> silent;
};

Wanted wanted_edges(const Components& components,
                    const std::map<std::string, Pair, std::less<>>& services,
                    std::string_view account);

struct EdgeChanges {
    Edges add;
    Edges remove;
};

/// Adds what is wanted and not there. Removes what is there and not wanted, of what this backend has written itself.
EdgeChanges changes_of(const Wanted& wanted, const Edges& upstream, const Edges& ours);

/// The edges in an answer of upstream, between services that events go to.
Edges edges_in(const json::value& answer);

/// What the entity processor does to an entity.
struct Told {
    /// Take the place of the entity's own dependencies.
    std::optional<std::vector<std::string>> instead;
    /// Are shown beside them.
    std::vector<std::string> also;
};

/// Answers for one entity after the other, without looking through everything for each.
class Relations {
public:
    explicit Relations(const Synced& synced);

    /// `own` is what the entity's file says, as whole references. What has no service stays as it is whatever the
    /// strategy, and nothing is told of an entity without one.
    [[nodiscard]] Told told(std::string_view entity_ref, const std::vector<std::string>& own, Strategy strategy) const;

    /// By entity, those that it depends on as upstream says.
    [[nodiscard]] const std::map<std::string, std::set<std::string>, std::less<>>& upstream() const {
        return upstream_;
    }

private:
    std::set<std::string, std::less<>> paired_;
    std::map<std::string, std::set<std::string>, std::less<>> upstream_;
};

/// The value at "metadata.labels['a.b']", as text. Absent when there is nothing, or more than one value.
std::optional<std::string> value_at_path(const json::value& entity, std::string_view path);
/// Whether it is one: names with dots between them, or in brackets and quotes.
bool is_entity_path(std::string_view path);
/// What has to be read of an entity so that the value at the path is in it: "metadata.labels".
std::string field_of_path(std::string_view path);

}  // namespace callboard::backstage
