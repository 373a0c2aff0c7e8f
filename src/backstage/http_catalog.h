#pragma once
// The catalog behind its REST API, asked as the plugin pagerduty, by a token of our own making or a static one.

#include "backstage/catalog.h"
#include "backstage/http_json.h"
#include "backstage/own_keys.h"
#include "backstage/parallel.h"
#include "backstage/plugin_store.h"
#include "backstage/snapshot.h"

#include <atomic>

namespace callboard::backstage {

class HttpCatalog final : public Catalog {
public:
    struct Options {
        /// "https://backstage.example.com/api/catalog"
        std::string url;
        /// Empty: our own.
        std::string token;
    };

    /// All of it outlives the catalog, and what runs `later` does not.
    HttpCatalog(Options options, JsonClient& client, OwnKeys& keys, PluginStore& store, Parallel& parallel);

    Found components(Timestamp now, Deadline deadline) override;
    One entity(std::string_view ref, Timestamp now, Deadline deadline) override;
    Several read(const std::vector<std::string>& refs,
                 const std::vector<std::string>& fields_wanted,
                 Timestamp now,
                 Deadline deadline) override;
    std::optional<CatalogFailure> refresh(std::string_view ref, Timestamp now, Deadline deadline) override;

private:
    JsonAnswer ask(std::string method, std::string_view path, json::value body, Timestamp now, Deadline deadline);
    Fetched<Components> fetch(Timestamp now, Deadline deadline);
    void store_list(const Components& components, Timestamp now);

    Options options_;
    JsonClient& client_;
    OwnKeys& keys_;
    PluginStore& store_;
    Parallel& parallel_;
    std::shared_ptr<Snapshot<Components>> components_ = std::make_shared<Snapshot<Components>>();
    std::atomic<std::int64_t> stored_at_{0};
};

}  // namespace callboard::backstage
