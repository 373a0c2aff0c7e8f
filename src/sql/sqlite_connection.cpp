#include "sql/sqlite_connection.h"

#include "sql/gathering_vfs.h"
#include "sql/page_cache.h"

#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>

namespace callboard::sqlite {

namespace {

/// Run-time SQL kept prepared per connection.
constexpr std::size_t prepared_max = 256;
/// The writer itself copies the log back past this many frames (256 MiB), so that it cannot grow without bound.
constexpr int wal_frames_max = 65'536;
constexpr int busy_timeout_ms = 10'000;

/// Once per process, before the first connection. Every connection stays with one thread at a time, and nobody asks
/// for memory statistics: both would cost a lock on every allocation.
void configure_library() {
    static const bool once = [] {
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        // Rows are built in these; one holds an alert with its event.
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 4'096, 64);
        know_the_last_page();
        return true;
    }();
    static_cast<void>(once);
}

sql::Failure failure_of(int code) {
    switch (code & 0xFF) {
    case SQLITE_CONSTRAINT: return sql::Failure::constraint;
    case SQLITE_FULL: return sql::Failure::full;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return sql::Failure::misuse;
    default: return sql::Failure::unavailable;
    }
}

[[noreturn]] void fail(sqlite3* db, int code, std::string_view doing) {
    auto what = fmt::format("sqlite: {} while {}", db ? sqlite3_errmsg(db) : sqlite3_errstr(code), doing);
    throw sql::StorageError(failure_of(code), what);
}

/// An insert that fails half way would undo itself from a journal of its own. We undo the whole decision instead, so
/// the journal is not needed.
std::string without_statement_journal(const std::string& sql) {
    constexpr std::string_view insert = "INSERT INTO";
    if (!sql.starts_with(insert) || sql.find("ON CONFLICT") != std::string::npos) return sql;
    return "INSERT OR FAIL INTO" + sql.substr(insert.size());
}

class SqliteStatement final : public sql::Statement {
public:
    SqliteStatement(sqlite3* db, const std::string& text) : db_(db) {
        auto sql = without_statement_journal(text);
        int code = sqlite3_prepare_v3(
            db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
        if (code != SQLITE_OK) fail(db, code, sql);
        // "$2" is a name to SQLite: its index is the order of first use, not 2.
        auto count = sqlite3_bind_parameter_count(statement_);
        index_.resize(static_cast<std::size_t>(count) + 1);
        for (int i = 1; i <= count; ++i) index_[static_cast<std::size_t>(i)] = position_of(i);
    }

    ~SqliteStatement() override { sqlite3_finalize(statement_); }

    void bind(int parameter, std::int64_t value) override {
        sqlite3_bind_int64(statement_, index_of(parameter), value);
    }

    void bind(int parameter, std::string_view text) override {
        // A null data pointer would bind NULL.
        const char* data = text.data() ? text.data() : "";
        sqlite3_bind_text(statement_, index_of(parameter), data, static_cast<int>(text.size()), SQLITE_STATIC);
    }

    void bind_null(int parameter) override { sqlite3_bind_null(statement_, index_of(parameter)); }

    bool step() override {
        int code = sqlite3_step(statement_);
        if (code == SQLITE_ROW) return true;
        if (code == SQLITE_DONE) return false;
        sqlite3_reset(statement_);
        fail(db_, code, sqlite3_sql(statement_));
    }

    void reset() override { sqlite3_reset(statement_); }

    std::int64_t run() override {
        while (step()) {
        }
        sqlite3_reset(statement_);
        return sqlite3_changes64(db_);
    }

    [[nodiscard]] bool is_null(int column) const override {
        return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }

    [[nodiscard]] std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }

    [[nodiscard]] std::string_view text(int column) const override {
        const auto* data = sqlite3_column_text(statement_, column);
        if (!data) return {};
        auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return {reinterpret_cast<const char*>(data), size};
    }

private:
    int position_of(int parameter) {
        auto name = fmt::format("${}", parameter);
        return sqlite3_bind_parameter_index(statement_, name.c_str());
    }

    [[nodiscard]] int index_of(int parameter) const { return index_.at(static_cast<std::size_t>(parameter)); }

    sqlite3* db_;
    sqlite3_stmt* statement_ = nullptr;
    std::vector<int> index_;
};

class SqliteConnection final : public sql::Connection {
public:
    explicit SqliteConnection(const Options& options) {
        configure_library();
        int flags =
            SQLITE_OPEN_NOMUTEX |
            (options.access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        const char* vfs = options.access == Access::read_write ? gathering_vfs() : nullptr;
        int code = sqlite3_open_v2(options.path.c_str(), &db_, flags, vfs);
        if (code != SQLITE_OK) {
            auto what = fmt::format("sqlite: {} while opening {}", sqlite3_errmsg(db_), options.path);
            sqlite3_close_v2(db_);
            throw sql::StorageError(failure_of(code), what);
        }
        sqlite3_busy_timeout(db_, busy_timeout_ms);
        // NORMAL does not sync the log at a commit: the store does, before it answers anybody (storage/syncer.h).
        if (options.access == Access::read_write) execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
        execute(fmt::format("PRAGMA cache_size=-{}; PRAGMA temp_store=MEMORY; "
                            "PRAGMA journal_size_limit=268435456; PRAGMA wal_autocheckpoint=0",
                            options.cache_kib));
        sqlite3_wal_hook(db_, &SqliteConnection::on_commit, this);
    }

    ~SqliteConnection() override {
        fixed_.clear();
        dynamic_.clear();
        sqlite3_close_v2(db_);
    }

    sql::Statement& prepared(const sql::FixedSql& sql) override {
        if (sql.slot >= fixed_.size()) fixed_.resize(sql.slot + 16);
        auto& statement = fixed_[sql.slot];
        if (!statement) statement = std::make_unique<SqliteStatement>(db_, sql.text);
        return *statement;
    }

    sql::Statement& prepared(const std::string& sql) override {
        auto found = dynamic_.find(sql);
        if (found != dynamic_.end()) return *found->second;
        if (dynamic_.size() >= prepared_max) dynamic_.clear();
        auto [added, _] = dynamic_.emplace(sql, std::make_unique<SqliteStatement>(db_, sql));
        return *added->second;
    }

    void execute(const std::string& sql) override {
        int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) fail(db_, code, sql);
    }

    [[nodiscard]] bool in_transaction() const override { return sqlite3_get_autocommit(db_) == 0; }

    int checkpoint() {
        int frames = 0;
        int copied = 0;
        int code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
        if (code != SQLITE_OK && code != SQLITE_BUSY) fail(db_, code, "copying the log back");
        return frames < 0 ? 0 : frames - copied;
    }

    void checkpoint_whole() {
        int code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
        if (code != SQLITE_OK) fail(db_, code, "copying the whole log back");
    }

    [[nodiscard]] int wal_frames() const { return wal_frames_; }

private:
    static int on_commit(void* self, sqlite3* db, const char*, int frames) {
        static_cast<SqliteConnection*>(self)->wal_frames_ = frames;
        if (frames > wal_frames_max)
            sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        return SQLITE_OK;
    }

    sqlite3* db_ = nullptr;
    std::vector<std::unique_ptr<SqliteStatement>> fixed_;
    std::unordered_map<std::string, std::unique_ptr<SqliteStatement>> dynamic_;
    int wal_frames_ = 0;
};

}  // namespace

std::unique_ptr<sql::Connection> open(const Options& options) { return std::make_unique<SqliteConnection>(options); }

int checkpoint_passive(sql::Connection& connection) { return dynamic_cast<SqliteConnection&>(connection).checkpoint(); }

void checkpoint_whole(sql::Connection& connection) { dynamic_cast<SqliteConnection&>(connection).checkpoint_whole(); }

int wal_frames(const sql::Connection& connection) {
    return dynamic_cast<const SqliteConnection&>(connection).wal_frames();
}

}  // namespace callboard::sqlite
