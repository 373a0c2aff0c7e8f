#include "storage/store.h"

#include "base/log.h"
#include "sql/log_file.h"
#include "sql/postgres_connection.h"
#include "sql/sqlite_connection.h"
#include "storage/migrate.h"

#include <filesystem>

namespace callboard {

namespace {

constexpr std::size_t readers_kept_max = 16;
/// The checkpointer copies the log back whenever it is this much longer (2 MiB): seldom enough to save work, and so
/// little at once that no enqueue waits long behind it.
constexpr int checkpoint_every_frames = 500;
constexpr auto checkpoint_pause = std::chrono::milliseconds{10};

/// How often somebody who stands by looks whether it is their turn.
constexpr auto turn_pause = std::chrono::milliseconds{500};

const sql::FixedSql begin_file_sql("BEGIN IMMEDIATE");
const sql::FixedSql begin_server_sql("BEGIN");
const sql::FixedSql commit_sql("COMMIT");

std::string database_file(const StoreOptions& options) {
    return options.path == ":memory:" ? options.path : options.path + "/callboard.db";
}

std::exception_ptr unavailable(const std::string& why) { return std::make_exception_ptr(StoreUnavailable(why)); }

std::function<void()> how_to_sync(const StoreOptions& options) {
    if (options.sync_log) return options.sync_log;
    // A database server answers a commit when it is on disk.
    if (options.path == ":memory:" || postgres::is_address(options.path)) return [] {};
    auto log = std::make_shared<sqlite::LogFile>(database_file(options));
    return [log] { log->sync(); };
}

template <class... T>
std::int64_t largest_id(sql::Connection& connection) {
    std::int64_t last = 0;
    ((last = std::max(last, Table<T>::last_id(connection))), ...);
    return last;
}

}  // namespace

void make_private_directory(const std::string& path) {
    if (!std::filesystem::create_directories(path)) return;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

bool holds_store(const std::string& path) {
    return postgres::is_address(path) || std::filesystem::exists(database_file({.path = path}));
}

Store::Store(StoreOptions options)
    : options_(std::move(options)), place_(options_.path == ":memory:"           ? Place::memory
                                           : postgres::is_address(options_.path) ? Place::server
                                                                                 : Place::file),
      syncer_(how_to_sync(options_),
              [this](Batch& batch, const std::exception_ptr& unsynced) { finish(batch, unsynced); }) {
    if (place_ == Place::file) make_private_directory(options_.path);
    connect_writer();
    if (place_ == Place::server && options_.wait_for_turn) wait_for_turn();
    migrate(*writer_connection_, place_ == Place::server ? Dialect::postgres : Dialect::sqlite);
    ids_ = std::make_unique<IdSource>(last_id());
    syncer_.start();
    writer_ = std::thread([this] { write_until_stopped(); });
    if (place_ == Place::file) checkpointer_ = std::thread([this] { checkpoint_until_stopped(); });
}

Store::~Store() { stop(); }

std::string_view Store::engine() const { return place_ == Place::server ? "postgresql" : "sqlite"; }

void Store::connect_writer() {
    if (place_ == Place::server)
        writer_connection_ = postgres::open(options_.path, postgres::Access::read_write);
    else
        writer_connection_ =
            sqlite::open({database_file(options_), sqlite::Access::read_write, options_.writer_cache_kib});
}

/// Two servers that decide at once would each believe their own memory.
void Store::wait_for_turn() {
    for (bool told = false; !postgres::try_to_lock(*writer_connection_); told = true) {
        if (!told) log::info("store.standing_by", {{"why", "another server writes to this database"}});
        std::this_thread::sleep_for(turn_pause);
        if (!options_.wait_for_turn()) throw StoreUnavailable("another server writes to this database");
    }
}

void Store::stop() {
    {
        std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    queue_filled_.notify_all();
    checkpoint_wake_.notify_all();
    if (writer_.joinable()) writer_.join();
    syncer_.stop();
    if (checkpointer_.joinable()) checkpointer_.join();
}

std::int64_t Store::last_id() {
    return largest_id<User,
                      ContactMethod,
                      NotificationRule,
                      HandoffRule,
                      Team,
                      TeamMember,
                      ApiKey,
                      Session,
                      OAuthApp,
                      OAuthToken,
                      Priority,
                      Service,
                      AlertGroupingSetting,
                      Integration,
                      MaintenanceWindow,
                      BusinessService,
                      IncidentType,
                      CustomField,
                      CustomFieldValue,
                      ServiceDependency,
                      EscalationPolicy,
                      Schedule,
                      ScheduleOverride,
                      AuditRecord,
                      CustomShift,
                      ShiftOverride,
                      Incident,
                      Alert,
                      LogEntry,
                      IncidentNote,
                      ChangeEvent,
                      EventReceipt,
                      Notification,
                      NotifiedIncident,
                      HandoffNotice,
                      SeenCallback,
                      ResponderRequest,
                      ResponderTarget,
                      Responder,
                      ManualImpact,
                      Heartbeat,
                      OAuthClient,
                      WebhookSubscription,
                      WebhookDelivery,
                      EventOrchestration,
                      OrchestrationIntegration,
                      OrchestrationPath,
                      CacheVariable,
                      OrchestrationValue,
                      OrchestratedEvent,
                      Tag,
                      Tagging,
                      StatusUpdate,
                      NotificationSubscription,
                      StatusUpdateRule>(*writer_connection_);
}

bool Store::submit(std::unique_ptr<Decision>& decision) {
    bool was_empty = false;
    {
        std::lock_guard lock(queue_mutex_);
        if (stopping_ || queue_.size() >= options_.queue_max) return false;
        was_empty = queue_.empty();
        queue_.push_back(std::move(decision));
    }
    if (was_empty) queue_filled_.notify_one();
    return true;
}

void Store::attach(WriterMemory& memory) {
    struct Attach final : Decision {
        Store& store;
        WriterMemory& memory;
        std::mutex& mutex;
        std::condition_variable& done;
        bool& completed;
        std::exception_ptr& failed;

        Attach(Store& s, WriterMemory& m, std::mutex& mx, std::condition_variable& d, bool& c, std::exception_ptr& f)
            : store(s), memory(m), mutex(mx), done(d), completed(c), failed(f) {}

        [[nodiscard]] Timestamp now() const override { return Timestamp{}; }

        bool run(Tx& tx) override {
            memory.load(tx);
            return true;
        }

        void complete(std::exception_ptr failure) noexcept override {
            std::lock_guard lock(mutex);
            if (!failure) store.memories_.push_back(&memory);
            failed = std::move(failure);
            completed = true;
            done.notify_one();
        }
    };

    std::mutex mutex;
    std::condition_variable done;
    bool completed = false;
    std::exception_ptr failed;
    std::unique_ptr<Decision> decision = std::make_unique<Attach>(*this, memory, mutex, done, completed, failed);
    ASSERT(submit(decision), "memory is attached before there is any load");
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return completed; });
    if (failed) std::rethrow_exception(failed);
}

void Store::after_batch(std::function<void(const Committed&)> listener) {
    std::lock_guard lock(listeners_mutex_);
    listeners_.push_back(std::move(listener));
}

StoreCounters Store::counters() {
    std::lock_guard lock(queue_mutex_);
    counters_.queued = queue_.size();
    return counters_;
}

void Store::write_until_stopped() {
    for (;;) {
        syncer_.wait_for_room();
        Batch batch;
        {
            std::unique_lock lock(queue_mutex_);
            queue_filled_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            if (queue_.size() <= options_.batch_max) {
                batch.decisions.swap(queue_);
            } else {
                auto end = queue_.begin() + static_cast<std::ptrdiff_t>(options_.batch_max);
                batch.decisions.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
                queue_.erase(queue_.begin(), end);
            }
        }
        batch.failures.resize(batch.decisions.size());
        if (place_ == Place::memory) {
            // One connection: what readers see is what was completed.
            std::lock_guard lock(memory_mutex_);
            run_batch(batch);
            syncer_.take(std::move(batch), true);
        } else {
            run_batch(batch);
            syncer_.take(std::move(batch), is_queue_empty());
        }
    }
}

bool Store::is_queue_empty() {
    std::lock_guard lock(queue_mutex_);
    return queue_.empty();
}

void Store::run_batch(Batch& batch) {
    auto end = mend() ? attempt(batch, Care::optimistic) : BatchEnd::failed;
    if (end == BatchEnd::again) {
        batch.failures.assign(batch.decisions.size(), nullptr);
        end = attempt(batch, Care::careful);
    }
    batch.committed = end == BatchEnd::committed ? committed_ : Committed{};
    batch.committed.decisions = end == BatchEnd::committed ? batch.decisions.size() : 0;
    if (end == BatchEnd::failed) {
        roll_back();
        for (auto& failure : batch.failures)
            if (!failure) failure = unavailable("the database could not keep the change");
    } else {
        for (auto* memory : memories_) memory->forget_undo();
    }
    count_log_frames();
}

/// The database server was away. Somebody else may have written meanwhile: what is remembered is read again.
bool Store::connect_again() {
    try {
        connect_writer();
        if (options_.wait_for_turn && !postgres::try_to_lock(*writer_connection_)) {
            log::error("store.taken_over", {{"why", "another server writes to this database"}});
            writer_connection_ = nullptr;
            return false;
        }
        ids_ = std::make_unique<IdSource>(std::max(ids_->last(), last_id()));
        run(begin_server_sql);
        Tx tx(*writer_connection_, Timestamp{}, nullptr);
        for (auto* memory : memories_) memory->load(tx);
        run(commit_sql);
        ++config_generation_;
    } catch (const sql::StorageError& error) {
        log::error("store.away", {{"error", error.what()}});
        return false;
    }
    log::info("store.back", {});
    return true;
}

/// Whatever of the log the disk did not take is copied into the database, which is synced.
bool Store::mend() {
    if (place_ == Place::server)
        return (writer_connection_ && postgres::is_alive(*writer_connection_)) || connect_again();
    if (!syncer_.broken()) return true;
    syncer_.wait_until_idle();
    try {
        sqlite::checkpoint_whole(*writer_connection_);
    } catch (const sql::StorageError& error) {
        log::error("store.sync_failed", {{"error", error.what()}});
        return false;
    }
    syncer_.mended();
    return true;
}

void Store::finish(Batch& batch, const std::exception_ptr& unsynced) {
    if (unsynced) {
        batch.committed.decisions = 0;
        for (auto& failure : batch.failures)
            if (!failure) failure = unavailable("the disk did not take the change");
    }
    {
        std::lock_guard lock(queue_mutex_);
        ++counters_.batches;
        counters_.decisions += batch.committed.decisions;
        if (batch.committed.decisions == 0 && batch.failures.front()) ++counters_.failed_batches;
    }
    for (std::size_t i = 0; i < batch.decisions.size(); ++i) batch.decisions[i]->complete(batch.failures[i]);
    std::lock_guard lock(listeners_mutex_);
    for (const auto& listener : listeners_) listener(batch.committed);
}

void Store::count_log_frames() {
    if (place_ != Place::file) return;
    bool long_log = false;
    {
        std::lock_guard lock(queue_mutex_);
        counters_.wal_frames = sqlite::wal_frames(*writer_connection_);
        long_log = checkpoint_is_worth_it();
    }
    if (long_log) checkpoint_wake_.notify_one();
}

void Store::run(const sql::FixedSql& sql) { writer_connection_->prepared(sql).run(); }

Store::BatchEnd Store::attempt(Batch& batch, Care care) {
    committed_ = {};
    try {
        run(place_ == Place::server ? begin_server_sql : begin_file_sql);
        for (std::size_t i = 0; i < batch.decisions.size(); ++i) {
            switch (run_one(*batch.decisions[i], care, batch.failures[i])) {
            case RunEnd::kept:
            case RunEnd::undone: break;
            case RunEnd::lost: return BatchEnd::failed;
            case RunEnd::to_undo: roll_back(); return batch.decisions.size() == 1 ? BatchEnd::undone : BatchEnd::again;
            }
        }
        inserts_.write_out_all(*writer_connection_);
        if (options_.before_commit) options_.before_commit();
        run(commit_sql);
        return BatchEnd::committed;
    } catch (const sql::StorageError& error) {
        // A row that the table refuses is one decision's fault: found out by running each alone.
        bool refused_row = error.failure == sql::Failure::constraint && writer_connection_->in_transaction();
        if (!refused_row || care == Care::careful) return BatchEnd::failed;
        roll_back();
        return BatchEnd::again;
    }
}

Store::RunEnd Store::run_one(Decision& decision, Care care, std::exception_ptr& failure) {
    std::vector<std::size_t> marks;
    if (care == Care::careful) {
        for (auto* memory : memories_) marks.push_back(memory->mark());
        writer_connection_->execute("SAVEPOINT decision");
    }
    Tx::Batch shared{*ids_, config_generation_, inserts_};
    Tx tx(*writer_connection_, decision.now(), &shared);
    bool keep = false;
    try {
        keep = decision.run(tx) || !tx.has_written();
        if (keep && care == Care::careful) inserts_.write_out_all(*writer_connection_);
    } catch (const std::exception&) {
        failure = std::current_exception();
        keep = false;
    }
    if (!writer_connection_->in_transaction()) return RunEnd::lost;
    if (keep) {
        if (care == Care::careful) writer_connection_->execute("RELEASE decision");
        auto due = tx.earliest_scheduled();
        if (due && (!committed_.earliest_due || *due < *committed_.earliest_due)) committed_.earliest_due = due;
        return RunEnd::kept;
    }
    if (care == Care::optimistic) return RunEnd::to_undo;
    inserts_.forget();
    writer_connection_->execute("ROLLBACK TO decision; RELEASE decision");
    for (std::size_t i = 0; i < memories_.size(); ++i) memories_[i]->undo_to(marks[i]);
    ++config_generation_;
    return RunEnd::undone;
}

void Store::roll_back() noexcept {
    try {
        if (writer_connection_ && writer_connection_->in_transaction()) writer_connection_->execute("ROLLBACK");
    } catch (const sql::StorageError&) {
        // The engine has already ended the transaction.
    }
    inserts_.forget();
    for (auto* memory : memories_) memory->undo_to(0);
    ++config_generation_;
}

bool Store::checkpoint_is_worth_it() const {
    // The log starts over from its beginning once all of it was copied back.
    auto copied = counters_.wal_frames < frames_copied_ ? 0 : frames_copied_;
    return counters_.wal_frames - copied >= checkpoint_every_frames;
}

void Store::checkpoint_until_stopped() {
    std::unique_ptr<sql::Connection> connection;
    for (;;) {
        {
            std::unique_lock lock(queue_mutex_);
            checkpoint_wake_.wait(lock, [&] { return stopping_ || checkpoint_is_worth_it(); });
            if (stopping_) return;
            frames_copied_ = counters_.wal_frames;
        }
        try {
            if (!connection) connection = sqlite::open({database_file(options_), sqlite::Access::read_write, 1'024});
            sqlite::checkpoint_passive(*connection);
        } catch (const sql::StorageError&) {
            connection.reset();  // Tried again with the next batch; the writer bounds the log meanwhile.
        }
        std::this_thread::sleep_for(checkpoint_pause);
    }
}

std::unique_ptr<sql::Connection> Store::take_reader() {
    {
        std::lock_guard lock(readers_mutex_);
        if (!readers_.empty()) {
            auto reader = std::move(readers_.back());
            readers_.pop_back();
            return reader;
        }
    }
    return open_reader();
}

std::unique_ptr<sql::Connection> Store::open_reader() const {
    if (place_ == Place::server) return postgres::open(options_.path, postgres::Access::read_only);
    return sqlite::open({database_file(options_), sqlite::Access::read_only, options_.reader_cache_kib});
}

void Store::give_back(std::unique_ptr<sql::Connection> reader) {
    std::lock_guard lock(readers_mutex_);
    if (readers_.size() < readers_kept_max) readers_.push_back(std::move(reader));
}

Store::ReaderLease::ReaderLease(Store& store, Timestamp now)
    : store_(store), memory_lock_(store.memory_mutex_, std::defer_lock) {
    if (store.place_ == Place::memory) {
        memory_lock_.lock();
        tx_.emplace(*store.writer_connection_, now, nullptr);
        return;
    }
    connection_ = store.take_reader();
    try {
        connection_->execute("BEGIN");
    } catch (const sql::StorageError&) {
        // A kept connection may have been lost since.
        connection_ = store.open_reader();
        connection_->execute("BEGIN");
    }
    tx_.emplace(*connection_, now, nullptr);
}

Store::ReaderLease::~ReaderLease() {
    if (!connection_) return;
    tx_.reset();
    try {
        connection_->execute("COMMIT");
    } catch (const sql::StorageError&) {
        return;  // A broken reader is not kept.
    }
    store_.give_back(std::move(connection_));
}

}  // namespace callboard
