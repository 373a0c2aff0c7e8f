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
    /// The first that the annotation names, and the others.
    std::string service_id;
    std::vector<std::string> more_service_ids;
    /// What the entity's file names, where the entity processor shows another service or none.
    std::string file_service_id;
    std::string integration_key;
    std::string account;
    /// References, whole, of what it says it depends on itself. Absent when the catalog has put something else there.
    std::optional<std::vector<std::string>> depends_on;

    bool operator==(const Entity&) const = default;
};

/// As references are compared; of "Component:default/Shop" "component:default/shop".
std::string entity_ref(std::string_view kind, std::string_view name_space, std::string_view name);
/// A reference as entities write it, "component:shop", made whole. Empty when it is none.
std::string whole_ref(std::string_view written, std::string_view default_namespace);
/// What the entity's file says of its service, where the entity processor has put something else, or nothing.
inline constexpr std::string_view file_service_annotation = "callboard.io/service-id-of-file";
/// Is on an entity whose `spec.dependsOn` is not its file's: the entity processor has put PagerDuty's there.
inline constexpr std::string_view replaced_annotation = "callboard.io/depends-on";
/// What the catalog's entity says.
Entity entity_of(const json::value& raw);
/// An entity of the catalog's form that says the same.
json::value raw_of(const Entity& entity);

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

    /// All components, a quarter of a minute old, or up to a day when newer ones do not come at once.
    virtual Found components(Timestamp now, Deadline deadline) = 0;

    struct One {
        /// Null when there is none, or a failure.
        json::value entity;
        std::optional<CatalogFailure> failure{};
    };

    virtual One entity(std::string_view ref, Timestamp now, Deadline deadline) = 0;

    struct Several {
        /// In the order of the references; null where there is no such entity.
        json::array entities;
        std::optional<CatalogFailure> failure{};
    };

    /// Of each entity only `fields`, "metadata.labels".
    virtual Several read(const std::vector<std::string>& refs,
                         const std::vector<std::string>& fields,
                         Timestamp now,
                         Deadline deadline) = 0;
    /// Asks the catalog to process an entity again.
    virtual std::optional<CatalogFailure> refresh(std::string_view ref, Timestamp now, Deadline deadline) = 0;
};

/// Where no catalog is configured.
class NoCatalog final : public Catalog {
public:
    Found components(Timestamp, Deadline) override { return {{}, {}, failure()}; }

    One entity(std::string_view, Timestamp, Deadline) override { return {nullptr, failure()}; }

    Several read(const std::vector<std::string>&, const std::vector<std::string>&, Timestamp, Deadline) override {
        return {{}, failure()};
    }

    std::optional<CatalogFailure> refresh(std::string_view, Timestamp, Deadline) override { return failure(); }

private:
    static CatalogFailure failure() {
        return {503, "Backstage's catalog is not configured: backstage.catalog.url says where it is."};
    }
};

}  // namespace callboard::backstage
