#include "app/event_meter.h"

namespace callboard {

int EventMeter::count(std::int64_t integration, Timestamp now) {
    auto minute = to_micros(now) / 60'000'000;
    auto& window = windows_[integration];
    undo_.push_back({integration, window});
    if (window.minute != minute) window = {minute, 0};
    return ++window.count;
}

void EventMeter::undo_to(std::size_t mark) noexcept {
    while (undo_.size() > mark) {
        windows_[undo_.back().integration] = undo_.back().before;
        undo_.pop_back();
    }
}

}  // namespace callboard
