#include "backstage/plugin_store.h"

#include "sql/sqlite_connection.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard::backstage {

namespace {

constexpr std::string_view schema[] = {
    R"sql(
CREATE TABLE mapping(
    "index" INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    service_id TEXT NOT NULL UNIQUE,
    integration_key TEXT NOT NULL,
    entity_ref TEXT NOT NULL,
    account TEXT NOT NULL,
    processed_at BIGINT NOT NULL);
CREATE TABLE setting(id TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE custom_field(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    upstream_id TEXT NOT NULL,
    name TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    entity_path TEXT NOT NULL,
    account TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE(name, account),
    UNIQUE(entity_path, account));
CREATE TABLE sync_log(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    error_code TEXT NOT NULL,
    custom_field_id TEXT NOT NULL,
    custom_field_name TEXT NOT NULL,
    entity_path TEXT NOT NULL,
    service_id TEXT NOT NULL,
    service_name TEXT NOT NULL,
    error_message TEXT NOT NULL,
    account TEXT NOT NULL);
CREATE INDEX sync_log_by_account ON sync_log(account, id);
CREATE INDEX sync_log_by_time ON sync_log(at);
CREATE TABLE signing_key(kid TEXT PRIMARY KEY, pem TEXT NOT NULL, created_at BIGINT NOT NULL);
)sql",
    R"sql(
CREATE TABLE pair(
    entity_ref TEXT NOT NULL,
    service_id TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY(entity_ref, service_id));
CREATE TABLE dependency(
    account TEXT NOT NULL,
    dependent TEXT NOT NULL,
    supporting TEXT NOT NULL,
    ours BIGINT NOT NULL,
    PRIMARY KEY(account, dependent, supporting));
CREATE TABLE custom_value(
    service_id TEXT NOT NULL,
    field_id BIGINT NOT NULL,
    value TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY(service_id, field_id));
CREATE TABLE kept_list(name TEXT PRIMARY KEY, as_of BIGINT NOT NULL, content TEXT NOT NULL);
)sql",
    R"sql(
ALTER TABLE kept_list ADD COLUMN source TEXT NOT NULL DEFAULT '';
)sql"};

/// Frames of the log after which it is copied back: 4 MiB.
constexpr int wal_frames_wanted = 1'000;
constexpr std::int64_t trim_rows_max = 10'000;
constexpr std::uint64_t logs_between_trims = 500;
constexpr std::string_view field_columns =
    "id, upstream_id, name, enabled, entity_path, account, description, created_at, updated_at";

using Binding = sql::Value;

/// Runs a statement with its parameters; calls `row` for each row.
template <class Row>
void query(sql::Connection& connection, const std::string& text, const std::vector<Binding>& bindings, Row row) {
    auto& statement = connection.prepared(text);
    int parameter = 0;
    for (const auto& binding : bindings) statement.bind(++parameter, binding);
    while (statement.step()) row(statement);
    statement.reset();
}

std::int64_t run(sql::Connection& connection, const std::string& text, const std::vector<Binding>& bindings) {
    auto& statement = connection.prepared(text);
    int parameter = 0;
    for (const auto& binding : bindings) statement.bind(++parameter, binding);
    return statement.run();
}

std::int64_t number(sql::Connection& connection, const std::string& text, const std::vector<Binding>& bindings) {
    std::int64_t value = 0;
    query(connection, text, bindings, [&](const sql::Statement& row) { value = row.integer(0); });
    return value;
}

Mapping mapping_of(const sql::Statement& row) {
    Mapping mapping;
    mapping.index = row.integer(0);
    mapping.id = row.text(1);
    mapping.service_id = row.text(2);
    mapping.integration_key = row.text(3);
    mapping.entity_ref = row.text(4);
    mapping.account = row.text(5);
    mapping.processed_at = from_micros(row.integer(6));
    return mapping;
}

CustomField field_of(const sql::Statement& row) {
    CustomField field;
    field.id = row.integer(0);
    field.upstream_id = row.text(1);
    field.name = row.text(2);
    field.enabled = row.integer(3) != 0;
    field.entity_path = row.text(4);
    field.account = row.text(5);
    field.description = row.text(6);
    field.created_at = from_micros(row.integer(7));
    field.updated_at = from_micros(row.integer(8));
    return field;
}

SyncLog log_of(const sql::Statement& row) {
    SyncLog log;
    log.id = row.integer(0);
    log.at = from_micros(row.integer(1));
    log.error_code = row.text(2);
    log.custom_field_id = row.text(3);
    log.custom_field_name = row.text(4);
    log.entity_path = row.text(5);
    log.service_id = row.text(6);
    log.service_name = row.text(7);
    log.error_message = row.text(8);
    log.account = row.text(9);
    return log;
}

/// A text that LIKE takes literally, with ! before its own signs.
std::string like_part(std::string_view text) {
    std::string out = "%";
    for (char c : text) {
        if (c == '%' || c == '_' || c == '!') out += '!';
        out += c;
    }
    return out += '%';
}

struct Where {
    std::string text = "account = $1";
    std::vector<Binding> bindings;

    void add(std::string_view condition, Binding value) {
        bindings.push_back(std::move(value));
        text += fmt::format(fmt::runtime(condition), fmt::format("${}", bindings.size()));
    }
};

Where where_of(const SyncLogFilter& filter) {
    Where where;
    where.bindings.emplace_back(filter.account);
    if (filter.severity) where.add(" AND severity = {0}", static_cast<std::int64_t>(*filter.severity));
    if (!filter.custom_field_name.empty()) where.add(" AND custom_field_name = {0}", filter.custom_field_name);
    if (!filter.entity_path.empty()) where.add(" AND entity_path = {0}", filter.entity_path);
    if (!filter.service_name.empty()) where.add(" AND service_name = {0}", filter.service_name);
    if (!filter.search.empty())
        where.add(" AND (error_message LIKE {0} ESCAPE '!' OR custom_field_name LIKE {0} ESCAPE '!' OR "
                  "entity_path LIKE {0} ESCAPE '!' OR service_name LIKE {0} ESCAPE '!' OR service_id LIKE {0} ESCAPE "
                  "'!' OR error_code LIKE {0} ESCAPE '!')",
                  like_part(filter.search));
    return where;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Severity severity_of(std::string_view error_code) {
    std::string code{error_code};
    std::ranges::transform(code, code.begin(), lower);
    if (code == "sync_success") return Severity::info;
    if (code.find("error") != std::string::npos) return Severity::error;
    return Severity::warning;
}

/// Rolls back unless it was committed.
class PluginStore::Transaction {
public:
    explicit Transaction(sql::Connection& connection) : connection_(connection) {
        connection_.execute("BEGIN IMMEDIATE");
    }

    ~Transaction() {
        if (done_ || !connection_.in_transaction()) return;
        try {
            connection_.execute("ROLLBACK");
        } catch (const sql::StorageError&) {
            // The connection is lost, and the transaction with it.
            done_ = true;
        }
    }

    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit() {
        connection_.execute("COMMIT");
        done_ = true;
    }

private:
    sql::Connection& connection_;
    bool done_ = false;
};

PluginStore::PluginStore(const std::string& path)
    : connection_(sqlite::open({.path = path, .access = sqlite::Access::read_write, .cache_kib = 8'192})) {
    // There are few writes, and nobody else who would sync the log before they count as done.
    connection_->execute("PRAGMA synchronous=FULL");
    migrate();
    load_mappings();
    load_synced();
}

PluginStore::~PluginStore() = default;

void PluginStore::migrate() {
    auto version = number(*connection_, "PRAGMA user_version", {});
    constexpr auto known = static_cast<std::int64_t>(std::size(schema));
    if (version > known)
        throw sql::StorageError(sql::Failure::misuse,
                                fmt::format("backstage.db has schema version {}, this program knows {}; start the "
                                            "version that wrote it, or a newer one",
                                            version,
                                            known));
    for (auto next = version; next < known; ++next) {
        Transaction transaction(*connection_);
        connection_->execute(std::string{schema[static_cast<std::size_t>(next)]});
        connection_->execute(fmt::format("PRAGMA user_version = {}", next + 1));
        transaction.commit();
    }
}

/// After a write, under the mutex.
void PluginStore::forget_old_log() {
    if (sqlite::wal_frames(*connection_) > wal_frames_wanted) sqlite::checkpoint_passive(*connection_);
}

// --- Mappings ---

void PluginStore::load_mappings() {
    auto all = std::make_shared<Mappings>();
    query(*connection_,
          R"(SELECT "index", id, service_id, integration_key, entity_ref, account, processed_at FROM mapping)",
          {},
          [&](const sql::Statement& row) {
              auto mapping = mapping_of(row);
              auto service = mapping.service_id;
              all->emplace(std::move(service), std::move(mapping));
          });
    mappings_ = std::move(all);
}

std::shared_ptr<const PluginStore::Mappings> PluginStore::mappings() {
    std::lock_guard lock(mutex_);
    return mappings_;
}

std::optional<Mapping> PluginStore::mapping_of_service(std::string_view service_id) {
    auto all = mappings();
    auto found = all->find(service_id);
    if (found == all->end()) return std::nullopt;
    return found->second;
}

std::optional<Mapping> PluginStore::mapping_of_entity(std::string_view entity_ref) {
    auto all = mappings();
    const Mapping* newest = nullptr;
    for (const auto& [_, mapping] : *all)
        if (mapping.entity_ref == entity_ref && (!newest || mapping.processed_at >= newest->processed_at))
            newest = &mapping;
    if (!newest) return std::nullopt;
    return *newest;
}

/// Inserts or replaces the row; fills in what the database decides.
void PluginStore::write_mapping(Mapping& mapping) {
    run(*connection_,
        "INSERT INTO mapping(id, service_id, integration_key, entity_ref, account, processed_at) "
        "VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT(service_id) DO UPDATE SET integration_key = "
        "excluded.integration_key, "
        "entity_ref = excluded.entity_ref, account = excluded.account, processed_at = excluded.processed_at",
        {mapping.id,
         mapping.service_id,
         mapping.integration_key,
         mapping.entity_ref,
         mapping.account,
         to_micros(mapping.processed_at)});
    query(*connection_,
          R"(SELECT "index", id FROM mapping WHERE service_id = $1)",
          {mapping.service_id},
          [&](const sql::Statement& row) {
              mapping.index = row.integer(0);
              mapping.id = row.text(1);
          });
}

PluginStore::Put PluginStore::put_mapping(Mapping mapping) {
    std::lock_guard lock(mutex_);
    Put put;
    if (auto found = mappings_->find(mapping.service_id); found != mappings_->end()) put.previous = found->second;
    auto all = std::make_shared<Mappings>(*mappings_);
    Transaction transaction(*connection_);
    write_mapping(mapping);
    // An entity has one service: the one that it had is nobody's now.
    for (auto& [service_id, other] : *all) {
        bool is_same_entity = !mapping.entity_ref.empty() && other.entity_ref == mapping.entity_ref;
        if (!is_same_entity || service_id == mapping.service_id) continue;
        other.entity_ref.clear();
        other.processed_at = mapping.processed_at;
        write_mapping(other);
    }
    transaction.commit();
    (*all)[mapping.service_id] = mapping;
    mappings_ = std::move(all);
    forget_old_log();
    put.kept = std::move(mapping);
    return put;
}

std::vector<std::string> PluginStore::add_mappings(std::vector<Mapping>& mappings) {
    std::lock_guard lock(mutex_);
    std::vector<std::string> left_alone;
    auto all = std::make_shared<Mappings>(*mappings_);
    Transaction transaction(*connection_);
    auto has_service = [&](const std::string& entity_ref) {
        return !entity_ref.empty() &&
               std::ranges::any_of(*all, [&](const auto& one) { return one.second.entity_ref == entity_ref; });
    };
    for (auto& mapping : mappings) {
        if (all->contains(mapping.service_id) || has_service(mapping.entity_ref)) {
            left_alone.push_back(mapping.service_id);
            continue;
        }
        write_mapping(mapping);
        (*all)[mapping.service_id] = mapping;
    }
    transaction.commit();
    mappings_ = std::move(all);
    forget_old_log();
    return left_alone;
}

bool PluginStore::remove_mapping(std::string_view service_id) {
    std::lock_guard lock(mutex_);
    if (run(*connection_, "DELETE FROM mapping WHERE service_id = $1", {std::string{service_id}}) == 0) return false;
    auto all = std::make_shared<Mappings>(*mappings_);
    all->erase(all->find(service_id));
    mappings_ = std::move(all);
    return true;
}

// --- Settings ---

std::optional<Setting> PluginStore::setting(std::string_view id) {
    std::lock_guard lock(mutex_);
    std::optional<Setting> found;
    query(*connection_,
          "SELECT value, updated_at FROM setting WHERE id = $1",
          {std::string{id}},
          [&](const sql::Statement& row) {
              found = Setting{std::string{id}, std::string{row.text(0)}, from_micros(row.integer(1))};
          });
    return found;
}

void PluginStore::put_settings(const std::vector<Setting>& settings) {
    std::lock_guard lock(mutex_);
    Transaction transaction(*connection_);
    for (const auto& setting : settings)
        run(*connection_,
            "INSERT INTO setting(id, value, updated_at) VALUES($1, $2, $3) "
            "ON CONFLICT(id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            {setting.id, setting.value, to_micros(setting.updated_at)});
    transaction.commit();
    forget_old_log();
}

// --- Custom fields ---

std::vector<CustomField> PluginStore::custom_fields(std::string_view account) {
    std::lock_guard lock(mutex_);
    std::vector<CustomField> fields;
    query(*connection_,
          fmt::format("SELECT {} FROM custom_field WHERE account = $1 ORDER BY id", field_columns),
          {std::string{account}},
          [&](const sql::Statement& row) { fields.push_back(field_of(row)); });
    return fields;
}

std::optional<CustomField> PluginStore::custom_field(std::int64_t id, std::string_view account) {
    std::lock_guard lock(mutex_);
    std::optional<CustomField> found;
    query(*connection_,
          fmt::format("SELECT {} FROM custom_field WHERE id = $1 AND account = $2", field_columns),
          {id, std::string{account}},
          [&](const sql::Statement& row) { found = field_of(row); });
    return found;
}

std::optional<CustomField> PluginStore::add_custom_field(CustomField field) {
    std::lock_guard lock(mutex_);
    try {
        run(*connection_,
            "INSERT INTO custom_field(upstream_id, name, enabled, entity_path, account, description, created_at, "
            "updated_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
            {field.upstream_id,
             field.name,
             std::int64_t{field.enabled},
             field.entity_path,
             field.account,
             field.description,
             to_micros(field.created_at),
             to_micros(field.updated_at)});
    } catch (const sql::StorageError& error) {
        if (error.failure != sql::Failure::constraint) throw;
        return std::nullopt;
    }
    field.id = number(*connection_, "SELECT last_insert_rowid()", {});
    forget_old_log();
    return field;
}

bool PluginStore::update_custom_field(const CustomField& field) {
    std::lock_guard lock(mutex_);
    try {
        run(*connection_,
            "UPDATE custom_field SET upstream_id = $1, name = $2, enabled = $3, entity_path = $4, description = $5, "
            "updated_at = $6 WHERE id = $7",
            {field.upstream_id,
             field.name,
             std::int64_t{field.enabled},
             field.entity_path,
             field.description,
             to_micros(field.updated_at),
             field.id});
    } catch (const sql::StorageError& error) {
        if (error.failure != sql::Failure::constraint) throw;
        return false;
    }
    forget_old_log();
    return true;
}

void PluginStore::move_custom_fields(std::string_view from, std::string_view to) {
    std::lock_guard lock(mutex_);
    Transaction transaction(*connection_);
    for (const auto* table : {"custom_field", "sync_log"})
        run(*connection_,
            fmt::format("UPDATE OR IGNORE {} SET account = $1 WHERE account = $2", table),
            {std::string{to}, std::string{from}});
    transaction.commit();
    forget_old_log();
}

void PluginStore::remove_custom_field(std::int64_t id) {
    std::lock_guard lock(mutex_);
    Transaction transaction(*connection_);
    run(*connection_, "DELETE FROM custom_field WHERE id = $1", {id});
    run(*connection_, "DELETE FROM custom_value WHERE field_id = $1", {id});
    transaction.commit();
}

PluginStore::CustomValues PluginStore::custom_values() {
    std::lock_guard lock(mutex_);
    CustomValues values;
    query(*connection_,
          "SELECT service_id, field_id, value, code, message FROM custom_value",
          {},
          [&](const sql::Statement& row) {
              CustomValue value{std::string{row.text(2)}, std::string{row.text(3)}, std::string{row.text(4)}};
              values.emplace(std::pair{std::string{row.text(0)}, row.integer(1)}, std::move(value));
          });
    return values;
}

void PluginStore::put_custom_values(const CustomValues& values) {
    std::lock_guard lock(mutex_);
    Transaction transaction(*connection_);
    for (const auto& [key, value] : values)
        run(*connection_,
            "INSERT INTO custom_value(service_id, field_id, value, code, message) VALUES($1, $2, $3, $4, $5) "
            "ON CONFLICT(service_id, field_id) DO UPDATE SET value = excluded.value, code = excluded.code, "
            "message = excluded.message",
            {key.first, key.second, value.value, value.code, value.message});
    transaction.commit();
    forget_old_log();
}

// --- What the synchronisation knew ---

void PluginStore::load_synced() {
    auto all = std::make_shared<Synced>();
    query(*connection_,
          "SELECT entity_ref, service_id, account FROM pair ORDER BY entity_ref, service_id",
          {},
          [&](const sql::Statement& row) {
              all->pairs.push_back({std::string{row.text(0)}, std::string{row.text(1)}, std::string{row.text(2)}});
          });
    query(*connection_,
          "SELECT account, dependent, supporting, ours FROM dependency ORDER BY account, dependent, supporting",
          {},
          [&](const sql::Statement& row) {
              Edge edge{std::string{row.text(1)}, std::string{row.text(2)}};
              all->dependencies.push_back({std::string{row.text(0)}, std::move(edge), row.integer(3) != 0});
          });
    synced_ = std::move(all);
}

std::shared_ptr<const Synced> PluginStore::synced() {
    std::lock_guard lock(mutex_);
    return synced_;
}

void PluginStore::put_synced(Synced synced) {
    std::lock_guard lock(mutex_);
    if (synced == *synced_) return;
    Transaction transaction(*connection_);
    run(*connection_, "DELETE FROM pair", {});
    run(*connection_, "DELETE FROM dependency", {});
    for (const auto& pair : synced.pairs)
        run(*connection_,
            "INSERT INTO pair(entity_ref, service_id, account) VALUES($1, $2, $3)",
            {pair.entity_ref, pair.service_id, pair.account});
    for (const auto& dependency : synced.dependencies)
        run(*connection_,
            "INSERT INTO dependency(account, dependent, supporting, ours) VALUES($1, $2, $3, $4)",
            {dependency.account, dependency.edge.dependent, dependency.edge.supporting, std::int64_t{dependency.ours}});
    transaction.commit();
    synced_ = std::make_shared<const Synced>(std::move(synced));
    forget_old_log();
}

// --- Lists of the other sides ---

std::optional<KeptList> PluginStore::kept_list(std::string_view name, std::string_view source) {
    std::lock_guard lock(mutex_);
    std::optional<KeptList> found;
    query(*connection_,
          "SELECT as_of, content FROM kept_list WHERE name = $1 AND source = $2",
          {std::string{name}, std::string{source}},
          [&](const sql::Statement& row) {
              found = KeptList{std::string{source}, from_micros(row.integer(0)), std::string{row.text(1)}};
          });
    return found;
}

void PluginStore::keep_list(std::string_view name, const KeptList& list) {
    std::lock_guard lock(mutex_);
    run(*connection_,
        "INSERT INTO kept_list(name, source, as_of, content) VALUES($1, $2, $3, $4) ON CONFLICT(name) DO UPDATE SET "
        "source = excluded.source, as_of = excluded.as_of, content = excluded.content",
        {std::string{name}, list.source, to_micros(list.as_of), list.text});
    forget_old_log();
}

// --- What became of the values ---

void PluginStore::add_sync_log(const SyncLog& log, const Retention& retention) {
    std::lock_guard lock(mutex_);
    run(*connection_,
        "INSERT INTO sync_log(at, severity, error_code, custom_field_id, custom_field_name, entity_path, service_id, "
        "service_name, error_message, account) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        {to_micros(log.at),
         static_cast<std::int64_t>(severity_of(log.error_code)),
         log.error_code,
         log.custom_field_id,
         log.custom_field_name,
         log.entity_path,
         log.service_id,
         log.service_name,
         log.error_message,
         log.account});
    if (logs_added_++ % logs_between_trims == 0) trim_sync_logs(retention, log.at);
    forget_old_log();
}

/// Under the mutex.
std::vector<std::string> PluginStore::distinct(std::string_view column, std::string_view account) {
    std::vector<std::string> values;
    query(*connection_,
          fmt::format("SELECT DISTINCT {0} FROM sync_log WHERE account = $1 ORDER BY {0} LIMIT 1000", column),
          {std::string{account}},
          [&](const sql::Statement& row) { values.emplace_back(row.text(0)); });
    return values;
}

SyncLogPage PluginStore::sync_logs(const SyncLogFilter& filter) {
    std::lock_guard lock(mutex_);
    SyncLogPage page;
    auto where = where_of(filter);
    page.total = number(*connection_, "SELECT count(*) FROM sync_log WHERE " + where.text, where.bindings);
    query(*connection_,
          fmt::format("SELECT id, at, error_code, custom_field_id, custom_field_name, entity_path, service_id, "
                      "service_name, error_message, account FROM sync_log WHERE {} ORDER BY id DESC LIMIT {} OFFSET {}",
                      where.text,
                      filter.limit,
                      filter.offset),
          where.bindings,
          [&](const sql::Statement& row) { page.logs.push_back(log_of(row)); });
    page.custom_field_names = distinct("custom_field_name", filter.account);
    page.entity_paths = distinct("entity_path", filter.account);
    page.service_names = distinct("service_name", filter.account);
    return page;
}

/// Under the mutex.
void PluginStore::trim_sync_logs(const Retention& retention, Timestamp now) {
    auto too_old = fmt::format(
        "DELETE FROM sync_log WHERE id IN (SELECT id FROM sync_log WHERE at < $1 ORDER BY at LIMIT {})", trim_rows_max);
    run(*connection_, too_old, {to_micros(now - retention.age)});
    auto surplus = number(*connection_, "SELECT count(*) FROM sync_log", {}) - retention.rows;
    if (surplus <= 0) return;
    run(*connection_,
        "DELETE FROM sync_log WHERE id IN (SELECT id FROM sync_log ORDER BY id LIMIT $1)",
        {std::min(surplus, trim_rows_max)});
}

// --- Keys ---

std::vector<SigningKey> PluginStore::signing_keys() {
    std::lock_guard lock(mutex_);
    std::vector<SigningKey> keys;
    query(*connection_,
          "SELECT kid, pem, created_at FROM signing_key ORDER BY created_at",
          {},
          [&](const sql::Statement& row) {
              keys.push_back({std::string{row.text(0)}, std::string{row.text(1)}, from_micros(row.integer(2))});
          });
    return keys;
}

void PluginStore::add_signing_key(const SigningKey& key) {
    std::lock_guard lock(mutex_);
    run(*connection_,
        "INSERT INTO signing_key(kid, pem, created_at) VALUES($1, $2, $3)",
        {key.kid, key.pem, to_micros(key.created_at)});
}

void PluginStore::remove_signing_keys_before(Timestamp at) {
    std::lock_guard lock(mutex_);
    run(*connection_, "DELETE FROM signing_key WHERE created_at < $1", {to_micros(at)});
}

}  // namespace callboard::backstage
