#include "storage/store.h"

#include <atomic>
#include <filesystem>
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
