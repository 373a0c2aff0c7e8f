#pragma once
// Incident priorities, highest first by `rank`.

#include <optional>
#include <string>

#include "base/describe.h"
#include "base/time.h"
#include "domain/ids.h"

namespace callboard {

struct Priority {
    PriorityId id;
    std::string name;
    std::string description;
    std::string color;
    /// 1 is the highest.
    int rank = 0;

    bool operator==(const Priority&) const = default;
};
DESCRIBE(Priority, id, name, description, color, rank)

}  // namespace callboard
