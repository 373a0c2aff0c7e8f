#include "app/account.h"
#include "app/pager.h"
#include "app/respond.h"
#include "base/secret.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + hours{12};

/// A message that was claimed at noon.
struct Claimed {
    Store store{{.path = ":memory:"}};
    Desk desk;
    Page page;

    Claimed() {
        init_secrets();
        attach(store, desk);
        decide([&](Tx& tx) {
            NewUser ann;
            ann.name = "Ann";
            ann.email = "ann@example.com";
            REQUIRE(create_user(tx, ann).ok());
            auto id = send_notice(tx, tx.list(Query<ContactMethod>()).at(0), NotificationPurpose::test, "Hello.");
            page = claim_page(tx, desk, id).value();
        });
    }

    template <class F>
    void decide(F f) {
        auto done = store.decide(noon, [&](Tx& tx) -> Result<bool> {
            f(tx);
            return true;
        });
        REQUIRE(done);
    }

    /// How long after that it is looked at again.
    Duration pause_after(const PageOutcome& outcome) {
        decide([&](Tx& tx) { record_outcome(tx, desk, page, outcome); });
        return store.read(noon, [&](Tx& tx) { return tx.find<Notification>(page.notification)->at; }) - noon;
    }
};

}  // namespace

TEST_CASE("a message that found no room comes again as soon as there is some, and soon in any case") {
    CHECK(Claimed().pause_after({.kind = PageOutcome::Kind::not_begun}) == seconds{5});
    CHECK(Claimed().pause_after({.kind = PageOutcome::Kind::not_begun, .retry_after = seconds{1}}) == seconds{1});
    CHECK(Claimed().pause_after({.kind = PageOutcome::Kind::not_begun, .retry_after = seconds{50}}) == seconds{5});
}

TEST_CASE("a provider that wants to be asked in an hour is asked in five minutes: somebody waits to be told") {
    CHECK(Claimed().pause_after({.kind = PageOutcome::Kind::try_again, .retry_after = seconds{30}}) == seconds{30});
    CHECK(Claimed().pause_after({.kind = PageOutcome::Kind::try_again, .retry_after = seconds{3'600}}) == minutes{5});
}

}  // namespace callboard
