#pragma once
// How many events came by each integration, of a service or of an orchestration, in this minute. In the writer's
// memory, so that an event counts once however often its batch is run (storage/store.h); what was refused does not
// count.

#include "domain/ids.h"
#include "storage/store.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace callboard {

class EventMeter final : public WriterMemory {
public:
    /// Counts one more and says how many there are in the minute of `now`.
    int count(std::int64_t integration, Timestamp now);

    /// Begins anew: the minute of a restart is forgiven.
    void load(Tx&) override { windows_.clear(); }

    [[nodiscard]] std::size_t mark() const override { return undo_.size(); }

    void undo_to(std::size_t mark) noexcept override;

    void forget_undo() noexcept override { undo_.clear(); }

private:
    struct Window {
        std::int64_t minute = 0;
        int count = 0;
    };

    struct Undo {
        std::int64_t integration = 0;
        Window before;
    };

    std::unordered_map<std::int64_t, Window> windows_;
    std::vector<Undo> undo_;
};

}  // namespace callboard
