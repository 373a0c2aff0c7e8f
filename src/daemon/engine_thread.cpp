#include "daemon/engine_thread.h"

#include "base/log.h"

#include <algorithm>

namespace callboard {

namespace {

/// The longest sleep: a clock that was set is noticed after this.
constexpr auto sleep_max = std::chrono::seconds{5};
constexpr auto pause_after_failure = std::chrono::seconds{1};

}  // namespace

void EngineThread::start() {
    thread_ = std::thread([this] { run(); });
}

void EngineThread::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void EngineThread::committed(const Committed& committed) {
    if (!committed.earliest_due) return;
    std::lock_guard lock(mutex_);
    if (next_ && *next_ <= *committed.earliest_due) return;
    next_ = committed.earliest_due;
    asked_ = true;
    wake_.notify_one();
}

bool EngineThread::run_everything_due() {
    std::lock_guard turn_lock(turn_mutex_);
    return take_turns();
}

void EngineThread::hold() {
    std::lock_guard turn_lock(turn_mutex_);
    std::lock_guard lock(mutex_);
    held_ = true;
}

Timestamp EngineThread::look_at_clock() {
    auto now = clock_.now();
    if (now < seen_) ahead_ += seen_ - now;
    seen_ = now;
    return now;
}

bool EngineThread::take_turns() {
    Duration ahead{0};
    {
        // What is announced from here on may be missing from the turn's snapshot, and must not be forgotten.
        std::lock_guard lock(mutex_);
        look_at_clock();
        ahead = ahead_;
        next_.reset();
        asked_ = false;
    }
    if (ahead > Duration{0}) {
        engine_.clock_was_ahead(ahead, clock_.now());
        std::lock_guard lock(mutex_);
        ahead_ -= ahead;
    }
    Engine::Turn turn;
    bool worked = false;
    do {
        turn = engine_.run_due(clock_.now());
        if (turn.set_aside > 0) tallies_.set_aside(turn.set_aside);
        worked = worked || turn.done + turn.set_aside > 0;
    } while (turn.done + turn.set_aside > 0 && turn.failed == 0 && turn.next && *turn.next <= clock_.now());
    if (turn.failed > 0 && turn.next) turn.next = std::max(*turn.next, clock_.now() + Duration{pause_after_failure});
    std::lock_guard lock(mutex_);
    if (turn.next && (!next_ || *turn.next < *next_)) next_ = turn.next;
    return worked;
}

void EngineThread::run() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            auto due = [&] {
                auto now = look_at_clock();
                return stopping_ || (!held_ && (asked_ || ahead_ > Duration{0} || (next_ && *next_ <= now)));
            };
            while (!due()) {
                std::chrono::microseconds sleep = sleep_max;
                if (next_ && !held_) sleep = std::clamp(*next_ - clock_.now(), Duration{0}, Duration{sleep_max});
                wake_.wait_for(lock, sleep);
            }
            if (stopping_) return;
        }
        try {
            std::lock_guard turn_lock(turn_mutex_);
            {
                std::lock_guard lock(mutex_);
                if (held_) continue;
            }
            take_turns();
        } catch (const std::exception& error) {
            log::error("engine.turn_failed", {{"why", error.what()}});
            std::this_thread::sleep_for(pause_after_failure);
        }
    }
}

void EngineThread::advance(AdjustableClock& clock, Duration by, const std::function<void()>& settle) {
    auto target = clock.now() + by;
    for (;;) {
        // What a sender recorded may be on disk before its batch is announced: only a turn that finds nothing to do
        // knows that all is settled.
        do {
            settle();
        } while (run_everything_due());
        std::optional<Timestamp> next;
        {
            // While a turn runs nobody knows what is next.
            std::lock_guard turn_lock(turn_mutex_);
            std::lock_guard lock(mutex_);
            next = next_;
        }
        auto now = clock.now();
        if (next && *next <= now) continue;
        if (now >= target) return;
        clock.advance(next && *next < target ? std::max(*next - now, Duration{1}) : target - now);
    }
}

}  // namespace callboard
