#pragma once
// What the plugin's side keeps: which entity belongs to which service, settings, custom fields and what became of their
// values, keys for tokens. One SQLite file of its own, backstage.db; the incident side has nothing to do with it.
//
// The table of mappings is held in memory as well: every list looks at all of it. Safe from any number of threads.

#include "base/time.h"
#include "sql/connection.h"

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::backstage {

/// A service's entity. An empty `entity_ref` says that somebody took the entity away from the service, which is not the
/// same as no mapping: the entity processor must not put it back.
struct Mapping {
    std::int64_t index = 0;
    std::string id{};
    std::string service_id{};
    std::string integration_key{};
    std::string entity_ref{};
    std::string account{};
    Timestamp processed_at{};

    bool operator==(const Mapping&) const = default;
};

struct Setting {
    std::string id;
    std::string value;
    Timestamp updated_at;
};

struct CustomField {
    std::int64_t id = 0;
    /// Empty while it is being created on the other side.
    std::string upstream_id{};
    std::string name{};
    bool enabled = true;
    std::string entity_path{};
    std::string account{};
    std::string description{};
    Timestamp created_at{};
    Timestamp updated_at{};
};

struct SyncLog {
    std::int64_t id = 0;
    Timestamp at;
    std::string error_code;
    std::string custom_field_id;
    std::string custom_field_name;
    std::string entity_path;
    std::string service_id;
    std::string service_name;
    std::string error_message;
    std::string account;
};

/// error, warning or info, by the code.
enum class Severity { error, warning, info };

Severity severity_of(std::string_view error_code);

struct SyncLogFilter {
    std::string account;
    std::optional<Severity> severity;
    /// Part of the message, a name, a path or an id; letters of either case.
    std::string search;
    std::string custom_field_name;
    std::string entity_path;
    std::string service_name;
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};

struct SyncLogPage {
    std::vector<SyncLog> logs;
    std::int64_t total = 0;
    /// Of all rows of the account, whatever the filter.
    std::vector<std::string> custom_field_names;
    std::vector<std::string> entity_paths;
    std::vector<std::string> service_names;
};

/// An entity of the catalog and a service that is its own, by a mapping or by an annotation.
struct Pair {
    std::string entity_ref;
    std::string service_id;
    std::string account;

    auto operator<=>(const Pair&) const = default;
};

/// One service depends on another, by their ids.
struct Edge {
    std::string dependent;
    std::string supporting;

    auto operator<=>(const Edge&) const = default;
};

/// An edge as the last run of the synchronisation found it.
struct Dependency {
    std::string account;
    Edge edge;
    /// Written there by this backend, which may take it away again. Edges of others are left alone.
    bool ours = false;

    auto operator<=>(const Dependency&) const = default;
};

/// What the last run of the synchronisation knew; entities are told of it without asking anybody.
struct Synced {
    std::vector<Pair> pairs;
    std::vector<Dependency> dependencies;

    bool operator==(const Synced&) const = default;
};

/// What became of a custom field of a service the last time. `code` as in the log.
struct CustomValue {
    std::string value{};
    std::string code{};
    std::string message{};

    bool operator==(const CustomValue&) const = default;
};

/// A list of another side, as text, to begin with after a start.
struct KeptList {
    /// Where it was read, and by whose credentials: after a change of these it is another's.
    std::string source;
    Timestamp as_of;
    std::string text;
};

/// A key that signs tokens of this backend.
struct SigningKey {
    std::string kid;
    /// PEM of the private key.
    std::string pem;
    Timestamp created_at;
};

class PluginStore {
public:
    /// A file path, or ":memory:". Throws sql::StorageError.
    explicit PluginStore(const std::string& path);
    ~PluginStore();

    PluginStore(const PluginStore&) = delete;
    PluginStore& operator=(const PluginStore&) = delete;

    using Mappings = std::map<std::string, Mapping, std::less<>>;

    /// All of them, by service. The answer stays as it is while others change the store.
    [[nodiscard]] std::shared_ptr<const Mappings> mappings();
    std::optional<Mapping> mapping_of_service(std::string_view service_id);
    /// Of several services of one entity the one that was mapped last.
    std::optional<Mapping> mapping_of_entity(std::string_view entity_ref);

    /// By service: makes it or replaces it. `kept` is what stands there now, `previous` what stood there before.
    struct Put {
        Mapping kept;
        std::optional<Mapping> previous;
    };

    Put put_mapping(Mapping mapping);
    /// Those whose service has none yet, in one transaction; the others are left alone. Returns the services that were
    /// left alone.
    std::vector<std::string> add_mappings(std::vector<Mapping>& mappings);
    /// False when there is none. Unlike one without an entity, it comes back when the entity processor wants it to.
    bool remove_mapping(std::string_view service_id);

    std::optional<Setting> setting(std::string_view id);
    void put_settings(const std::vector<Setting>& settings);

    std::vector<CustomField> custom_fields(std::string_view account);
    std::optional<CustomField> custom_field(std::int64_t id, std::string_view account);
    /// Absent when the account has one of that name or path already.
    std::optional<CustomField> add_custom_field(CustomField field);
    /// False: as above.
    bool update_custom_field(const CustomField& field);
    void remove_custom_field(std::int64_t id);
    /// Fields and log of an account become those of another; a field that is there already stays where it is.
    void move_custom_fields(std::string_view from, std::string_view to);

    struct Retention {
        days age{30};
        std::int64_t rows = 500'000;
    };

    /// Now and then removes what is too old or too many, 10,000 rows at a time.
    void add_sync_log(const SyncLog& log, const Retention& retention);
    SyncLogPage sync_logs(const SyncLogFilter& filter);

    /// The answer stays as it is while others change the store.
    [[nodiscard]] std::shared_ptr<const Synced> synced();
    void put_synced(Synced synced);

    /// By service and field.
    using CustomValues = std::map<std::pair<std::string, std::int64_t>, CustomValue>;
    CustomValues custom_values();
    /// In one transaction.
    void put_custom_values(const CustomValues& values);

    /// Absent when it was read somewhere else.
    std::optional<KeptList> kept_list(std::string_view name, std::string_view source);
    /// In the place of the one before, wherever that was read.
    void keep_list(std::string_view name, const KeptList& list);

    std::vector<SigningKey> signing_keys();
    void add_signing_key(const SigningKey& key);
    void remove_signing_keys_before(Timestamp at);

private:
    class Transaction;

    void migrate();
    void load_mappings();
    void load_synced();
    void write_mapping(Mapping& mapping);
    std::vector<std::string> distinct(std::string_view column, std::string_view account);
    void trim_sync_logs(const Retention& retention, Timestamp now);
    void forget_old_log();

    std::mutex mutex_;
    std::unique_ptr<sql::Connection> connection_;
    std::shared_ptr<const Mappings> mappings_;
    std::shared_ptr<const Synced> synced_;
    std::uint64_t logs_added_ = 0;
};

}  // namespace callboard::backstage
