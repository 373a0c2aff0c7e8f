#pragma once
// Runs the plugin's synchronisation: after a start, when somebody asks, and every so often.

#include "backstage/sync.h"
#include "base/clock.h"

#include <thread>

namespace callboard {

class SyncThread {
public:
    /// All of it outlives the thread.
    SyncThread(backstage::Room& room, const Clock& clock, std::chrono::milliseconds every);
    ~SyncThread();

    SyncThread(const SyncThread&) = delete;
    SyncThread& operator=(const SyncThread&) = delete;

private:
    void run();
    void run_once(bool again);

    backstage::Room& room_;
    const Clock& clock_;
    std::chrono::milliseconds every_;
    std::thread thread_;
};

}  // namespace callboard
