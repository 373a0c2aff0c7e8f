#include "app/account.h"
#include "app/engine.h"
#include "app/ingest.h"
#include "app/set_back.h"
#include "base/secret.h"
#include "domain/event/heartbeat.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + hours{12};
constexpr Duration year = days{365};

/// Somebody is on call, told by mail at once; nobody else is, and they are asked again after five minutes.
struct Stage {
    Store store{{.path = ":memory:"}};
    Desk desk;
    std::vector<Page> pages;
    Engine engine{
        store, desk, [](const std::string&) {}, {[this](Page page) { pages.push_back(page); }, [](const HookCall&) {}}};

    Stage() {
        init_secrets();
        attach(store, desk);
        write(noon, [&](Tx& tx) {
            NewUser ann;
            ann.name = "Ann";
            ann.email = "ann@example.com";
            auto user = create_user(tx, ann);
            REQUIRE(user.ok());
            EscalationPolicy policy;
            policy.id = tx.new_id<EscalationPolicyId>();
            policy.num_loops = 3;
            EscalationRule rule;
            rule.id = tx.new_id<EscalationRuleId>();
            rule.escalation_delay_in_minutes = 5;
            rule.targets = {{TargetType::user, user->id.value}};
            policy.escalation_rules = {rule};
            tx.insert(policy);
            Service service;
            service.id = tx.new_id<ServiceId>();
            service.escalation_policy = policy.id;
            service.auto_resolve_timeout = 86'400;
            tx.insert(service);
            Integration integration;
            integration.id = tx.new_id<IntegrationId>();
            integration.service = service.id;
            integration.integration_key = "key";
            tx.insert(integration);
        });
    }

    template <class F>
    void write(Timestamp now, F change) {
        auto done = store.decide(now, [&](Tx& tx) -> Result<bool> {
            change(tx);
            return true;
        });
        REQUIRE(done);
    }

    void trigger(const std::string& problem, Timestamp at) {
        Event event;
        event.routing_key = "key";
        event.dedup_key = problem;
        event.summary = problem;
        event.document = "{}";
        REQUIRE(store.decide(at, [&](Tx& tx) { return accept_event(tx, desk, {}, event); }));
    }

    Incident newest() {
        return *store.read(
            noon, [](Tx& tx) { return tx.first(Query<Incident>().order_by(&Incident::id, Order::descending)); });
    }
};

}  // namespace

TEST_CASE("what a clock that was a year ahead put off comes when it was meant to, once it is right") {
    Stage stage;
    stage.trigger("disk", noon + year);
    stage.engine.run_due(noon + year);
    REQUIRE(stage.pages.size() == 1);
    stage.write(noon + year, [&](Tx& tx) { record_outcome(tx, stage.desk, stage.pages[0], {}); });

    stage.engine.clock_was_ahead(year, noon);
    auto incident = stage.newest();
    CHECK(incident.escalate_at == noon + minutes{5});
    CHECK(incident.resolve_at == noon + days{1});
    stage.engine.run_due(noon + minutes{5});
    stage.engine.run_due(noon + minutes{6});

    REQUIRE(stage.pages.size() == 2);
    CHECK(stage.newest().status == IncidentStatus::triggered);
}

TEST_CASE("a new incident does not wait for a message that left by a clock that was ahead") {
    Stage stage;
    stage.trigger("disk", noon + year);
    stage.engine.run_due(noon + year);
    stage.write(noon + year, [&](Tx& tx) { record_outcome(tx, stage.desk, stage.pages.at(0), {}); });
    stage.engine.clock_was_ahead(year, noon);

    stage.trigger("memory", noon + seconds{1});
    stage.engine.run_due(noon + seconds{1} + bundle_window);

    CHECK(stage.pages.size() == 2);
}

TEST_CASE("an incident of before the clock was wrong does not resolve too soon") {
    Stage stage;
    stage.trigger("disk", noon);

    stage.engine.clock_was_ahead(hours{9}, noon + minutes{1});

    CHECK(stage.newest().resolve_at == noon + days{1});
}

TEST_CASE("a start moves back once what the last words in the store were said by a wrong clock") {
    Stage stage;
    stage.trigger("disk", noon + year);
    for (int start = 0; start < 3; ++start)
        stage.write(noon + minutes{start}, [](Tx& tx) { move_back_after_start(tx, noon + year); });
    CHECK(stage.newest().resolve_at == noon + days{1});

    stage.write(noon, [](Tx& tx) { move_back_after_start(tx, noon - hours{1}); });
    CHECK(stage.newest().resolve_at == noon + days{1});
}

TEST_CASE("a job that called by the right time is not missed too soon") {
    Stage stage;
    Heartbeat beat;
    stage.write(noon, [&](Tx& tx) {
        beat.id = tx.new_id<HeartbeatId>();
        beat.status = HeartbeatStatus::healthy;
        beat.last_beat_at = noon;
        beat.due_at = noon + days{1};
        tx.insert(beat);
        tx.schedule({*beat.due_at, DueKind::heartbeat, beat.id.value});
    });
    auto due = [&] { return stage.store.read(noon, [&](Tx& tx) { return tx.find<Heartbeat>(beat.id)->due_at; }); };

    stage.engine.clock_was_ahead(hours{9}, noon + minutes{1});
    CHECK(due() == noon + days{1});

    stage.write(noon + hours{9}, [&](Tx& tx) {
        beat.last_beat_at = tx.now();
        tx.update(beat);
    });
    stage.engine.clock_was_ahead(hours{9}, noon + minutes{2});
    CHECK(due() == noon + hours{15});
}

}  // namespace callboard
