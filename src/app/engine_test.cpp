#include "app/account.h"
#include "app/engine.h"
#include "app/ingest.h"
#include "base/secret.h"

#include <atomic>

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + hours{12};

/// A service whose incidents resolve by themselves after half a minute, before anybody is looked for again.
struct Stage {
    std::atomic<bool> disk_is_full{false};
    Store store{{.path = ":memory:", .before_commit = [this] {
                     if (disk_is_full) throw sql::StorageError(sql::Failure::full, "no space is left");
                 }}};
    Desk desk;
    std::vector<std::string> problems;
    Engine engine{store,
                  desk,
                  [this](const std::string& what) { problems.push_back(what); },
                  {[](const Page&) {}, [](const HookCall&) {}}};

    Stage() {
        init_secrets();
        attach(store, desk);
        write([&](Tx& tx) {
            EscalationPolicy policy;
            policy.id = tx.new_id<EscalationPolicyId>();
            policy.escalation_rules.resize(1);
            tx.insert(policy);
            Service service;
            service.id = tx.new_id<ServiceId>();
            service.escalation_policy = policy.id;
            service.auto_resolve_timeout = 30;
            tx.insert(service);
            Integration integration;
            integration.id = tx.new_id<IntegrationId>();
            integration.service = service.id;
            integration.integration_key = "key";
            tx.insert(integration);
        });
    }

    template <class F>
    void write(F change) {
        auto done = store.decide(noon, [&](Tx& tx) -> Result<bool> {
            change(tx);
            return true;
        });
        REQUIRE(done);
    }

    void trigger(int number, Timestamp at = noon) {
        Event event;
        event.routing_key = "key";
        event.dedup_key = "problem " + std::to_string(number);
        event.summary = event.dedup_key;
        event.document = "{}";
        REQUIRE(store.decide(at, [&](Tx& tx) { return accept_event(tx, desk, {}, event); }));
    }

    std::int64_t count(IncidentStatus status) {
        return store.read(noon, [&](Tx& tx) { return tx.count(Query<Incident>().where(&Incident::status, status)); });
    }

    Engine::Turn turn_at(Timestamp now) { return engine.run_due(now); }
};

}  // namespace

TEST_CASE("of what the store cannot keep one line tells for all of a turn, and it is decided later") {
    Stage stage;
    for (int i = 0; i < 30; ++i) stage.trigger(i);
    auto then = noon + seconds{30};

    stage.disk_is_full = true;
    auto turn = stage.turn_at(then);
    CHECK(turn.failed == 30);
    REQUIRE(stage.problems.size() == 1);
    CHECK(stage.problems[0].find("30") != std::string::npos);

    stage.disk_is_full = false;
    turn = stage.turn_at(then);
    CHECK(turn.failed == 0);
    CHECK(stage.count(IncidentStatus::triggered) == 0);
    CHECK(stage.problems.size() == 1);
}

TEST_CASE("a clock that was set back repeats nothing and loses nothing") {
    Stage stage;
    stage.trigger(1);
    stage.trigger(2, noon + seconds{20});
    stage.turn_at(noon + seconds{30});
    CHECK(stage.count(IncidentStatus::resolved) == 1);

    auto back = noon - minutes{30};
    auto turn = stage.turn_at(back);
    CHECK(turn.done == 0);
    CHECK(turn.next == noon + seconds{50});
    stage.trigger(3, back);
    stage.turn_at(back + seconds{30});
    CHECK(stage.count(IncidentStatus::resolved) == 2);
    stage.turn_at(noon + seconds{50});
    CHECK(stage.count(IncidentStatus::resolved) == 3);

    auto entries = stage.store.read(noon, [](Tx& tx) {
        return tx.list(Query<LogEntry>().where(&LogEntry::type, LogEntryType::resolve).order_by(&LogEntry::id));
    });
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].created_at == noon + seconds{30});
    CHECK(entries[1].created_at == back + seconds{30});
    CHECK(entries[2].created_at == noon + seconds{50});
}

TEST_CASE("rows that cannot be decided are set aside, and what comes behind them goes on") {
    Stage stage;
    auto bad = Engine::turn_max + 10;
    for (int i = 0; i < bad; ++i) stage.trigger(i);
    stage.write([](Tx& tx) { tx.connection().execute("UPDATE incidents SET assignments='[{'"); });
    for (int i = 0; i < 5; ++i) stage.trigger(bad + i);

    auto then = noon + seconds{30};
    auto turn = stage.turn_at(then);
    CHECK(turn.set_aside == Engine::turn_max);
    CHECK(turn.failed == 0);
    turn = stage.turn_at(then);
    CHECK(turn.set_aside == 10);
    CHECK(stage.count(IncidentStatus::resolved) == 5);
    CHECK(stage.problems.size() == static_cast<std::size_t>(bad));
    CHECK(turn.next == then + Engine::set_aside_for);

    // Nor are they named again for an hour.
    stage.turn_at(then + Engine::set_aside_for);
    CHECK(stage.problems.size() == static_cast<std::size_t>(bad));

    // Mended, they are decided late and not never.
    stage.write([](Tx& tx) { tx.connection().execute("UPDATE incidents SET assignments='[]'"); });
    for (int i = 0; i < 3; ++i) stage.turn_at(then + 2 * Engine::set_aside_for);
    CHECK(stage.count(IncidentStatus::triggered) == 0);
    CHECK(stage.problems.size() == static_cast<std::size_t>(bad));
}

}  // namespace callboard
