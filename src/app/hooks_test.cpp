#include "app/engine.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

/// A store on which time stands still unless the test moves it, and a subscription.
struct Stage {
    Desk desk;
    Store store{{.path = ":memory:"}};
    std::vector<HookCall> left;
    Engine engine{store,
                  desk,
                  [](const std::string&) {},
                  {[](const Page&) {}, [this](HookCall call) { left.push_back(std::move(call)); }}};
    WebhookSubscription subscription;

    Stage() {
        attach(store, desk);
        subscription.url = "https://hooks.example.com";
        decide([&](Tx& tx) {
            subscription.id = tx.new_id<WebhookSubscriptionId>();
            tx.insert(subscription);
        });
    }

    template <class F>
    void decide(F f) {
        auto done = store.decide(noon, [&](Tx& tx) -> Result<int> {
            f(tx);
            return 0;
        });
        REQUIRE(done.ok());
    }

    /// Pings, the last of which found room or not.
    bool ping(int times) {
        bool had_room = true;
        decide([&](Tx& tx) {
            for (int i = 0; i < times; ++i) had_room = announce_ping(tx, desk, subscription, Agent{});
        });
        return had_room;
    }

    std::int64_t count(DeliveryState state) {
        return store.read(
            noon, [&](Tx& tx) { return tx.count(Query<WebhookDelivery>().where(&WebhookDelivery::state, state)); });
    }

    WebhookSubscription stored() {
        return store.read(noon, [&](Tx& tx) { return *tx.find<WebhookSubscription>(subscription.id); });
    }

    /// What left is answered like this.
    void answer(const HookOutcome& outcome) {
        for (const auto& call : std::exchange(left, {}))
            decide([&](Tx& tx) { record_delivery(tx, desk, call, outcome); });
    }

    void turn_until_nothing_is_due() {
        for (auto turn = engine.run_due(noon); turn.done > 0; turn = engine.run_due(noon)) {
        }
    }
};

const HookOutcome refused{HookOutcome::Kind::refused, "The receiver answered 404.", {}};

}  // namespace

TEST_CASE("a ping that finds too much waiting says so") {
    Stage stage;
    CHECK(stage.ping(deliveries_waiting_max));
    CHECK_FALSE(stage.ping(1));
    CHECK(stage.count(DeliveryState::dropped) == 1);
}

TEST_CASE("what waits for a receiver that refuses too often is dropped piece by piece, and what comes later is sent") {
    Stage stage;
    stage.ping(1'203);
    for (int i = 0; i < refusals_max; ++i) {
        stage.engine.run_due(noon);
        REQUIRE(stage.left.size() == 1);
        stage.answer(refused);
    }
    CHECK(stage.stored().disabled_reason == "The receiver answered 404.");
    CHECK(stage.count(DeliveryState::queued) == 1'200);

    stage.engine.run_due(noon);
    auto left_after_one_turn = stage.count(DeliveryState::queued);
    CHECK(left_after_one_turn < 1'200);
    CHECK(left_after_one_turn >= 699);
    stage.decide([&](Tx& tx) {
        auto row = *tx.find<WebhookSubscription>(stage.subscription.id);
        row.disabled_until.reset();
        tx.update(row);
    });
    stage.ping(1);
    stage.turn_until_nothing_is_due();
    CHECK(stage.count(DeliveryState::dropped) == 1'203);
    REQUIRE(stage.left.size() == 1);
    stage.answer({HookOutcome::Kind::delivered, "", {}});
    CHECK(stage.count(DeliveryState::delivered) == 1);
}

TEST_CASE("what waits for a subscription that was deleted ends") {
    Stage stage;
    stage.ping(700);
    stage.decide([&](Tx& tx) { delete_subscription(tx, stage.subscription.id); });
    stage.turn_until_nothing_is_due();
    CHECK(stage.left.empty());
    CHECK(stage.count(DeliveryState::dropped) == 700);
}

TEST_CASE("without a token a delivery is tried again, and its client says why until there is one") {
    Stage stage;
    OAuthClient client;
    stage.decide([&](Tx& tx) {
        client.id = tx.new_id<OAuthClientId>();
        tx.insert(client);
        stage.subscription.oauth_client = client.id;
        tx.update(stage.subscription);
    });
    auto stored = [&] { return stage.store.read(noon, [&](Tx& tx) { return *tx.find<OAuthClient>(client.id); }); };
    stage.ping(1);
    stage.engine.run_due(noon);
    stage.answer({HookOutcome::Kind::no_token, "No access token was given: it is asleep.", {}});
    CHECK(stored().status == OAuthClientStatus::error);
    CHECK(stored().error == "No access token was given: it is asleep.");
    CHECK(stage.count(DeliveryState::queued) == 1);
    CHECK(stage.stored().refusals == 0);

    stage.engine.run_due(noon + minutes{1});
    stage.answer({HookOutcome::Kind::delivered, "", {}});
    CHECK(stored().status == OAuthClientStatus::active);
    CHECK_FALSE(stored().error);
}

TEST_CASE("a delivery that may have arrived says so until it has ended, whatever comes between") {
    Stage stage;
    stage.ping(1);
    stage.engine.run_due(noon);
    REQUIRE(stage.left.size() == 1);
    CHECK_FALSE(stage.left.front().delivery.may_be_a_repeat);

    stage.left.clear();
    stage.decide([](Tx& tx) { take_up_interrupted_deliveries(tx); });
    stage.engine.run_due(noon);
    REQUIRE(stage.left.size() == 1);
    CHECK(stage.left.front().delivery.may_be_a_repeat);

    stage.answer({HookOutcome::Kind::not_begun, "Throttled: slack takes no more than 1 a minute.", {}});
    stage.engine.run_due(noon + minutes{1});
    REQUIRE(stage.left.size() == 1);
    CHECK(stage.left.front().delivery.may_be_a_repeat);
}

TEST_CASE("an answer that was lost makes the next try a repeat, and one that came does not") {
    for (bool may_have_arrived : {true, false}) {
        Stage stage;
        stage.ping(1);
        stage.engine.run_due(noon);
        stage.answer({HookOutcome::Kind::try_again, "slack: it was asleep.", {}, may_have_arrived});
        stage.engine.run_due(noon + minutes{1});
        REQUIRE(stage.left.size() == 1);
        CHECK(stage.left.front().delivery.may_be_a_repeat == may_have_arrived);
    }
}

TEST_CASE("a delivery is tried for 48 hours, and then no more") {
    Stage stage;
    CHECK(stage.ping(1));
    int tries = 0;
    auto last_try = noon;
    for (std::optional<Timestamp> now = noon; now;
         now = stage.store.read(*now, [](Tx& tx) { return tx.next_due_at(); })) {
        stage.engine.run_due(*now);
        for (const auto& call : std::exchange(stage.left, {})) {
            ++tries;
            last_try = *now;
            auto recorded = stage.store.decide(*now, [&](Tx& tx) -> Result<void> {
                record_delivery(tx, stage.desk, call, {HookOutcome::Kind::try_again, "It was asleep.", {}});
                return {};
            });
            REQUIRE(recorded.ok());
        }
    }
    CHECK(tries > 20);
    CHECK(last_try > noon + hours{47});
    CHECK(last_try < noon + hours{48});
    CHECK(stage.count(DeliveryState::dropped) == 1);
    CHECK_FALSE(stage.stored().disabled_until.has_value());
}

TEST_CASE("a delivery is tried for 48 hours after the clock was set back by a year, too") {
    Stage stage;
    auto wrong = stage.store.decide(noon + days{365},
                                    [](Tx& tx) -> Result<WebhookDeliveryId> { return tx.new_id<WebhookDeliveryId>(); });
    REQUIRE(wrong.ok());
    stage.ping(1);
    stage.engine.run_due(noon);
    stage.answer({HookOutcome::Kind::try_again, "It was asleep.", {}});
    stage.engine.run_due(noon + hours{48});
    CHECK(stage.left.empty());
    CHECK(stage.count(DeliveryState::dropped) == 1);
}

TEST_CASE("what is sent again by hand is a delivery of its own, of the same event, with 48 hours of its own") {
    Stage stage;
    stage.ping(1);
    stage.engine.run_due(noon);
    auto first = stage.left.at(0).delivery;
    CHECK_FALSE(stage.left.at(0).delivery.may_be_a_repeat);
    stage.answer({HookOutcome::Kind::delivered, "The receiver answered 200.", {}});

    auto later = noon + days{5};
    auto again = [&](Timestamp now) {
        return stage.store.decide(now, [&](Tx& tx) -> Result<WebhookDelivery> {
            return deliver_again(tx, stage.desk, stage.subscription, *tx.find<WebhookDelivery>(first.id));
        });
    };
    auto sent = again(later);
    REQUIRE(sent.ok());
    CHECK(sent->id != first.id);
    CHECK(event_of(*sent) == first.id);
    CHECK(sent->created_at == noon);
    stage.engine.run_due(later);
    REQUIRE(stage.left.size() == 1);
    CHECK(stage.left.at(0).delivery.may_be_a_repeat);
    stage.answer({HookOutcome::Kind::try_again, "It was asleep.", {}});

    stage.engine.run_due(later + hours{1});
    CHECK(stage.left.size() == 1);
}

TEST_CASE("what has not ended is not sent again, nor what nothing was kept of") {
    Stage stage;
    WebhookDelivery row;
    CHECK_FALSE(can_be_sent_again(row));
    row.ended_at = noon;
    CHECK(can_be_sent_again(row));
    row.resource = WebhookResource::incident;
    CHECK_FALSE(can_be_sent_again(row));
    row.document = "{}";
    CHECK(can_be_sent_again(row));

    stage.decide([&](Tx& tx) {
        auto subscription = stage.subscription;
        subscription.active = false;
        CHECK_FALSE(deliver_again(tx, stage.desk, subscription, row).ok());
    });
}

}  // namespace callboard
