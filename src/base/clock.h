#pragma once
// The only place that reads the time. Edges read it once per request or engine turn and pass it down.

#include "base/time.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

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

/// A system clock that is set back by at most `set_back_max`, by NTP or by a hand, is waited for: time goes on from
/// where it was, a tenth slower, until the system's has caught up. So nothing comes twice, what is written later has
/// the later time, and nobody who is to be woken in half an hour is woken later than three minutes after that. One that
/// is set back further was wrong altogether, and is followed: what waits is moved along (app/set_back.h).
class ForwardClock final : public Clock {
public:
    /// An hour of summer time and what a clock runs ahead in months; caught up with within a day. A zone that was taken
    /// for UTC is more: for days, that would be the wrong people on call.
    static constexpr Duration set_back_max = hours{2};

    /// What time it is, and how long the machine has been running.
    using Wall = std::function<Timestamp()>;
    using Running = std::function<Duration()>;

    ForwardClock();

    ForwardClock(Wall wall, Running running) : wall_(std::move(wall)), running_(std::move(running)) {}

    [[nodiscard]] Timestamp now() const override;

    /// It was this time already, when another process ran.
    void go_on_from(Timestamp at);

private:
    struct Reading {
        Timestamp at;
        Duration running{0};
    };

    Wall wall_;
    Running running_;
    mutable std::mutex mutex_;
    mutable Reading last_;
    /// Where the wait for the system's clock began; absent when it is not waited for.
    mutable std::optional<Reading> waits_since_;
};

/// The system's time, going forward, plus an offset that tests and simulations move forward; once held, what they say
/// alone.
class AdjustableClock final : public Clock {
public:
    AdjustableClock();

    [[nodiscard]] Timestamp now() const override;

    void advance(Duration by);

    /// From now on it stands there, and moves only by `advance`.
    void hold(Timestamp at) { held_at_ = to_micros(at); }

    /// It was this time already, when another process ran.
    void go_on_from(Timestamp at) { forward_.go_on_from(at); }

    /// As if somebody set the system's clock back.
    void set_back(Duration by) { set_back_ += by.count(); }

private:
    std::atomic<std::int64_t> set_back_{0};
    ForwardClock forward_;
    std::atomic<std::int64_t> offset_{0};
    /// Microseconds; 0 while it runs.
    std::atomic<std::int64_t> held_at_{0};
};

}  // namespace callboard
