#pragma once
// Runs the engine's turns when something falls due: sleeps until the next due row, or until a commit announces an
// earlier one.

#include "app/engine.h"
#include "base/clock.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace callboard {

class EngineThread {
public:
    EngineThread(Engine& engine, const Clock& clock) : engine_(engine), clock_(clock) {}

    ~EngineThread() { stop(); }

    void start();
    void stop();
    /// From the writer's thread, after a batch.
    void committed(const Committed& committed);
    /// Moves the clock, stopping at every instant on the way at which something falls due.
    void advance(AdjustableClock& clock, Duration by);

private:
    void run();
    void run_everything_due();

    Engine& engine_;
    const Clock& clock_;
    /// One turn at a time, whoever asks for it.
    std::mutex turn_mutex_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<Timestamp> next_;
    bool asked_ = true;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace callboard
