#pragma once
// Whose turn it is in a layer, leaving aside when the layer counts and when it is open.
//
// A turn of whole days counts local days: turn k begins on day `first + k * days` at the wall-clock
// time of `rotation_virtual_start`, so that the hand-off stays at nine in the morning across the
// nights when clocks are moved. Any other turn counts elapsed seconds. Turns go on without end in
// both directions; turn k belongs to `users[k mod n]`, also before the virtual start.

#include "domain/calendar/zone.h"
#include "domain/schedule/schedule.h"

#include <cstdint>
#include <optional>

namespace callboard {

// Instants that schedules reckon with; arithmetic on them and on any turn stays far from overflow.
inline constexpr Timestamp schedule_instant_min =
    std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
inline constexpr Timestamp schedule_instant_max =
    std::chrono::sys_days{std::chrono::year{9999} / 1 / 1};

class Rotation {
public:
    /// Absent when the layer can yield nobody: no users, or a turn length or start beyond the
    /// limits. The layer must outlive the rotation.
    static std::optional<Rotation> create(const ScheduleLayer& layer, const Zone& zone);

    /// The turn that is running at `t`.
    std::int64_t turn_at(Timestamp t) const;

    /// Never decreases with `turn`. Two turns begin at once only where a zone left out a whole day.
    Timestamp turn_start(std::int64_t turn) const;

    UserKey user_of(std::int64_t turn) const;

private:
    Rotation(const ScheduleLayer& layer, const Zone& zone);

    const ScheduleLayer* layer_;
    Zone zone_;
    seconds length_;
    days length_in_local_days_;  // Zero: the turns count elapsed seconds.
    LocalTime first_local_start_;
};

}  // namespace callboard
