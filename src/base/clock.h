#pragma once
// The only place that reads the time. Edges read it once per request or engine turn and pass it down.

#include "base/time.h"

#include <atomic>

namespace callboard {

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override;
};

/// The system's time plus an offset that tests and simulations move forward; once held, what they say alone.
class AdjustableClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override;

    void advance(Duration by);

    /// From now on it stands there, and moves only by `advance`.
    void hold(Timestamp at) { held_at_ = to_micros(at); }

private:
    std::atomic<std::int64_t> offset_{0};
    /// Microseconds; 0 while it runs.
    std::atomic<std::int64_t> held_at_{0};
};

}  // namespace callboard
