#include "backstage/sync_plan.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

/// "metadata.labels['a.b']" as its names. Absent when it is written otherwise.
std::optional<std::vector<std::string>> names_in(std::string_view path) {
    std::vector<std::string> names;
    while (!path.empty()) {
        if (path.starts_with("['") || path.starts_with("[\"")) {
            auto end = path.find(std::string{path[1]} + "]", 2);
            if (end == std::string_view::npos || end == 2) return std::nullopt;
            names.emplace_back(path.substr(2, end - 2));
            path.remove_prefix(end + 2);
        } else {
            auto end = std::min(path.find_first_of(".["), path.size());
            if (end == 0) return std::nullopt;
            names.emplace_back(path.substr(0, end));
            path.remove_prefix(end);
        }
        if (!path.starts_with('.')) continue;
        path.remove_prefix(1);
        // A dot has a name behind it, or brackets.
        if (path.empty() || path.starts_with('.')) return std::nullopt;
    }
    if (names.empty()) return std::nullopt;
    return names;
}

}  // namespace

std::string_view name_of(Strategy strategy) {
    constexpr std::array<std::string_view, 4> names{"disabled", "backstage", "pagerduty", "both"};
    return names[static_cast<std::size_t>(strategy)];
}

Strategy strategy_of(const std::optional<Setting>& setting) {
    for (auto strategy : {Strategy::backstage, Strategy::pagerduty, Strategy::both})
        if (setting && setting->value == name_of(strategy)) return strategy;
    return Strategy::disabled;
}

std::vector<Pair>
pairs_of(const Components& components, const ServiceList& services, const PluginStore::Mappings& stored) {
    std::vector<Pair> pairs;
    std::set<std::pair<std::string, std::string>> seen;
    auto add = [&](const std::string& ref, const ServiceRow& service) {
        if (seen.emplace(ref, service.id).second) pairs.push_back({ref, service.id, service.account});
    };
    std::set<std::string_view> known;
    for (const auto& entity : components.rows) known.insert(entity.ref);
    for (const auto& [id, mapping] : stored)
        if (const auto* service = services.with_id(id); service && known.contains(mapping.entity_ref))
            add(mapping.entity_ref, *service);
    for (const auto& entity : components.rows) {
        std::vector<const ServiceRow*> named;
        if (!entity.service_id.empty()) named.push_back(services.with_id(entity.service_id));
        for (const auto& id : entity.more_service_ids) named.push_back(services.with_id(id));
        if (named.empty() && !entity.integration_key.empty())
            named.push_back(services.with_key(entity.integration_key));
        for (const auto* service : named)
            if (service && !stored.contains(service->id)) add(entity.ref, *service);
    }
    std::ranges::stable_sort(pairs, {}, &Pair::entity_ref);
    return pairs;
}

std::map<std::string, Pair, std::less<>> first_services(const std::vector<Pair>& pairs) {
    std::map<std::string, Pair, std::less<>> first;
    for (const auto& pair : pairs) first.emplace(pair.entity_ref, pair);
    return first;
}

Wanted wanted_edges(const Components& components,
                    const std::map<std::string, Pair, std::less<>>& services,
                    std::string_view account) {
    Wanted wanted;
    for (const auto& entity : components.rows) {
        auto mine = services.find(entity.ref);
        if (mine == services.end() || mine->second.account != account) continue;
        const auto& dependent = mine->second.service_id;
        if (!entity.depends_on) {
            wanted.silent.insert(dependent);
            continue;
        }
        for (const auto& ref : *entity.depends_on) {
            auto other = services.find(ref);
            if (other == services.end() || other->second.account != account) continue;
            if (other->second.service_id != dependent) wanted.edges.insert({dependent, other->second.service_id});
        }
    }
    return wanted;
}

EdgeChanges changes_of(const Wanted& wanted, const Edges& upstream, const Edges& ours) {
    EdgeChanges changes;
    for (const auto& edge : wanted.edges)
        if (!upstream.contains(edge)) changes.add.insert(edge);
    for (const auto& edge : ours)
        if (upstream.contains(edge) && !wanted.edges.contains(edge) && !wanted.silent.contains(edge.dependent))
            changes.remove.insert(edge);
    return changes;
}

Edges edges_in(const json::value& answer) {
    Edges edges;
    for (const auto& relationship : list_at(answer, "relationships")) {
        auto end = [&](std::string_view name) {
            auto type = text_at(relationship, {name, "type"});
            bool business = type.find("business") != std::string_view::npos;
            return std::string{business ? std::string_view{} : text_at(relationship, {name, "id"})};
        };
        Edge edge{end("dependent_service"), end("supporting_service")};
        if (!edge.dependent.empty() && !edge.supporting.empty()) edges.insert(std::move(edge));
    }
    return edges;
}

Relations::Relations(const Synced& synced) {
    auto first = first_services(synced.pairs);
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> entities;
    for (const auto& pair : synced.pairs) {
        paired_.insert(pair.entity_ref);
        entities[{pair.account, pair.service_id}].push_back(pair.entity_ref);
    }
    for (const auto& [account, edge, _] : synced.dependencies) {
        auto dependents = entities.find({account, edge.dependent});
        auto supporting = entities.find({account, edge.supporting});
        if (dependents == entities.end() || supporting == entities.end()) continue;
        for (const auto& ref : dependents->second) {
            // What an entity's further services depend on is not said of the entity.
            if (first.at(ref).service_id != edge.dependent) continue;
            for (const auto& other : supporting->second)
                if (other != ref) upstream_[ref].insert(other);
        }
    }
}

Told Relations::told(std::string_view entity_ref, const std::vector<std::string>& own, Strategy strategy) const {
    Told told;
    if (!shows_in_catalog(strategy) || !paired_.contains(entity_ref)) return told;
    static const std::set<std::string> none;
    auto found = upstream_.find(entity_ref);
    const auto& upstream = found == upstream_.end() ? none : found->second;
    if (strategy == Strategy::both) {
        std::ranges::copy_if(upstream, std::back_inserter(told.also), [&](const std::string& ref) {
            return std::ranges::find(own, ref) == own.end();
        });
        return told;
    }
    told.instead.emplace();
    std::ranges::copy_if(
        own, std::back_inserter(*told.instead), [&](const std::string& ref) { return !paired_.contains(ref); });
    told.instead->insert(told.instead->end(), upstream.begin(), upstream.end());
    return told;
}

std::optional<std::string> value_at_path(const json::value& entity, std::string_view path) {
    auto names = names_in(path);
    if (!names) return std::nullopt;
    const auto* value = &entity;
    std::string name;
    for (std::size_t i = 0; i < names->size(); ++i) {
        name += (*names)[i];
        const auto* object = value->if_object();
        const auto* inner = object ? object->if_contains(name) : nullptr;
        if (inner) {
            value = inner;
            name.clear();
        } else if (i + 1 < names->size()) {
            // Annotations have dots in their names, and people do not always think of brackets.
            name += '.';
        } else {
            return std::nullopt;
        }
    }
    if (value->is_string()) return std::string{view_of(value->get_string())};
    if (value->is_bool() || value->is_number()) return json::serialize(*value);
    return std::nullopt;
}

bool is_entity_path(std::string_view path) { return names_in(path).has_value(); }

std::string field_of_path(std::string_view path) {
    auto names = names_in(path);
    if (!names) return {};
    return names->size() > 1 ? fmt::format("{}.{}", (*names)[0], (*names)[1]) : names->front();
}

}  // namespace callboard::backstage
