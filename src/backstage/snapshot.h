#pragma once
// One value that is expensive to fetch and may be a little old: one caller fetches it, the others wait, or are given
// the old one while that serves.

#include "backstage/upstream.h"

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

template <class T>
class Snapshot {
public:
    struct Ages {
        /// Up to this age it is given as it is, if nothing has changed that is known of.
        Duration fresh;
        /// Up to this age although something has changed.
        Duration despite_changes;
        /// Up to this age it is given while somebody fetches a new one, and when that fails.
        Duration usable;
    };

    using Fetch = std::function<Fetched<T>(Deadline)>;

    /// `changes` counts what may have changed the value.
    /// A fetch that fails gives the old value if there is a usable one.
    Fetched<T> get(Timestamp now, Deadline deadline, const Ages& ages, std::uint64_t changes, const Fetch& fetch) {
        std::unique_lock lock(mutex_);
        for (;;) {
            auto age = now - kept_.as_of;
            bool same = changes_ == changes;
            if (kept_.value && age <= (same ? ages.fresh : ages.despite_changes)) return kept_;
            if (!fetching_) break;
            if (kept_.value && same && age <= ages.usable) return kept_;
            if (done_.wait_until(lock, deadline) == std::cv_status::timeout)
                return {{}, {}, 504, "The answer did not come in time."};
        }
        fetching_ = true;
        auto forgotten = forgotten_;
        lock.unlock();
        auto fetched = guarded(fetch, deadline);
        lock.lock();
        fetching_ = false;
        done_.notify_all();
        if (fetched.value) {
            // What was forgotten meanwhile may be in it.
            if (forgotten == forgotten_) {
                kept_ = fetched;
                changes_ = changes;
            }
            return fetched;
        }
        if (kept_.value && now - kept_.as_of <= ages.usable) return kept_;
        return fetched;
    }

    /// The next one who asks fetches.
    void forget() {
        std::lock_guard lock(mutex_);
        kept_ = {};
        ++forgotten_;
    }

private:
    static Fetched<T> guarded(const Fetch& fetch, Deadline deadline) {
        try {
            return fetch(deadline);
        } catch (const std::exception& error) {
            return {{}, {}, 500, error.what()};
        }
    }

    std::mutex mutex_;
    std::condition_variable done_;
    Fetched<T> kept_;
    std::uint64_t changes_ = 0;
    std::uint64_t forgotten_ = 0;
    bool fetching_ = false;
};

}  // namespace callboard::backstage
