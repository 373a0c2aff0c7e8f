#include "daemon/sync_thread.h"

#include "base/log.h"

namespace callboard {

SyncThread::SyncThread(backstage::Room& room, const Clock& clock, std::chrono::milliseconds every)
    : room_(room), clock_(clock), every_(every), thread_([this] { run(); }) {}

SyncThread::~SyncThread() {
    room_.sync.stop();
    thread_.join();
}

void SyncThread::run() {
    room_.sync.ask();
    while (auto again = room_.sync.wait(every_)) run_once(*again);
}

void SyncThread::run_once(bool again) {
    backstage::SyncReport report;
    report.began_at = clock_.now();
    room_.sync.begins(report.began_at);
    try {
        report = backstage::run_sync(room_, report.began_at, again);
    } catch (const std::exception& error) {
        log::error("backstage.sync_failed", {{"why", error.what()}});
        report.fails("The run ended early; the log of the server says why.");
    }
    report.ended_at = clock_.now();
    if (report.failures > 0 && !room_.sync.stopping())
        log::warn("backstage.sync",
                  {{"failures", std::to_string(report.failures)},
                   {"first", report.problems.empty() ? std::string{} : report.problems.front()}});
    room_.sync.ends(std::move(report));
}

}  // namespace callboard
