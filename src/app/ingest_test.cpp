#include "app/account.h"
#include "app/ingest.h"
#include "base/secret.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};
const std::string key(32, 'k');

/// One service with one integration, on an in-memory store.
struct Setting {
    Desk desk;
    Store store{{.path = ":memory:"}};
    ServiceId service;

    Setting() {
        init_secrets();
        attach(store, desk);
        auto made = store.decide(noon, [&](Tx& tx) -> Result<ServiceId> {
            NewUser input;
            input.name = "Ann";
            input.email = "ann@example.com";
            TRY(auto user, create_user(tx, input));
            EscalationPolicy policy;
            policy.id = tx.new_id<EscalationPolicyId>();
            policy.name = "p";
            policy.escalation_rules = {{tx.new_id<EscalationRuleId>(), 5, {{TargetType::user, user.id.value}}, {}}};
            tx.insert(policy);
            Service row;
            row.id = tx.new_id<ServiceId>();
            row.name = "s";
            row.escalation_policy = policy.id;
            tx.insert(row);
            Integration integration;
            integration.id = tx.new_id<IntegrationId>();
            integration.service = row.id;
            integration.integration_key = key;
            tx.insert(integration);
            return row.id;
        });
        service = *made;
    }

    Result<Ingested>
    send(EventAction action, const std::string& dedup_key, EventLimits limits = {}, Duration after = {}) {
        Event event{key, action, dedup_key, "summary", Severity::critical, "{}", {}, {}, {}};
        return store.decide(noon + after, [&](Tx& tx) { return accept_event(tx, desk, limits, event); });
    }

    std::int64_t count_incidents() {
        return store.read(noon, [](Tx& tx) { return tx.count(Query<Incident>()); });
    }
};

}  // namespace

TEST_CASE("a well-formed key that leads nowhere is refused and nothing is stored") {
    Setting setting;
    Event event{std::string(32, 'x'), EventAction::trigger, "d", "s", Severity::info, "{}", {}, {}, {}};

    auto refused = setting.store.decide(noon, [&](Tx& tx) { return accept_event(tx, setting.desk, {}, event); });

    CHECK(refused.error().errors == std::vector<std::string>{"Invalid routing key"});
    CHECK(setting.count_incidents() == 0);
}

TEST_CASE("a rate limit refuses repeats and never a first trigger") {
    Setting setting;
    EventLimits limits{.per_minute = 2};
    CHECK(setting.send(EventAction::trigger, "a", limits).ok());
    CHECK(setting.send(EventAction::trigger, "a", limits).ok());

    CHECK(setting.send(EventAction::trigger, "a", limits).error().kind == ErrorKind::too_many_requests);
    CHECK(setting.send(EventAction::trigger, "b", limits)->outcome == IngestOutcome::opened);
    CHECK(setting.send(EventAction::resolve, "a", limits)->outcome == IngestOutcome::resolved);
    CHECK(setting.send(EventAction::trigger, "b", limits, minutes{1}).ok());
}

TEST_CASE("after a restart open alerts are known again") {
    AlertBook again;  // Outlives the store that it is attached to.
    Setting setting;
    CHECK(setting.send(EventAction::trigger, "a")->outcome == IngestOutcome::opened);
    CHECK(setting.send(EventAction::trigger, "b")->outcome == IngestOutcome::opened);
    CHECK(setting.send(EventAction::resolve, "b")->outcome == IngestOutcome::resolved);

    setting.store.attach(again);

    CHECK(again.size() == 1);
    CHECK(setting.desk.book.size() == 1);
}

TEST_CASE("the hundred and first trigger of an incident is not logged") {
    Setting setting;
    for (int i = 0; i < 150; ++i) CHECK(setting.send(EventAction::trigger, "a").ok());

    auto entries = setting.store.read(noon, [](Tx& tx) {
        auto triggers = tx.count(Query<LogEntry>().where(&LogEntry::type, LogEntryType::trigger));
        auto limits = tx.count(Query<LogEntry>().where(&LogEntry::type, LogEntryType::reach_trigger_limit));
        return std::pair{triggers, limits};
    });
    CHECK(entries == std::pair<std::int64_t, std::int64_t>{100, 1});
}

}  // namespace callboard
