#pragma once
// Heartbeats: a job calls an address when it is done; when it does not call in time, an incident opens. Ours: PagerDuty
// has nothing of the kind.

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

#include <optional>
#include <string>

namespace callboard {

/// waiting: never called, so nothing is expected yet. paused: nobody looks.
enum class HeartbeatStatus { waiting, healthy, missing, paused };
DESCRIBE_ENUM(HeartbeatStatus, waiting, healthy, missing, paused)

struct Heartbeat {
    HeartbeatId id;
    ServiceId service;
    /// Its events come through this one, whose key is the secret of the address that is called.
    IntegrationId integration;
    std::string name;
    int interval_seconds = 3'600;
    /// How much later a call may be.
    int grace_seconds = 60;
    HeartbeatStatus status = HeartbeatStatus::waiting;
    std::optional<Timestamp> last_beat_at;
    /// When it is looked at next.
    std::optional<Timestamp> due_at;
    Timestamp created_at;

    bool operator==(const Heartbeat&) const = default;
};
DESCRIBE(Heartbeat,
         id,
         service,
         integration,
         name,
         interval_seconds,
         grace_seconds,
         status,
         last_beat_at,
         due_at,
         created_at)

/// A call that came at `at` is followed by the next one until then.
inline Timestamp next_beat_by(const Heartbeat& heartbeat, Timestamp at) {
    return at + seconds{heartbeat.interval_seconds} + seconds{heartbeat.grace_seconds};
}

constexpr int heartbeat_interval_min = 10;
constexpr int heartbeat_interval_max = 366 * 86'400;
constexpr int heartbeat_grace_max = 7 * 86'400;

}  // namespace callboard
