#pragma once
// The Backstage routes on a server's port: what is answered at once, and what is when something has changed.

#include "daemon/backstage_plugin.h"
#include "http/kit/waiting_room.h"
#include "http/kit/worker_pool.h"

namespace callboard {

inline constexpr std::string_view backstage_prefix = "/api/pagerduty";
/// Headers that the routes look at beside the usual ones.
inline constexpr std::string_view backstage_signature_header = "X-PagerDuty-Signature";

/// Answers the plugin's requests on a worker's thread.
class BackstageDoor {
public:
    /// Both outlive the door.
    BackstageDoor(BackstagePlugin& plugin, const Clock& clock);

    /// `GET /changes?heard=N` of somebody who may ask is answered when there were more than N changes, or after a
    /// while: a page asks it by its usual requests, with its usual credentials.
    void answer(const http::Copied& copied, std::shared_ptr<http::Responder> responder);

    /// Answers everybody who waits.
    void stop() { room_.stop(); }

private:
    BackstagePlugin& plugin_;
    const Clock& clock_;
    http::WaitingRoom room_;
};

/// The plugin's backend on the port of `callboard serve`. Its workers are its own: they wait for Backstage, and for
/// PagerDuty.
class BackstageMount {
public:
    /// `local` and what it names outlive it; throws as BackstagePlugin does.
    BackstageMount(const backstage::BackstageConfig& config, const std::string& directory, const LocalSide& local);

    /// Outlived by this.
    http::Mount mount();

    void start() { plugin_.start(); }

    /// Answers everybody who waits: before the server is drained.
    void let_go();

    /// Ends the work in the background, and questions that nobody waits for: after the server was drained.
    void stop();

private:
    BackstagePlugin plugin_;
    BackstageDoor door_;
    http::WorkerPool workers_;
};

}  // namespace callboard
