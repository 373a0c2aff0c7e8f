#pragma once
// Backstage's catalog, as this backend uses it.

#include "backstage/json_read.h"
#include "backstage/upstream.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::backstage {

/// A component, as far as mapping it goes.
struct Entity {
    /// "component:default/shop": small letters.
    std::string ref;
    std::string uid;
    std::string kind;
    std::string namespace_;
    std::string name;
    std::string title;
    std::string owner;
    std::string system;
    std::string lifecycle;
    std::string service_id;
    std::string integration_key;
    std::string account;

    bool operator==(const Entity&) const = default;
};

/// As references are compared; of "Component:default/Shop" "component:default/shop".
std::string entity_ref(std::string_view kind, std::string_view name_space, std::string_view name);
/// What the catalog's entity says.
Entity entity_of(const json::value& raw);

struct Components {
    std::vector<Entity> rows;
};

/// Why the catalog did not give what was asked for.
struct CatalogFailure {
    int status = 502;
    std::string why;
};

class Catalog {
public:
    virtual ~Catalog() = default;

    struct Found {
        /// Null when there is a failure.
        std::shared_ptr<const Components> components;
        Timestamp as_of{};
        CatalogFailure failure{};
    };

    /// All components, a quarter of a minute old at most, unless the catalog cannot be reached: then up to an hour.
    virtual Found components(Timestamp now, Deadline deadline) = 0;

    struct One {
        /// Null when there is none, or a failure.
        json::value entity;
        std::optional<CatalogFailure> failure{};
    };

    virtual One entity(std::string_view ref, Timestamp now, Deadline deadline) = 0;
    /// Asks the catalog to process an entity again.
    virtual std::optional<CatalogFailure> refresh(std::string_view ref, Timestamp now, Deadline deadline) = 0;
};

/// Where no catalog is configured.
class NoCatalog final : public Catalog {
public:
    Found components(Timestamp, Deadline) override { return {{}, {}, failure()}; }

    One entity(std::string_view, Timestamp, Deadline) override { return {nullptr, failure()}; }

    std::optional<CatalogFailure> refresh(std::string_view, Timestamp, Deadline) override { return failure(); }

private:
    static CatalogFailure failure() {
        return {503, "Backstage's catalog is not configured: backstage.catalog.url says where it is."};
    }
};

}  // namespace callboard::backstage
