#pragma once
// Runs the engine's turns when something falls due: sleeps until the next due row, or until a commit announces an
// earlier one.

#include "app/engine.h"
#include "base/clock.h"
#include "daemon/tallies.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace callboard {

class EngineThread {
public:
    EngineThread(Engine& engine, const Clock& clock, Tallies& tallies)
        : engine_(engine), clock_(clock), tallies_(tallies) {}

    ~EngineThread() { stop(); }

    void start();
    void stop();
    /// From the writer's thread, after a batch.
    void committed(const Committed& committed);
    /// Moves the clock, stopping at every instant on the way at which something falls due, until `settle` returns and
    /// nothing has fallen due by that either.
    void advance(AdjustableClock& clock, Duration by, const std::function<void()>& settle);
    /// From now on turns are taken by `advance` alone: nothing happens between two requests of one instant.
    void hold();

private:
    void run();
    /// Whether anything was done.
    bool run_everything_due();
    /// With the turn's lock held. Whether anything was done.
    bool take_turns();
    /// What time it is; a step back is remembered for the next turn. With the lock held.
    Timestamp look_at_clock();

    Engine& engine_;
    const Clock& clock_;
    Tallies& tallies_;
    /// One turn at a time, whoever asks for it.
    std::mutex turn_mutex_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<Timestamp> next_;
    Timestamp seen_ = Timestamp::min();
    /// What the clock was ahead, and what waits has not been moved back by.
    Duration ahead_{0};
    bool asked_ = true;
    bool stopping_ = false;
    bool held_ = false;
    std::thread thread_;
};

}  // namespace callboard
