#include "backstage/parallel.h"

#include "base/log.h"

#include <atomic>
#include <exception>
#include <memory>

namespace callboard::backstage {

namespace {

/// The jobs of one caller; who has time takes the next.
class Round {
public:
    explicit Round(std::vector<std::function<void()>> jobs) : jobs_(std::move(jobs)), left_(jobs_.size()) {}

    void work() {
        for (;;) {
            auto mine = next_.fetch_add(1);
            if (mine >= jobs_.size()) return;
            std::exception_ptr failure;
            try {
                jobs_[mine]();
            } catch (const std::exception&) {
                failure = std::current_exception();
            }
            std::lock_guard lock(mutex_);
            if (failure && !failure_) failure_ = failure;
            if (--left_ == 0) done_.notify_all();
        }
    }

    void wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [&] { return left_ == 0; });
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    std::vector<std::function<void()>> jobs_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::condition_variable done_;
    std::size_t left_;
    std::exception_ptr failure_;
};

}  // namespace

Parallel::Parallel(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Parallel::~Parallel() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    filled_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Parallel::run(std::vector<std::function<void()>> jobs) {
    if (jobs.empty()) return;
    auto helpers = jobs.size() - 1;
    auto round = std::make_shared<Round>(std::move(jobs));
    for (std::size_t i = 0; i < helpers; ++i)
        if (!later([round] { round->work(); })) break;
    round->work();
    round->wait();
}

bool Parallel::later(std::function<void()> job) {
    {
        std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= queue_max) return false;
        queue_.push_back(std::move(job));
    }
    filled_.notify_one();
    return true;
}

bool Parallel::stopping() {
    std::lock_guard lock(mutex_);
    return stopping_;
}

/// What still waits when the backend ends is left out: nobody waits for it any more.
void Parallel::work() {
    for (;;) {
        std::function<void()> job;
        {
            std::unique_lock lock(mutex_);
            filled_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (stopping_) return;
            job = std::move(queue_.front());
            queue_.pop_front();
        }
        try {
            job();
        } catch (const std::exception& error) {
            log::error("backstage.job_failed", {{"why", error.what()}});
        }
    }
}

}  // namespace callboard::backstage
