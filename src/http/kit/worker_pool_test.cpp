#include "http/kit/worker_pool.h"

#include <atomic>
#include <chrono>
#include <latch>

#include <doctest/doctest.h>

namespace callboard::http {

TEST_CASE("as many jobs run at once as there are threads, also when all come together") {
    constexpr int threads = 4;
    WorkerPool pool(threads, 100);
    for (int round = 0; round < 200; ++round) {
        // Each waits for all the others: with a thread too few this would never end.
        std::latch all(threads);
        std::latch done(threads);
        for (int i = 0; i < threads; ++i)
            REQUIRE(pool.submit([&] {
                all.arrive_and_wait();
                done.count_down();
            }));
        done.wait();
    }
}

TEST_CASE("jobs that come one by one while others take long are not left waiting") {
    WorkerPool pool(3, 100);
    std::latch release(1);
    REQUIRE(pool.submit([&] { release.wait(); }));
    REQUIRE(pool.submit([&] { release.wait(); }));
    for (int i = 0; i < 500; ++i) {
        std::latch done(1);
        REQUIRE(pool.submit([&] { done.count_down(); }));
        done.wait();
    }
    release.count_down();
}

TEST_CASE("a full queue refuses, and what was taken is done before the end") {
    std::atomic<int> done = 0;
    std::latch begun(1);
    std::latch release(1);
    {
        WorkerPool pool(1, 2);
        REQUIRE(pool.submit([&] {
            begun.count_down();
            release.wait();
            ++done;
        }));
        begun.wait();
        CHECK(pool.submit([&] { ++done; }));
        CHECK(pool.submit([&] { ++done; }));
        CHECK_FALSE(pool.submit([&] { ++done; }));
        release.count_down();
        pool.stop();
        CHECK_FALSE(pool.submit([&] { ++done; }));
    }
    CHECK(done == 3);
}

}  // namespace callboard::http
