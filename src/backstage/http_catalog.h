#pragma once
// The catalog behind its REST API, asked as the plugin pagerduty, by a token of our own making or a static one.

#include "backstage/catalog.h"
#include "backstage/http_json.h"
#include "backstage/own_keys.h"
#include "backstage/snapshot.h"

namespace callboard::backstage {

class HttpCatalog final : public Catalog {
public:
    struct Options {
        /// "https://backstage.example.com/api/catalog"
        std::string url;
        /// Empty: our own.
        std::string token;
    };

    /// Both outlive it.
    HttpCatalog(Options options, JsonClient& client, OwnKeys& keys)
        : options_(std::move(options)), client_(client), keys_(keys) {}

    Found components(Timestamp now, Deadline deadline) override;
    One entity(std::string_view ref, Timestamp now, Deadline deadline) override;
    std::optional<CatalogFailure> refresh(std::string_view ref, Timestamp now, Deadline deadline) override;

private:
    JsonAnswer ask(std::string method, std::string_view path, json::value body, Timestamp now, Deadline deadline);
    Fetched<Components> fetch(Timestamp now, Deadline deadline);

    Options options_;
    JsonClient& client_;
    OwnKeys& keys_;
    Snapshot<Components> components_;
};

}  // namespace callboard::backstage
