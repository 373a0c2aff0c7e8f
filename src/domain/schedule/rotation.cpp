#include "domain/schedule/rotation.h"

namespace callboard {

namespace {

std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

days whole_days_in(seconds length) {
    return length % days{1} == seconds{0} ? std::chrono::floor<days>(length) : days{0};
}

}  // namespace

Rotation::Rotation(const ScheduleLayer& layer, const Zone& zone)
    : layer_(&layer), zone_(zone), length_(layer.rotation_turn_length_seconds),
      length_in_local_days_(whole_days_in(length_)),
      first_local_start_(zone.to_local(layer.rotation_virtual_start)) {}

std::optional<Rotation> Rotation::create(const ScheduleLayer& layer, const Zone& zone) {
    if (layer.users.empty()) return std::nullopt;
    if (layer.rotation_turn_length_seconds < turn_length_seconds_min) return std::nullopt;
    if (layer.rotation_turn_length_seconds > turn_length_seconds_max) return std::nullopt;
    if (layer.rotation_virtual_start < schedule_instant_min) return std::nullopt;
    if (layer.rotation_virtual_start > schedule_instant_max) return std::nullopt;
    return Rotation{layer, zone};
}

std::int64_t Rotation::turn_at(Timestamp t) const {
    if (length_in_local_days_ == days{0}) {
        return floor_divide((t - layer_->rotation_virtual_start).count(),
                            Duration{length_}.count());
    }
    const auto first_day = std::chrono::floor<days>(first_local_start_);
    const auto days_since = zone_.local_day_of(t) - first_day;
    auto turn = floor_divide(days_since.count(), length_in_local_days_.count());
    // The day alone is one off before the hand-off's time of day, and near a move of the clocks.
    while (turn_start(turn) > t)
        --turn;
    while (turn_start(turn + 1) <= t)
        ++turn;
    return turn;
}

Timestamp Rotation::turn_start(std::int64_t turn) const {
    if (length_in_local_days_ == days{0}) return layer_->rotation_virtual_start + turn * length_;
    return zone_.to_instant(first_local_start_ + turn * length_in_local_days_);
}

UserKey Rotation::user_of(std::int64_t turn) const {
    const auto count = static_cast<std::int64_t>(layer_->users.size());
    return layer_->users[static_cast<std::size_t>(turn - floor_divide(turn, count) * count)];
}

}  // namespace callboard
