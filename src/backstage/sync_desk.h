#pragma once
// Where the synchronisation in the background is asked for, and what it has to say of its last run.

#include "backstage/sync_plan.h"
#include "base/time.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callboard::backstage {

struct SyncReport {
    Timestamp began_at{};
    Timestamp ended_at{};
    std::int64_t entities = 0;
    std::int64_t dependencies_added = 0;
    std::int64_t dependencies_removed = 0;
    /// Custom fields of services that have a new value.
    std::int64_t values_written = 0;
    std::int64_t failures = 0;
    /// The first of them, one sentence each.
    std::vector<std::string> problems{};

    /// One more failure; its sentence is kept unless there are many.
    void fails(std::string problem);
    /// What was done and what failed in a part of the run.
    void add(const SyncReport& other);
};

class SyncDesk {
public:
    /// A run begins soon, or once more when the one that goes on is done. `again` writes values that are known to be
    /// there already.
    void ask(bool again = false);
    void stop();

    // Of the thread that runs.

    /// Waits until a run is asked for, or `every` has passed. Absent when it shall end; else whether values are written
    /// again.
    std::optional<bool> wait(std::chrono::milliseconds every);
    /// Between two questions. False when it shall end.
    bool pause(std::chrono::milliseconds time);
    [[nodiscard]] bool stopping();
    void begins(Timestamp now);
    void ends(SyncReport report);

    // Of the routes.

    struct State {
        /// When the run that goes on began.
        std::optional<Timestamp> running_since;
        std::optional<SyncReport> last;
    };

    State state();
    /// Those of what was synced last, worked out once.
    std::shared_ptr<const Relations> relations(const std::shared_ptr<const Synced>& synced);

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool asked_ = false;
    bool again_ = false;
    bool stopping_ = false;
    State state_;
    std::shared_ptr<const Synced> synced_;
    std::shared_ptr<const Relations> relations_;
};

}  // namespace callboard::backstage
