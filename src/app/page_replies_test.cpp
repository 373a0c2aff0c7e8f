#include "app/page_replies.h"
#include "storage/store.h"

#include <doctest/doctest.h>

namespace callboard {

TEST_CASE("callbacks are remembered while they could come again, then forgotten a few at a time") {
    Store store({.path = ":memory:"});
    auto begin = from_micros(1'800'000'000'000'000);
    auto decide = [&](Timestamp now, auto f) {
        return *store.decide(now, [&](Tx& tx) -> Result<bool> { return f(tx); });
    };
    auto remember = [&](Timestamp now, int count) {
        decide(now, [&](Tx& tx) {
            for (int i = 0; i < count; ++i) {
                auto id = tx.new_id<SeenCallbackId>();
                tx.insert(SeenCallback{id, std::to_string(id.value), tx.now()});
            }
            return true;
        });
    };
    auto left = [&] { return store.read(begin, [](Tx& tx) { return tx.count(Query<SeenCallback>()); }); };
    remember(begin, 600);
    remember(begin + Duration{days{1}}, 3);

    CHECK_FALSE(decide(begin + callbacks_kept, forget_old_callbacks));
    CHECK(left() == 603);
    CHECK(decide(begin + callbacks_kept + Duration{hours{1}}, forget_old_callbacks));
    CHECK(left() == 103);
    CHECK_FALSE(decide(begin + callbacks_kept + Duration{hours{2}}, forget_old_callbacks));
    CHECK(left() == 3);
}

}  // namespace callboard
