#pragma once
// How much one provider is given: no more messages in a second and in a minute, and no more at once, than its contract
// allows, and nothing while it asks to be left alone. Whoever finds no room waits elsewhere; nothing waits here.

#include "base/time.h"
#include "channels/config.h"

#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace callboard::channels {

/// Why a provider is not asked now.
struct Throttle {
    /// When it is worth another look.
    Timestamp until;
    /// For people: "takes no more than 60 a minute".
    std::string why;
};

/// Several threads may ask at the same time.
class Limit {
public:
    explicit Limit(LimitConfig config) : config_(config) {}

    /// Absent while there is room.
    [[nodiscard]] std::optional<Throttle> throttle(Timestamp now) const;

    /// Takes a place, which end() gives back; what throttle() says when there is none.
    std::optional<Throttle> begin(Timestamp now);
    void end();

    /// The provider said that it takes nothing from anybody; without a time, for a second. No longer than `pause_max`.
    void pause(std::optional<seconds> length, Timestamp now);

    /// A provider that names a time too long is asked again after this, as somebody waits to be told.
    static constexpr seconds pause_max{300};
    /// When one that has as many as it takes at once is looked at again.
    static constexpr Duration at_once_pause = std::chrono::milliseconds{250};

private:
    [[nodiscard]] std::optional<Throttle> throttle_with_lock(Timestamp now) const;

    const LimitConfig config_;
    mutable std::mutex mutex_;
    /// When the last ones began, as many as the limits look back to.
    std::deque<Timestamp> begun_;
    int on_their_way_ = 0;
    Timestamp paused_until_ = Timestamp::min();
};

}  // namespace callboard::channels
