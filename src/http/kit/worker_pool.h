#pragma once
// Threads for work that reads the store or waits for a commit. The queue is bounded: a full one refuses.
//
// One thread is woken at a time, and wakes the next if there is still something to do: short jobs are done by few
// threads, which do not crowd out each other and whoever feeds them, and long ones get a thread each.

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
    /// Under the mutex. True: somebody is to be notified.
    bool must_wake_another();

    std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::deque<std::function<void()>> queue_;
    int idle_ = 0;
    /// A thread was notified and has not looked at the queue yet.
    bool waking_ = false;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace callboard::http
