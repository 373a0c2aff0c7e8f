#include "app/demo.h"
#include "app/on_call.h"
#include "base/secret.h"

#include <map>
#include <set>

#include <doctest/doctest.h>

using namespace callboard;

namespace {

struct Filled {
    Timestamp now;
    Desk desk;
    Store store{{.path = ":memory:"}};
    DemoAccount demo;

    explicit Filled(Timestamp when = from_micros(1'792'454'400'000'000)) : now(when) {
        init_secrets();
        auto account = open_account(store, demo_begins(now));
        attach(store, desk);
        auto filled = fill_demo(store, desk, account, now);
        REQUIRE(filled.ok());
        demo = *filled;
    }

    template <class T>
    std::vector<T> all(Query<T> query = {}) {
        return store.read(now, [&](Tx& tx) { return tx.list(query.order_by(&T::id)); });
    }
};

std::vector<std::string> titles_of(Filled& filled) {
    std::vector<std::string> titles;
    for (const auto& incident : filled.all<Incident>()) titles.push_back(incident.title);
    return titles;
}

}  // namespace

TEST_CASE("a store is never used until its account has been opened") {
    init_secrets();
    Store store({.path = ":memory:"});
    Timestamp now = from_micros(1'792'454'400'000'000);

    CHECK(never_used(store, now));
    open_account(store, now);
    CHECK_FALSE(never_used(store, now));
    CHECK_FALSE(is_demo(store, now));
}

TEST_CASE("a store that was filled stays known as a demonstration") {
    Filled filled;

    CHECK(is_demo(filled.store, filled.now));
}

TEST_CASE("nothing of the demonstration's history is refused, whenever it is told") {
    for (int hour = 0; hour < 24; hour += 5) {
        Filled filled(from_micros(1'792'454'400'000'000) + hours{hour} + minutes{13});
        CHECK(filled.demo.refusals == std::vector<std::string>{});
    }
}

TEST_CASE("the demonstration account has a month of incidents in the order of time") {
    Filled filled;

    auto incidents = filled.all<Incident>();
    CHECK(incidents.size() >= 190);
    CHECK(incidents.size() <= 220);
    CHECK(incidents.back().created_at <= filled.now);
    for (std::size_t i = 1; i < incidents.size(); ++i) {
        CHECK(incidents[i - 1].created_at <= incidents[i].created_at);
        CHECK(incidents[i].id.value >= IdSource::first_of(incidents[i].created_at));
    }
}

TEST_CASE("what is over in the demonstration is over everywhere, and little is open") {
    Filled filled;

    int open = 0;
    for (const auto& incident : filled.all<Incident>()) {
        if (incident.status != IncidentStatus::resolved) {
            ++open;
            CHECK(filled.now - incident.created_at < hours{6});
            continue;
        }
        REQUIRE(incident.resolved_at);
        CHECK(*incident.resolved_at > incident.created_at);
        CHECK(*incident.resolved_at <= filled.now);
        CHECK(incident.assignments.empty());
    }
    CHECK(open == 4);
    auto due = filled.store.read(filled.now, [&](Tx& tx) { return tx.due_until(filled.now, 10); });
    CHECK(due.empty());
}

TEST_CASE("the demonstration's history knows every way in which an incident goes on") {
    Filled filled;

    std::map<LogEntryType, int> seen;
    for (const auto& entry : filled.all<LogEntry>()) ++seen[entry.type];
    for (auto type : {LogEntryType::trigger,
                      LogEntryType::assign,
                      LogEntryType::acknowledge,
                      LogEntryType::unacknowledge,
                      LogEntryType::escalate,
                      LogEntryType::snooze,
                      LogEntryType::annotate,
                      LogEntryType::resolve}) {
        CAPTURE(text_of(type));
        CHECK(seen[type] > 0);
    }
    CHECK(filled.all<ChangeEvent>().size() > 60);
    CHECK(filled.all<EventReceipt>().size() >= 3);
}

TEST_CASE("the first service of the demonstration can be shown: a key, somebody on call, two levels, a description") {
    Filled filled;

    auto first = filled.demo.services.front();
    CHECK(first.integration_key.size() == routing_key_length);
    filled.store.read(filled.now, [&](Tx& tx) {
        auto service = tx.find<Service>(first.id);
        REQUIRE(service);
        CHECK(service->description);
        auto policy = tx.find<EscalationPolicy>(service->escalation_policy);
        REQUIRE(policy);
        auto levels = on_call_by_level(tx, *policy, filled.now).levels;
        REQUIRE(levels.size() >= 2);
        CHECK_FALSE(levels.front().empty());
        CHECK(tx.count(Query<Incident>().where(&Incident::service, first.id)) > 5);
        return 0;
    });
}

TEST_CASE("every demonstration tells the same story with secrets of its own") {
    Filled one;
    Filled other;

    CHECK(titles_of(one) == titles_of(other));
    CHECK(one.demo.api_key != other.demo.api_key);
    CHECK(one.demo.owner_password != other.demo.owner_password);
    CHECK(one.demo.services.front().integration_key != other.demo.services.front().integration_key);
}
