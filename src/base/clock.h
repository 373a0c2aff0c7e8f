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

/// The system's time plus an offset that tests and simulations move forward.
class AdjustableClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override;

    void advance(Duration by) { offset_ += by.count(); }

private:
    std::atomic<std::int64_t> offset_{0};
};

}  // namespace callboard
