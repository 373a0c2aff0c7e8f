#include "app/page_queue.h"
#include "chance.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace callboard {

namespace {

PageQueue::Waiting waiting(std::int64_t id, std::string to, Urgency urgency = Urgency::high) {
    Page page;
    page.notification = NotificationId{id};
    page.to = std::move(to);
    page.urgency = urgency;
    return {std::move(page), {}};
}

bool anybody(const PageQueue::Waiting&) { return true; }

std::vector<std::int64_t> order_of(PageQueue& queue) {
    std::vector<std::int64_t> order;
    for (const auto& page : queue.take_all()) order.push_back(page.notification.value);
    return order;
}

using Ids = std::vector<std::int64_t>;

/// A provider with room now and then, and a storm of high urgency that does not end: what finds no room in the queue
/// comes again, as it does from the store.
class Storm {
public:
    Storm(chance::Chance chance, std::int64_t room)
        : chance_(chance), queue_(static_cast<std::size_t>(room)),
          low_most_(chance_.between(1, room / PageQueue::low_share)) {}

    void blow() {
        for (auto more = static_cast<std::int64_t>(queue_.size()) < low_most_ + 20 ? 40 : chance_.between(0, 4);
             more > 0;
             --more)
            put_high();
        if (std::ssize(low_) < low_most_ && chance_.one_in(5)) put_low();
        auto taken = queue_.take(anybody);
        REQUIRE(taken);
        if (chance_.one_in(3))
            give_back(*std::move(taken));
        else
            leave(taken->page);
    }

private:
    struct Low {
        std::string to;
        /// Of low urgency at the same address, when it came.
        std::int64_t ahead = 0;
        /// Since it came.
        std::int64_t left = 0;
        std::int64_t given_back = 0;
    };

    void put(PageQueue::Waiting page) {
        auto without_room = queue_.put(std::move(page));
        if (!without_room) return;
        REQUIRE(without_room->urgency == Urgency::high);
        outside_.push_back({*std::move(without_room), {}});
    }

    void put_high() {
        if (!outside_.empty() && chance_.one_in(2)) {
            auto again = std::move(outside_.back());
            outside_.pop_back();
            return put(std::move(again));
        }
        auto id = ++last_id_;
        put(waiting(id, fmt::format("high {}", chance_.one_in(5) ? id : chance_.between(1, 20))));
    }

    void put_low() {
        auto id = ++last_id_;
        Low low{fmt::format("low {}", chance_.one_in(2) ? id : chance_.between(1, 3))};
        low.ahead = std::ranges::count(low_, low.to, [](const auto& entry) { return entry.second.to; });
        put(waiting(id, low.to, Urgency::low));
        low_.emplace(id, std::move(low));
    }

    void give_back(PageQueue::Waiting taken) {
        queue_.give_turn_back(taken);
        if (taken.page.urgency == Urgency::low)
            for (auto& [id, low] : low_) ++low.given_back;
        put(std::move(taken));
    }

    void leave(const Page& page) {
        for (auto& [id, low] : low_) ++low.left;
        if (page.urgency == Urgency::high) {
            ++high_in_a_row_;
            std::int64_t longest = 0;
            for (const auto& [id, low] : low_) longest = std::max(longest, low.left);
            CHECK(std::min(high_in_a_row_, longest) < PageQueue::low_share);
            return;
        }
        CHECK(high_in_a_row_ >= PageQueue::low_share - 1);
        high_in_a_row_ = 0;
        auto low = low_.at(page.notification.value);
        low_.erase(page.notification.value);
        // A round for each that goes before it at its address, one to join in, its own, and one for each that found no
        // room; a round is one of each that may wait.
        CHECK(low.left <= PageQueue::low_share * low_most_ * (low.ahead + 2 + low.given_back));
    }

    chance::Chance chance_;
    PageQueue queue_;
    std::int64_t low_most_;
    std::int64_t last_id_ = 0;
    /// Those that found no room in the queue.
    std::vector<PageQueue::Waiting> outside_;
    std::map<std::int64_t, Low> low_;
    std::int64_t high_in_a_row_ = 0;
};

}  // namespace

TEST_CASE("addresses take turns, so that a storm at one of them holds up nobody else") {
    PageQueue queue(100);
    for (std::int64_t id = 1; id <= 5; ++id) queue.put(waiting(id, "storm"));
    queue.put(waiting(6, "ann"));
    queue.put(waiting(7, "bob"));
    queue.put(waiting(8, "ann"));
    CHECK(order_of(queue) == Ids{1, 6, 7, 2, 8, 3, 4, 5});
}

TEST_CASE("who comes later need not make up for the turns that others have had") {
    PageQueue queue(100);
    for (std::int64_t id = 1; id <= 6; ++id) queue.put(waiting(id, id % 2 == 0 ? "even" : "odd"));
    for (int i = 0; i < 4; ++i) queue.take(anybody);
    for (std::int64_t id = 7; id <= 9; ++id) queue.put(waiting(id, "late"));
    CHECK(order_of(queue) == Ids{5, 6, 7, 8, 9});
}

TEST_CASE("high urgency goes before low, whoever came first") {
    PageQueue queue(100);
    queue.put(waiting(1, "ann", Urgency::low));
    queue.put(waiting(2, "ann", Urgency::low));
    queue.put(waiting(3, "bob", Urgency::high));
    CHECK(order_of(queue) == Ids{3, 1, 2});
}

TEST_CASE("in a storm of high urgency every eighth that leaves is of low urgency") {
    PageQueue queue(100);
    for (std::int64_t id = 1; id <= 20; ++id) queue.put(waiting(id, "storm"));
    for (std::int64_t id = 101; id <= 103; ++id) queue.put(waiting(id, "ann", Urgency::low));
    CHECK(order_of(queue) == Ids{1, 2, 3, 4, 5, 6, 7, 101, 8, 9, 10, 11, 12, 13, 14, 102, 15, 16, 17, 18, 19, 20, 103});
}

TEST_CASE("turns that low urgency had while nobody else waited are not held against it, nor saved up by high urgency") {
    PageQueue queue(100);
    for (std::int64_t id = 1; id <= 3; ++id) queue.put(waiting(id, "ann", Urgency::low));
    CHECK(order_of(queue) == Ids{1, 2, 3});
    for (std::int64_t id = 11; id <= 40; ++id) queue.put(waiting(id, "storm"));
    for (int i = 0; i < 20; ++i) queue.take(anybody);
    for (std::int64_t id = 51; id <= 52; ++id) queue.put(waiting(id, "ann", Urgency::low));
    CHECK(order_of(queue) == Ids{51, 31, 32, 33, 34, 35, 36, 37, 52, 38, 39, 40});
}

TEST_CASE("one that was taken and found no room has had no turn") {
    PageQueue queue(100);
    for (std::int64_t id = 1; id <= 10; ++id) queue.put(waiting(id, "storm"));
    queue.put(waiting(101, "ann", Urgency::low));
    for (int i = 0; i < 7; ++i) queue.take(anybody);
    for (int i = 0; i < 3; ++i) {
        auto taken = queue.take(anybody);
        REQUIRE(taken->page.notification.value == 101);
        queue.give_turn_back(*taken);
        queue.put(*std::move(taken));
    }
    CHECK(order_of(queue) == Ids{101, 8, 9, 10});
}

TEST_CASE("low urgency keeps its share of the room") {
    PageQueue queue(16);
    for (std::int64_t id = 1; id <= 16; ++id) queue.put(waiting(id, fmt::format("address {}", id)));
    CHECK(queue.put(waiting(21, "ann", Urgency::low))->notification.value == 16);
    CHECK(queue.put(waiting(22, "bob", Urgency::low))->notification.value == 15);
    CHECK(queue.put(waiting(23, "cid", Urgency::low))->notification.value == 23);
    CHECK(queue.put(waiting(17, "eve"))->notification.value == 17);
    CHECK(order_of(queue) == Ids{1, 2, 3, 4, 5, 6, 7, 21, 8, 9, 10, 11, 12, 13, 14, 22});
}

TEST_CASE("who comes later at ever other addresses does not keep a line waiting for ever") {
    PageQueue queue(100);
    queue.put(waiting(1, "ann"));
    queue.put(waiting(2, "ann"));
    for (std::int64_t id = 11; id <= 13; ++id) queue.put(waiting(id, fmt::format("address {}", id)));
    Ids order;
    for (std::int64_t id = 14; id <= 20; ++id) {
        order.push_back(queue.take(anybody)->page.notification.value);
        queue.put(waiting(id, fmt::format("address {}", id)));
    }
    CHECK(order == Ids{1, 11, 12, 13, 2, 14, 15});
}

TEST_CASE("one that may not leave yet holds up neither its line nor others") {
    PageQueue queue(100);
    for (std::int64_t id = 1; id <= 3; ++id) queue.put(waiting(id, "ann"));
    auto not_the_first = [](const PageQueue::Waiting& one) { return one.page.notification.value != 1; };
    CHECK(queue.take(not_the_first)->page.notification.value == 2);
    CHECK(queue.take(not_the_first)->page.notification.value == 3);
    CHECK_FALSE(queue.has(not_the_first));
    CHECK_FALSE(queue.take(not_the_first));
    CHECK(queue.size() == 1);
}

TEST_CASE("without room the last of the longest line goes, low urgency first") {
    PageQueue queue(4);
    queue.put(waiting(1, "storm"));
    queue.put(waiting(2, "storm"));
    queue.put(waiting(3, "storm"));
    CHECK_FALSE(queue.put(waiting(4, "ann", Urgency::low)));
    CHECK(queue.put(waiting(5, "bob"))->notification.value == 4);
    CHECK(queue.put(waiting(6, "cid"))->notification.value == 3);
    CHECK(queue.put(waiting(7, "eve", Urgency::low))->notification.value == 7);
    CHECK(order_of(queue) == Ids{1, 5, 6, 2});
}

TEST_CASE("of many addresses the oldest messages keep their place") {
    PageQueue queue(3);
    for (std::int64_t id = 5; id <= 7; ++id) queue.put(waiting(id, fmt::format("address {}", id)));
    CHECK(queue.put(waiting(2, "ann"))->notification.value == 7);
    CHECK(queue.put(waiting(9, "bob"))->notification.value == 9);
    CHECK(order_of(queue) == Ids{2, 5, 6});
}

TEST_CASE("a message that was claimed again waits once") {
    PageQueue queue(10);
    queue.put(waiting(1, "ann"));
    auto again = waiting(1, "ann");
    again.page.attempt = 2;
    queue.put(std::move(again));
    CHECK(queue.size() == 1);
    CHECK(queue.take(anybody)->page.attempt == 2);
    CHECK(queue.size() == 0);
}

TEST_CASE("in a storm of high urgency that does not end low urgency leaves in time, and holds up one page in eight") {
    for (std::int64_t number = 0; number < chance::cases(20); ++number) {
        CAPTURE(number);
        chance::Chance chance(chance::seed() + static_cast<std::uint64_t>(number));
        auto room = chance.between(80, 300);
        Storm storm(chance, room);
        for (int i = 0; i < 1'000; ++i) storm.blow();
    }
}

}  // namespace callboard
