#pragma once
// Threads for work that reads the store or waits for a commit. The queue is bounded: a full one refuses.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace callboard::http {

class WorkerPool {
public:
    WorkerPool(int threads, std::size_t queue_max);
    ~WorkerPool();

    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// False when the queue is full: the job was not taken.
    bool submit(std::function<void()> job);
    /// Runs what is queued, then ends.
    void stop();

private:
    void work();

    std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace callboard::http
