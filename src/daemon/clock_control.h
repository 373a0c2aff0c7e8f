#pragma once
// POST /test/clock, with --clock-control: tests move the daemon's clock.
//
//   {"advance_seconds": 60}                  time passes; what falls due on the way is decided at its own instant
//   {"advance_seconds": 60, "settle": true}  and what leaves arrives before time goes on
//   {"advance_seconds": 60, "jump": true}    nobody looks in between
//   {"advance_seconds": 0, "set_back_seconds": 60}  the system's clock was set back; how that is borne is base/clock.h
//
// With --clock-at the clock stands there from the start: time passes, and what is due is decided, only by such
// requests.

#include "base/clock.h"
#include "daemon/engine_thread.h"
#include "daemon/hook_sender.h"
#include "daemon/page_sender.h"
#include "http/front.h"

namespace callboard {

struct ClockControl {
    AdjustableClock& clock;
    EngineThread& engine;
    PageSender& pages;
    HookSender& hooks;

    /// Answers with the time that it is then.
    [[nodiscard]] http::Response answer(const http::Copied& copied) const;
};

}  // namespace callboard
