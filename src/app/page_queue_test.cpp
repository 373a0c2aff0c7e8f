#include "app/page_queue.h"

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
    CHECK(order_of(queue) == Ids{7, 5, 6, 8, 9});
}

TEST_CASE("high urgency goes before low, whoever came first") {
    PageQueue queue(100);
    queue.put(waiting(1, "ann", Urgency::low));
    queue.put(waiting(2, "ann", Urgency::low));
    queue.put(waiting(3, "bob", Urgency::high));
    CHECK(order_of(queue) == Ids{3, 1, 2});
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

}  // namespace callboard
