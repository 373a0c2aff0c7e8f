#include "http/kit/worker_pool.h"

namespace callboard::http {

WorkerPool::WorkerPool(int threads, std::size_t queue_max) : queue_max_(queue_max) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(std::function<void()> job) {
    {
        std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(job));
        if (!must_wake_another()) return true;
    }
    filled_.notify_one();
    return true;
}

bool WorkerPool::must_wake_another() {
    if (waking_ || idle_ == 0 || queue_.empty()) return false;
    return waking_ = true;
}

void WorkerPool::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    filled_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    threads_.clear();
}

void WorkerPool::work() {
    for (;;) {
        std::function<void()> job;
        bool wake_another = false;
        {
            std::unique_lock lock(mutex_);
            while (!stopping_ && queue_.empty()) {
                ++idle_;
                filled_.wait(lock);
                --idle_;
                waking_ = false;
            }
            if (queue_.empty()) return;
            job = std::move(queue_.front());
            queue_.pop_front();
            wake_another = must_wake_another();
        }
        if (wake_another) filled_.notify_one();
        job();
    }
}

}  // namespace callboard::http
