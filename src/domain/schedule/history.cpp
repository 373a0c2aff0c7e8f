#include "domain/schedule/history.h"

#include <algorithm>

namespace callboard {

std::vector<ScheduleHistory::Stretch> ScheduleHistory::stretches(Window window) const {
    if (window.since >= window.until) return {};
    if (only_ != nullptr) return {{window, only_}};
    auto result = std::vector<Stretch>{};
    for (std::size_t i = 0; i < versions_.size(); ++i) {
        const auto since = i == 0 ? window.since : std::max(window.since, versions_[i].valid_from);
        const auto until =
            i + 1 < versions_.size() ? std::min(window.until, versions_[i + 1].valid_from) : window.until;
        if (since < until) result.push_back({{.since = since, .until = until}, &versions_[i].object});
    }
    return result;
}

const Schedule& ScheduleHistory::at(Timestamp t) const {
    if (only_ != nullptr) return *only_;
    const auto next = std::ranges::upper_bound(versions_, t, {}, &ScheduleVersion::valid_from);
    return next == versions_.begin() ? versions_.front().object : std::prev(next)->object;
}

const Schedule& ScheduleHistory::latest() const { return only_ != nullptr ? *only_ : versions_.back().object; }

}  // namespace callboard
