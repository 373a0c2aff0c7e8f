#pragma once
// One value that is expensive to fetch and may be a little old: it is fetched once for all who ask, and who asks is
// given the old one rather than being made to wait.

#include "backstage/upstream.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace callboard::backstage {

/// What a fetch came to: a value, or a status and a sentence.
template <class T>
struct Fetched {
    std::shared_ptr<const T> value;
    Timestamp as_of{};
    int status = 0;
    std::string why{};
};

/// Always in a std::shared_ptr: who fetches may be slower than its owner lives.
template <class T>
class Snapshot : public std::enable_shared_from_this<Snapshot<T>> {
public:
    struct Ages {
        /// Up to this age it is given as it is, if nothing has changed that is known of.
        Duration fresh;
        /// Up to this age although something has changed.
        Duration despite_changes;
        /// Up to this age it is given when a new one does not come at once, and when fetching fails.
        Duration usable;
    };

    /// Owns what it needs: it may outlive the question.
    using Fetch = std::function<Fetched<T>(Deadline)>;
    /// Runs something some time soon, elsewhere; false when it cannot.
    using Later = std::function<bool(std::function<void()>)>;

    /// `changes` counts what may have changed the value. The first who asks fetches it, until the deadline; a newer one
    /// than there is is fetched `later` and waited for a moment only. What is given says how old it is.
    Fetched<T> get(Timestamp now,
                   Deadline deadline,
                   const Ages& ages,
                   std::uint64_t changes,
                   const Fetch& fetch,
                   const Later& later) {
        std::unique_lock lock(mutex_);
        auto age = now - kept_.as_of;
        bool fresh = !outdated_ && age <= (changes_ == changes ? ages.fresh : ages.despite_changes);
        if (kept_.value && fresh) return kept_;
        bool usable = kept_.value && age <= ages.usable;
        // What came too late for the last one who waited goes on in the background, where it has more time.
        bool slow = !usable && last_failure_.status == 504;
        auto round = round_;
        if (!fetching_) {
            fetching_ = true;
            outdated_ = false;
            lock.unlock();
            auto begun = std::chrono::steady_clock::now();
            auto job = [self = this->shared_from_this(), fetch, changes](Deadline until) {
                self->finish(guarded(fetch, until), changes);
            };
            // Whoever has nothing to give waits anyway, so no thread of the background has to be free for it.
            if ((!usable && !slow) || !later([job, begun] { job(begun + background_time_max); })) job(deadline);
            lock.lock();
        }
        auto until = usable || slow ? std::min(deadline, std::chrono::steady_clock::now() + patience) : deadline;
        bool done = done_.wait_until(lock, until, [&] { return round_ != round; });
        if (kept_.value && now - kept_.as_of <= ages.usable) return kept_;
        if (!done && slow) return last_failure_;
        if (!done) return {{}, {}, 504, "The answer did not come in time."};
        return last_failure_;
    }

    /// What there is, however old; nothing is fetched.
    Fetched<T> last() {
        std::lock_guard lock(mutex_);
        return kept_;
    }

    /// What was known before a start. Only where there is nothing newer.
    void begin_with(std::shared_ptr<const T> value, Timestamp as_of) {
        std::lock_guard lock(mutex_);
        if (!kept_.value) kept_ = {std::move(value), as_of};
    }

    /// After a change of ours. The next one who asks fetches.
    void outdate() {
        std::lock_guard lock(mutex_);
        outdated_ = true;
    }

private:
    static Fetched<T> guarded(const Fetch& fetch, Deadline deadline) {
        try {
            return fetch(deadline);
        } catch (const std::exception& error) {
            return {{}, {}, 500, error.what()};
        }
    }

    void finish(Fetched<T> fetched, std::uint64_t changes) {
        std::lock_guard lock(mutex_);
        fetching_ = false;
        ++round_;
        if (fetched.value) {
            kept_ = std::move(fetched);
            changes_ = changes;
            last_failure_ = {};
        } else {
            last_failure_ = std::move(fetched);
        }
        done_.notify_all();
    }

    static constexpr std::chrono::milliseconds patience{150};
    static constexpr std::chrono::seconds background_time_max{60};

    std::mutex mutex_;
    std::condition_variable done_;
    Fetched<T> kept_;
    Fetched<T> last_failure_;
    std::uint64_t changes_ = 0;
    std::uint64_t round_ = 0;
    /// A change of ours came after the value was asked for.
    bool outdated_ = false;
    bool fetching_ = false;
};

}  // namespace callboard::backstage
