#pragma once
// The one write path. Every change is a *decision*: a function of (Tx&) that reads, asks the domain and writes.
// One writer thread takes all decisions that wait and runs them in one transaction; they are completed once it is on
// disk, which another thread waits for (storage/syncer.h) while the writer goes on. A decision that fails is undone
// alone. If the commit fails, all of the batch fail, and memory kept beside the database (WriterMemory) goes back to
// what the disk says.
//
// A batch first runs without savepoints. Only when one of its decisions must be undone is it run again, each
// decision in a savepoint of its own: a decision must therefore give the same result when run twice.

#include "base/result.h"
#include "storage/insert_buffers.h"
#include "storage/syncer.h"
#include "storage/tx.h"

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace callboard {

/// The store could not take or keep a decision. Callers answer 503 with Retry-After.
class StoreUnavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One waiting change. Completed exactly once, after it reached the disk or failed, on a thread of the store: by the
/// time later decisions may have run.
class Decision {
public:
    Decision() = default;
    Decision(const Decision&) = delete;
    Decision& operator=(const Decision&) = delete;
    virtual ~Decision() = default;

    [[nodiscard]] virtual Timestamp now() const = 0;
    /// False: a refusal; whatever was written is undone.
    virtual bool run(Tx& tx) = 0;
    /// `failure` is null when the decision is on disk (or was a refusal).
    virtual void complete(std::exception_ptr failure) noexcept = 0;
};

/// State that mirrors the database in the writer's memory; touched by decisions only.
class WriterMemory {
public:
    virtual ~WriterMemory() = default;
    /// Reads everything again.
    virtual void load(Tx& tx) = 0;
    /// Changes since the batch began can be undone back to a mark.
    [[nodiscard]] virtual std::size_t mark() const = 0;
    virtual void undo_to(std::size_t mark) noexcept = 0;
    /// The batch is committed: undoing is over.
    virtual void forget_undo() noexcept = 0;
};

/// What a committed batch changed, told once to those who wait for it.
struct Committed {
    std::size_t decisions = 0;
    /// The earliest instant that was scheduled.
    std::optional<Timestamp> earliest_due;
};

struct StoreOptions {
    /// A directory holding callboard.db, ":memory:", or "postgresql://…".
    std::string path;
    /// Others who write to the same database server are waited for: asked now and then whether to go on waiting.
    /// Absent: whoever asks does little, and does not wait. The directory has a lock of its own (daemon/data_lock.h).
    std::function<bool()> wait_for_turn = {};
    int writer_cache_kib = 65'536;
    int reader_cache_kib = 8'192;
    std::size_t queue_max = 8'192;
    std::size_t batch_max = 1'024;
    /// Brings the log to the disk; throws when it could not. For tests: by default the log's file is synced.
    std::function<void()> sync_log = {};
    /// For tests: called by the writer when a batch has been decided and is about to be committed.
    std::function<void()> before_commit = {};
};

/// Only its owner may read what is in it: incidents, hashes, integration keys. One that is there stays as it is.
void make_private_directory(const std::string& path);

/// Whether there is a store to open; Store makes one where there is none.
bool holds_store(const std::string& directory);

struct StoreCounters {
    std::uint64_t batches = 0;
    std::uint64_t decisions = 0;
    std::uint64_t failed_batches = 0;
    std::size_t queued = 0;
    int wal_frames = 0;
};

class Store {
public:
    /// Opens, migrates and starts the writer. Throws sql::StorageError.
    explicit Store(StoreOptions options);
    ~Store();

    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// Hands a decision to the writer; false when the queue is full (it is then not completed).
    bool submit(std::unique_ptr<Decision>& decision);

    /// Runs `f(Tx&)` as a decision and waits. `f` returns Result<...>; an error undoes what it wrote.
    /// Throws StoreUnavailable when it could not be kept, or what `f` threw.
    template <class F>
    auto decide(Timestamp now, F f) -> decltype(f(std::declval<Tx&>()));

    template <class F>
    class Pending;

    /// The same without waiting: several decisions of one thread that are likely to share a batch. What `f` refers to
    /// outlives the Pending, which waits before it goes.
    template <class F>
    Pending<F> begin_decision(Timestamp now, F f);

    /// Runs `f(Tx&)` on a snapshot. Throws sql::StorageError.
    template <class F>
    auto read(Timestamp now, F f) -> decltype(f(std::declval<Tx&>()));

    /// Before the first decision: memory to load now and to undo with failed batches. It outlives the store.
    void attach(WriterMemory& memory);
    /// Called after each batch from now on, committed or not, on the thread that completed it.
    void after_batch(std::function<void(const Committed&)> listener);

    StoreCounters counters();

    /// "sqlite" or "postgresql".
    [[nodiscard]] std::string_view engine() const;
    /// Runs everything queued, then stops the writer.
    void stop();

private:
    class ReaderLease;

    /// Decisions that were run in one transaction, each with what went wrong.
    struct Batch {
        std::vector<std::unique_ptr<Decision>> decisions;
        std::vector<std::exception_ptr> failures;
        Committed committed;
    };

    void write_until_stopped();
    void run_batch(Batch& batch);
    enum class Care { optimistic, careful };
    /// kept: its writes stand (or it wrote nothing); undone: taken back alone; to_undo: the batch must start over;
    /// lost: the engine ended the transaction.
    enum class RunEnd { kept, undone, to_undo, lost };
    enum class BatchEnd { committed, undone, again, failed };
    BatchEnd attempt(Batch& batch, Care care);
    /// False while what an earlier batch committed cannot be brought to the disk, or the database is away.
    bool mend();
    void connect_writer();
    bool connect_again();
    void wait_for_turn();
    [[nodiscard]] std::unique_ptr<sql::Connection> open_reader() const;
    void finish(Batch& batch, const std::exception_ptr& unsynced);
    void run(const sql::FixedSql& sql);
    RunEnd run_one(Decision& decision, Care care, std::exception_ptr& failure);
    [[nodiscard]] bool is_queue_empty();
    void count_log_frames();
    [[nodiscard]] bool checkpoint_is_worth_it() const;
    void roll_back() noexcept;
    void checkpoint_until_stopped();
    std::unique_ptr<sql::Connection> take_reader();
    void give_back(std::unique_ptr<sql::Connection> reader);
    [[nodiscard]] std::int64_t last_id();

    enum class Place { memory, file, server };

    StoreOptions options_;
    Place place_;
    std::unique_ptr<sql::Connection> writer_connection_;
    std::unique_ptr<IdSource> ids_;
    std::uint64_t config_generation_ = 1;
    InsertBuffers inserts_;
    std::vector<WriterMemory*> memories_;
    std::mutex listeners_mutex_;
    std::vector<std::function<void(const Committed&)>> listeners_;
    Committed committed_;

    std::mutex queue_mutex_;
    std::condition_variable queue_filled_;
    std::vector<std::unique_ptr<Decision>> queue_;
    bool stopping_ = false;
    StoreCounters counters_;
    /// Log frames when the last copying back began.
    int frames_copied_ = 0;

    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<sql::Connection>> readers_;

    /// In memory there is one connection: readers wait for the writer.
    std::recursive_mutex memory_mutex_;

    Syncer<Batch> syncer_;

    std::condition_variable checkpoint_wake_;
    std::thread checkpointer_;
    std::thread writer_;
};

/// Borrows a reading connection and holds a snapshot while it lives.
class Store::ReaderLease {
public:
    ReaderLease(Store& store, Timestamp now);
    ~ReaderLease();

    ReaderLease(const ReaderLease&) = delete;
    ReaderLease& operator=(const ReaderLease&) = delete;

    Tx& tx() { return *tx_; }

private:
    Store& store_;
    std::unique_lock<std::recursive_mutex> memory_lock_;
    std::unique_ptr<sql::Connection> connection_;
    std::optional<Tx> tx_;
};

namespace detail {

/// A decision whose caller waits on the stack.
template <class F, class R>
class WaitingDecision final : public Decision {
public:
    struct Outcome {
        std::mutex mutex;
        std::condition_variable done;
        bool completed = false;
        std::optional<R> result;
        std::exception_ptr failure;
    };

    WaitingDecision(Timestamp now, F& f, Outcome& outcome) : now_(now), f_(f), outcome_(outcome) {}

    [[nodiscard]] Timestamp now() const override { return now_; }

    bool run(Tx& tx) override {
        outcome_.result.emplace(f_(tx));
        return outcome_.result->ok();
    }

    void complete(std::exception_ptr failure) noexcept override {
        std::lock_guard lock(outcome_.mutex);
        outcome_.failure = std::move(failure);
        outcome_.completed = true;
        outcome_.done.notify_one();
    }

private:
    Timestamp now_;
    F& f_;
    Outcome& outcome_;
};

}  // namespace detail

/// A decision that was begun.
template <class F>
class Store::Pending {
public:
    using R = decltype(std::declval<F&>()(std::declval<Tx&>()));

    Pending(Store& store, Timestamp now, F f) : state_(std::make_unique<State>(std::move(f))) {
        std::unique_ptr<Decision> decision = std::make_unique<Waiting>(now, state_->f, state_->outcome);
        if (!store.submit(decision)) throw StoreUnavailable("the write queue is full");
        begun_ = true;
    }

    Pending(Pending&& other) noexcept : state_(std::move(other.state_)), begun_(std::exchange(other.begun_, false)) {}

    Pending& operator=(Pending&&) = delete;

    ~Pending() {
        if (begun_) wait();
    }

    /// Once: the result, when it is on disk. Throws as decide() does.
    R get() {
        wait();
        begun_ = false;
        if (state_->outcome.failure) std::rethrow_exception(state_->outcome.failure);
        return std::move(*state_->outcome.result);
    }

private:
    using Waiting = detail::WaitingDecision<F, R>;

    struct State {
        explicit State(F function) : f(std::move(function)) {}

        F f;
        typename Waiting::Outcome outcome;
    };

    void wait() {
        std::unique_lock lock(state_->outcome.mutex);
        state_->outcome.done.wait(lock, [&] { return state_->outcome.completed; });
    }

    std::unique_ptr<State> state_;
    bool begun_ = false;
};

template <class F>
Store::Pending<F> Store::begin_decision(Timestamp now, F f) {
    return Pending<F>(*this, now, std::move(f));
}

template <class F>
auto Store::decide(Timestamp now, F f) -> decltype(f(std::declval<Tx&>())) {
    return begin_decision(now, std::move(f)).get();
}

template <class F>
auto Store::read(Timestamp now, F f) -> decltype(f(std::declval<Tx&>())) {
    ReaderLease lease(*this, now);
    return f(lease.tx());
}

}  // namespace callboard
