#include "base/clock.h"

#include "base/log.h"

namespace callboard {

namespace {

/// Less is how every clock is kept right.
constexpr Duration worth_a_line = seconds{1};

Duration machine_has_run() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

void report_set_back(Duration by, bool is_followed) {
    if (by < worth_a_line) return;
    log::warn("clock.set_back",
              {{"seconds", std::to_string(std::chrono::floor<seconds>(by).count())},
               {"what",
                is_followed ? "It is followed, and what waits comes as much earlier." : "Time goes a tenth slower."}});
}

}  // namespace

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

ForwardClock::ForwardClock() : ForwardClock([] { return SystemClock{}.now(); }, machine_has_run) {}

Timestamp ForwardClock::now() const {
    std::lock_guard lock(mutex_);
    auto wall = wall_();
    auto running = running_();
    auto behind = last_.at - wall;
    bool is_followed = behind <= Duration{0} || behind > set_back_max;
    if (is_followed) {
        if (behind > Duration{0}) report_set_back(behind, is_followed);
        waits_since_.reset();
        last_ = {wall, running};
        return wall;
    }
    if (!waits_since_) {
        report_set_back(behind, is_followed);
        waits_since_ = last_;
    }
    auto waited = running - waits_since_->running;
    last_ = {waits_since_->at + (waited - waited / 10), running};
    return last_.at;
}

void ForwardClock::go_on_from(Timestamp at) {
    std::lock_guard lock(mutex_);
    last_ = {std::max(last_.at, at), running_()};
}

AdjustableClock::AdjustableClock()
    : forward_([this] { return SystemClock{}.now() - Duration{set_back_.load()}; }, machine_has_run) {}

Timestamp AdjustableClock::now() const {
    if (auto held = held_at_.load()) return from_micros(held);
    return forward_.now() + Duration{offset_.load()};
}

void AdjustableClock::advance(Duration by) {
    offset_ += by.count();
    if (held_at_.load()) held_at_ += by.count();
}

}  // namespace callboard
