#pragma once
// What all requests to this backend share.

#include "backstage/account.h"
#include "backstage/plugin_store.h"

#include <map>
#include <string>

namespace callboard::backstage {

class AutoMatchJobs;
class Catalog;
class Directory;
class Parallel;
class SyncDesk;

struct RoomOptions {
    /// Answers to browsers hold keys of integrations. No frontend needs that: ours makes incidents through this
    /// backend, and the plugin's own takes the key from the entity's annotation, where the entity processor has put it.
    bool show_integration_keys = false;
    /// The entity processor is told keys, to put them on entities.
    bool annotate_integration_keys = false;
    /// Where people see an entity: "https://backstage.example.com"; empty: not known.
    std::string app_url{};
    /// E-mail, by entity reference, of people whom the catalog has no address of.
    std::map<std::string, std::string, std::less<>> people{};
    PluginStore::Retention sync_log_retention{};
};

/// All of it outlives the room.
struct Room {
    Accounts& accounts;
    PluginStore& store;
    Catalog& catalog;
    Directory& directory;
    AutoMatchJobs& jobs;
    Parallel& parallel;
    SyncDesk& sync;
    RoomOptions options{};
};

}  // namespace callboard::backstage
