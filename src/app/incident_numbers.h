#pragma once
// The account's count of incidents, kept in the writer's memory: only decisions ask for the next number, and there is
// one writer. A decision that is undone leaves a gap, as the API allows.

#include "storage/reports.h"

#include <cstdint>

namespace callboard {

class IncidentNumbers {
public:
    std::int64_t next(Tx& tx) {
        if (last_ == 0) last_ = newest_incident_number(tx);
        return ++last_;
    }

private:
    /// 0 until the first one is asked for.
    std::int64_t last_ = 0;
};

}  // namespace callboard
