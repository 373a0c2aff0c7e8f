#include "app/contact_proof.h"
#include "storage/store.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + hours{12};

/// People who ask for codes and tests, each by a contact method that was made a moment ago.
struct Stage {
    Store store{{.path = ":memory:"}};

    static ContactMethod method(Tx& tx, UserId user, std::string address) {
        ContactMethod made;
        made.id = tx.new_id<ContactMethodId>();
        made.user = user;
        made.type = ContactMethodType::sms_contact_method;
        made.address = std::move(address);
        tx.insert(made);
        return made;
    }

    /// How long to wait before another try; 0 when it was sent.
    std::int64_t code(Timestamp now, UserId user, const std::string& address) {
        return wait_of(store.decide(now, [&](Tx& tx) { return send_code(tx, method(tx, user, address)); }));
    }

    std::int64_t test(Timestamp now, UserId user, const std::string& address) {
        return wait_of(store.decide(now, [&](Tx& tx) { return send_test(tx, method(tx, user, address)); }));
    }

    template <class T>
    static std::int64_t wait_of(const Result<T>& sent) {
        if (sent.ok()) return 0;
        CHECK(sent.error().kind == ErrorKind::too_many_requests);
        return sent.error().retry_after_seconds;
    }
};

const UserId ann{1};
const UserId ben{2};

}  // namespace

TEST_CASE(
    "codes and tests to one address have a pause and a number for a day, whoever asks and by whatever contact method") {
    Stage stage;
    CHECK(stage.code(noon, ann, "5550100") == 0);
    CHECK(stage.code(noon + seconds{20}, ben, "5550100") == 40);
    CHECK(stage.code(noon + seconds{20}, ben, "5550101") == 0);
    CHECK(stage.test(noon + seconds{20}, ben, "5550100") == 0);
    CHECK(stage.test(noon + seconds{21}, ann, "5550100") == 29);

    for (int sent = 1; sent < code_limits.per_address_max; ++sent)
        CHECK(stage.code(noon + sent * minutes{2}, sent % 2 == 0 ? ann : ben, "5550100") == 0);
    CHECK(stage.code(noon + hours{1}, ann, "5550100") == 23 * 3'600);
    CHECK(stage.code(noon + hours{24} + seconds{1}, ann, "5550100") == 0);
}

TEST_CASE("a person may not go from address to address") {
    Stage stage;
    for (int sent = 0; sent < code_limits.per_person_max; ++sent)
        CHECK(stage.code(noon + seconds{sent}, ann, fmt::format("55501{:02}", sent)) == 0);
    CHECK(stage.code(noon + hours{1}, ann, "5550200") == 23 * 3'600);
    CHECK(stage.code(noon + hours{1}, ben, "5550200") == 0);
    CHECK(stage.test(noon + hours{1}, ann, "5550200") == 0);
}

TEST_CASE("after the clock was set back by a year, limits are as long as ever") {
    Stage stage;
    for (int sent = 0; sent < code_limits.per_address_max; ++sent)
        CHECK(stage.code(noon + sent * minutes{2}, ann, "5550100") == 0);
    auto before = noon - days{365};
    CHECK(stage.code(before, ann, "5550100") == 0);
    CHECK(stage.code(before + seconds{20}, ann, "5550100") == 40);
    CHECK(stage.code(before + minutes{1} + seconds{1}, ann, "5550100") == 0);
}

}  // namespace callboard
