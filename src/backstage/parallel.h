#pragma once
// Several questions to upstream at once: a card has six parts, and one slow part must not make the others wait.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace callboard::backstage {

class Parallel {
public:
    explicit Parallel(int threads);
    ~Parallel();

    Parallel(const Parallel&) = delete;
    Parallel& operator=(const Parallel&) = delete;

    /// Runs all of them and returns when they are done. The calling thread works too, so nothing waits for a thread
    /// that is busy. The first exception is thrown on.
    void run(std::vector<std::function<void()>> jobs);
    /// Some time soon, in the background. False when too much waits already.
    bool later(std::function<void()> job);
    /// The backend ends: a long job should.
    [[nodiscard]] bool stopping();

private:
    void work();

    static constexpr std::size_t queue_max = 1'024;

    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace callboard::backstage
