#include "storage/store.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

/// Remembers a number beside the database, as the alert book remembers alerts.
class Mirror final : public WriterMemory {
public:
    void load(Tx& tx) override { value = static_cast<int>(tx.count(Query<Priority>())); }

    [[nodiscard]] std::size_t mark() const override { return before_.size(); }

    void undo_to(std::size_t mark) noexcept override {
        while (before_.size() > mark) {
            value = before_.back();
            before_.pop_back();
        }
    }

    void forget_undo() noexcept override { before_.clear(); }

    void add_one() {
        before_.push_back(value);
        ++value;
    }

    int value = 0;

private:
    std::vector<int> before_;
};

Priority priority_named(Tx& tx, const std::string& name) { return {tx.new_id<PriorityId>(), name, "", "", 1}; }

std::int64_t priorities(Store& store) {
    return store.read(noon, [](Tx& tx) { return tx.count(Query<Priority>()); });
}

Incident incident_numbered(Tx& tx, std::int64_t number) {
    Incident incident;
    incident.id = tx.new_id<IncidentId>();
    incident.incident_number = number;
    incident.title = "Disk full";
    incident.created_at = tx.now();
    return incident;
}

/// A decision whose end is counted.
class Counted final : public Decision {
public:
    enum class Ending { keep, refuse, fail };

    Counted(Ending ending, Mirror& mirror, std::atomic<int>& kept, std::atomic<int>& failed, std::atomic<int>& open)
        : ending_(ending), mirror_(mirror), kept_(kept), failed_(failed), open_(open) {}

    [[nodiscard]] Timestamp now() const override { return noon; }

    bool run(Tx& tx) override {
        tx.insert(priority_named(tx, "p"));
        mirror_.add_one();
        if (ending_ == Ending::fail) throw std::runtime_error("on purpose");
        return ending_ == Ending::keep;
    }

    void complete(std::exception_ptr failure) noexcept override {
        if (failure)
            ++failed_;
        else if (ending_ == Ending::keep)
            ++kept_;
        --open_;
    }

private:
    Ending ending_;
    Mirror& mirror_;
    std::atomic<int>& kept_;
    std::atomic<int>& failed_;
    std::atomic<int>& open_;
};

}  // namespace

TEST_CASE("what a decision wrote can be read when it returns") {
    Store store({.path = ":memory:"});

    auto id = store.decide(noon, [](Tx& tx) -> Result<PriorityId> {
        auto row = priority_named(tx, "P1");
        tx.insert(row);
        return row.id;
    });

    auto found = store.read(noon, [&](Tx& tx) { return tx.find<Priority>(*id); });
    REQUIRE(found.has_value());
    CHECK(found->name == "P1");
}

TEST_CASE("a refused decision leaves nothing behind") {
    Store store({.path = ":memory:"});

    auto refused = store.decide(noon, [](Tx& tx) -> Result<int> {
        tx.insert(priority_named(tx, "P1"));
        return errors::invalid_input("no");
    });

    CHECK_FALSE(refused.ok());
    CHECK(priorities(store) == 0);
}

TEST_CASE("in one batch the refused and the failed are undone alone and memory follows the disk") {
    Mirror mirror;
    std::atomic<int> kept{0};
    std::atomic<int> failed{0};
    std::atomic<int> open{0};
    Store store({.path = ":memory:"});
    store.attach(mirror);
    using Ending = Counted::Ending;
    for (int round = 0; round < 50; ++round)
        for (auto ending : {Ending::keep, Ending::refuse, Ending::keep, Ending::fail, Ending::keep}) {
            ++open;
            std::unique_ptr<Decision> decision = std::make_unique<Counted>(ending, mirror, kept, failed, open);
            REQUIRE(store.submit(decision));
        }
    store.stop();

    CHECK(open == 0);
    CHECK(kept == 150);
    CHECK(failed == 50);
    CHECK(mirror.value == 150);
}

TEST_CASE("rows held back for one statement are seen by the decision that made them, and kept") {
    Store store({.path = ":memory:"});
    constexpr int count = 77;
    auto seen = store.decide(noon, [](Tx& tx) -> Result<std::int64_t> {
        for (int number = 1; number <= count; ++number) tx.insert(incident_numbered(tx, number));
        return tx.count(Query<Incident>());
    });
    REQUIRE(seen.ok());
    CHECK(*seen == count);

    auto last = store.decide(noon, [](Tx& tx) -> Result<Incident> {
        auto incident = incident_numbered(tx, count + 1);
        tx.insert(incident);
        incident.title = "changed";
        CHECK(tx.update(incident));
        return *tx.find<Incident>(incident.id);
    });
    REQUIRE(last.ok());
    CHECK(last->title == "changed");
    CHECK(store.read(noon, [](Tx& tx) { return tx.list(Query<Incident>()); }).back() == *last);
}

TEST_CASE("a row the table refuses fails its own decision and no other of the batch") {
    std::atomic<int> kept{0};
    std::atomic<int> failed{0};
    Store store({.path = ":memory:"});
    std::vector<std::thread> senders;
    for (int number = 0; number < 20; ++number)
        senders.emplace_back([&, number] {
            // Ten numbers, each wanted twice: the index allows one of each.
            try {
                auto done = store.decide(noon, [&](Tx& tx) -> Result<int> {
                    tx.insert(incident_numbered(tx, number / 2));
                    return 0;
                });
                if (done.ok()) ++kept;
            } catch (const std::exception&) {
                ++failed;
            }
        });
    for (auto& sender : senders) sender.join();

    CHECK(kept == 10);
    CHECK(failed == 10);
    CHECK(store.read(noon, [](Tx& tx) { return tx.count(Query<Incident>()); }) == 10);
}

TEST_CASE("a full queue refuses and says so") {
    Mirror mirror;
    std::atomic<int> kept{0};
    std::atomic<int> failed{0};
    std::atomic<int> open{0};
    Store store({.path = ":memory:", .queue_max = 1});
    int refused = 0;
    for (int i = 0; i < 20'000 && refused == 0; ++i) {
        ++open;
        std::unique_ptr<Decision> decision =
            std::make_unique<Counted>(Counted::Ending::keep, mirror, kept, failed, open);
        if (!store.submit(decision)) {
            --open;
            ++refused;
        }
    }

    CHECK(refused == 1);
}

TEST_CASE("a store on disk has everything again after it was closed") {
    auto folder = std::filesystem::temp_directory_path() / ("callboard_store_test_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    {
        Store store({.path = folder.string()});
        auto done = store.decide(noon, [](Tx& tx) -> Result<void> {
            tx.insert(priority_named(tx, "P1"));
            tx.schedule({noon + hours{1}, DueKind::incident, 5});
            return {};
        });
        CHECK(done.ok());
    }
    Store store({.path = folder.string()});

    CHECK(priorities(store) == 1);
    auto due = store.read(noon, [](Tx& tx) { return tx.due_until(noon + hours{1}, 10); });
    CHECK(due == std::vector{Due{noon + hours{1}, DueKind::incident, 5}});
    std::filesystem::remove_all(folder);
}

namespace {

/// A store on disk whose log is synced by the test's word.
class DiskOfTest {
public:
    DiskOfTest()
        : folder_(std::filesystem::temp_directory_path() / ("callboard_sync_test_" + std::to_string(getpid()))) {
        std::filesystem::remove_all(folder_);
    }

    ~DiskOfTest() { std::filesystem::remove_all(folder_); }

    StoreOptions options() {
        return {.path = folder_.string(), .sync_log = [this] { sync(); }};
    }

    void hold() {
        std::lock_guard lock(mutex_);
        held_ = true;
    }

    void let_go() {
        {
            std::lock_guard lock(mutex_);
            held_ = false;
        }
        changed_.notify_all();
    }

    void wait_for_sync() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_; });
    }

    std::atomic<bool> breaks{false};

private:
    void sync() {
        if (breaks) throw sql::StorageError(sql::Failure::unavailable, "the disk is broken, on purpose");
        std::unique_lock lock(mutex_);
        waiting_ = true;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_; });
        waiting_ = false;
    }

    std::filesystem::path folder_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    bool waiting_ = false;
};

}  // namespace

TEST_CASE("a decision is not completed before the disk has it, and the writer goes on meanwhile") {
    struct Told final : Decision {
        std::function<void()> when_run;
        std::atomic<bool>& completed;

        Told(std::function<void()> f, std::atomic<bool>& c) : when_run(std::move(f)), completed(c) {}

        [[nodiscard]] Timestamp now() const override { return noon; }

        bool run(Tx& tx) override {
            tx.insert(priority_named(tx, "p"));
            when_run();
            return true;
        }

        void complete(std::exception_ptr failure) noexcept override { completed = !failure; }
    };

    DiskOfTest disk;
    std::promise<void> second_waits;
    std::promise<void> second_ran;
    std::atomic<bool> first_completed{false};
    std::atomic<bool> second_completed{false};
    Store store(disk.options());
    disk.hold();
    std::unique_ptr<Decision> first =
        std::make_unique<Told>([&] { second_waits.get_future().wait(); }, first_completed);
    std::unique_ptr<Decision> second = std::make_unique<Told>([&] { second_ran.set_value(); }, second_completed);
    REQUIRE(store.submit(first));
    while (store.counters().queued > 0) std::this_thread::yield();
    REQUIRE(store.submit(second));
    second_waits.set_value();
    second_ran.get_future().wait();
    disk.wait_for_sync();

    CHECK_FALSE(first_completed);
    CHECK_FALSE(second_completed);
    disk.let_go();
    store.stop();

    CHECK(first_completed);
    CHECK(second_completed);
}

TEST_CASE("what the disk did not take is refused, and the next change goes on once the disk takes the whole log") {
    DiskOfTest disk;
    Mirror mirror;
    std::atomic<int> kept{0};
    std::atomic<int> failed{0};
    std::atomic<int> open{0};
    Store store(disk.options());
    store.attach(mirror);
    auto decide_one = [&] {
        ++open;
        std::unique_ptr<Decision> decision =
            std::make_unique<Counted>(Counted::Ending::keep, mirror, kept, failed, open);
        REQUIRE(store.submit(decision));
        while (open > 0) std::this_thread::yield();
    };
    decide_one();
    CHECK(kept == 1);

    disk.breaks = true;
    decide_one();
    CHECK(failed == 1);
    CHECK(store.counters().failed_batches == 1);
    decide_one();
    CHECK(failed == 2);
    CHECK(kept == 1);

    disk.breaks = false;
    decide_one();
    CHECK(kept == 2);
    // Memory and database agree, also about what was refused after it had been committed.
    CHECK(priorities(store) == mirror.value);
}

TEST_CASE("versions keep what configuration was") {
    Store store({.path = ":memory:"});
    EscalationPolicy policy;
    policy.name = "first";
    auto made = store.decide(noon, [&](Tx& tx) -> Result<void> {
        policy.id = tx.new_id<EscalationPolicyId>();
        tx.insert(policy);
        return {};
    });
    CHECK(made.ok());
    policy.name = "second";
    policy.version = 2;
    CHECK(store
              .decide(noon + hours{1},
                      [&](Tx& tx) -> Result<void> {
                          tx.update(policy);
                          return {};
                      })
              .ok());

    store.read(noon, [&](Tx& tx) {
        CHECK(tx.version<EscalationPolicy>(policy.id, 1)->name == "first");
        CHECK(tx.version<EscalationPolicy>(policy.id, 2)->name == "second");
        CHECK(tx.as_of<EscalationPolicy>(policy.id, noon + minutes{59})->name == "first");
        CHECK(tx.as_of<EscalationPolicy>(policy.id, noon + hours{1})->name == "second");
        CHECK_FALSE(tx.as_of<EscalationPolicy>(policy.id, noon - minutes{1}).has_value());
        return 0;
    });
}

}  // namespace callboard
