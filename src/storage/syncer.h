#pragma once
// Keeps the promise that what is answered is on disk. The writer commits a batch to the log without waiting for the
// disk and hands it over here; one sync serves all batches that wait, and only then are they completed, in order.
// So the disk works on one batch while the writer runs the next.
//
// After a failed sync nobody knows which pages of the log the disk holds. Every batch that waits is failed, and so is
// every later one, until the writer has brought the whole log into the database and says so: see mended().

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace callboard {

template <class Batch>
class Syncer {
public:
    /// Throws when the disk did not take it.
    using Sync = std::function<void()>;
    /// Completes a batch; `failure` is null when it is on disk. Called by one thread at a time.
    using Finish = std::function<void(Batch& batch, const std::exception_ptr& failure)>;

    Syncer(Sync sync, Finish finish) : sync_(std::move(sync)), finish_(std::move(finish)) {}

    ~Syncer() { stop(); }

    Syncer(const Syncer&) = delete;
    Syncer& operator=(const Syncer&) = delete;

    void start() {
        thread_ = std::thread([this] { sync_until_stopped(); });
    }

    /// On the writer's thread, before it begins a batch: returns once at most one is on its way to the disk. What
    /// arrives meanwhile makes the next batch larger, and so cheaper for each of its decisions.
    void wait_for_room() {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return waiting_.empty(); });
    }

    /// On the writer's thread. `here`: the writer has nothing else to do, so if no batch is on its way to the disk
    /// this one goes there at once, without waking another thread.
    void take(Batch batch, bool here) {
        {
            std::lock_guard lock(mutex_);
            here = here && waiting_.empty() && !busy_;
            if (!here) waiting_.push_back(std::move(batch));
        }
        if (!here) {
            filled_.notify_one();
            return;
        }
        std::vector<Batch> alone;
        alone.push_back(std::move(batch));
        sync_and_finish(alone);
    }

    [[nodiscard]] bool broken() {
        std::lock_guard lock(mutex_);
        return broken_;
    }

    void wait_until_idle() {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return waiting_.empty() && !busy_; });
    }

    /// All that was committed is on disk after all.
    void mended() {
        std::lock_guard lock(mutex_);
        broken_ = false;
    }

    /// Completes everything that waits first.
    void stop() {
        {
            std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        filled_.notify_all();
        if (thread_.joinable()) thread_.join();
    }

private:
    void sync_until_stopped() {
        for (;;) {
            std::vector<Batch> batches;
            {
                std::unique_lock lock(mutex_);
                filled_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
                if (waiting_.empty()) return;
                batches.swap(waiting_);
                busy_ = true;
            }
            room_.notify_all();
            sync_and_finish(batches);
            {
                std::lock_guard lock(mutex_);
                busy_ = false;
            }
            room_.notify_all();
        }
    }

    void sync_and_finish(std::vector<Batch>& batches) {
        std::exception_ptr failure;
        try {
            if (broken()) throw std::runtime_error("an earlier change did not reach the disk");
            sync_();
        } catch (const std::exception&) {
            failure = std::current_exception();
            std::lock_guard lock(mutex_);
            broken_ = true;
        }
        for (auto& batch : batches) finish_(batch, failure);
    }

    Sync sync_;
    Finish finish_;

    std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable room_;
    std::vector<Batch> waiting_;
    bool busy_ = false;
    bool broken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace callboard
