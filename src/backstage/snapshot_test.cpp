#include "backstage/snapshot.h"

#include <doctest/doctest.h>

using namespace callboard;
using namespace callboard::backstage;

namespace {

constexpr Timestamp now = from_micros(1'790'000'000'000'000);
constexpr Snapshot<int>::Ages ages{seconds{15}, seconds{2}, hours{1}};

/// What runs later waits here.
struct Case {
    std::shared_ptr<Snapshot<int>> snapshot = std::make_shared<Snapshot<int>>();
    std::vector<std::function<void()>> jobs;
    int fetches = 0;
    Fetched<int> next{std::make_shared<const int>(1), now};

    Fetched<int> get(Timestamp at, std::uint64_t changes = 0) {
        auto fetch = [this](Deadline) {
            ++fetches;
            return next;
        };
        auto later = [this](std::function<void()> job) {
            jobs.push_back(std::move(job));
            return true;
        };
        return snapshot->get(
            at, std::chrono::steady_clock::now() + std::chrono::seconds{5}, ages, changes, fetch, later);
    }
};

}  // namespace

TEST_CASE("the first who asks fetches, and the value serves while it is fresh") {
    Case one;

    CHECK(*one.get(now).value == 1);
    CHECK(*one.get(now + seconds{15}).value == 1);
    CHECK(one.fetches == 1);
    CHECK(one.jobs.empty());
}

TEST_CASE("who asks for a newer one is given the old one, with its age, while it is fetched") {
    Case one;
    one.get(now);
    one.next = {std::make_shared<const int>(2), now + minutes{1}};

    auto old = one.get(now + minutes{1});
    CHECK(*old.value == 1);
    CHECK(old.as_of == now);
    REQUIRE(one.jobs.size() == 1);
    CHECK(*one.get(now + minutes{1}).value == 1);
    CHECK(one.jobs.size() == 1);
    one.jobs.front()();
    CHECK(*one.get(now + minutes{1}).value == 2);
}

TEST_CASE("a change that is known of makes the value old sooner") {
    Case one;
    one.get(now, 7);
    CHECK(*one.get(now + seconds{3}, 7).value == 1);
    one.get(now + seconds{1}, 8);
    CHECK(one.jobs.empty());
    one.get(now + seconds{3}, 8);
    CHECK(one.jobs.size() == 1);
}

TEST_CASE("after a change of ours the next one who asks has it fetched, however young it is") {
    Case one;
    one.get(now);
    one.snapshot->outdate();
    one.next = {std::make_shared<const int>(2), now};

    one.get(now);
    REQUIRE(one.jobs.size() == 1);
    one.jobs.front()();
    CHECK(*one.get(now).value == 2);
    CHECK(one.jobs.size() == 1);
}

TEST_CASE("one that is too old to be given, or none, is waited for, and its failure is told") {
    Case one;
    one.next = {{}, {}, 502, "down"};
    CHECK(one.get(now).status == 502);
    one.snapshot->begin_with(std::make_shared<const int>(5), now);
    CHECK(*one.get(now + minutes{59}).value == 5);
    one.jobs.front()();
    CHECK(*one.get(now + minutes{59}).value == 5);
    one.jobs.back()();
    CHECK(one.get(now + hours{2}).why == "down");
}

TEST_CASE("what came too late for one is fetched on in the background, and nobody else waits as long for it") {
    Case one;
    one.next = {{}, {}, 504, "late"};
    CHECK(one.get(now).status == 504);
    CHECK(one.fetches == 1);

    auto begun = std::chrono::steady_clock::now();
    CHECK(one.get(now).why == "late");
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{2});
    CHECK(one.fetches == 1);
    REQUIRE(one.jobs.size() == 1);
    one.next = {std::make_shared<const int>(3), now};
    one.jobs.front()();
    CHECK(*one.get(now).value == 3);
}
