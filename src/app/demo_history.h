#pragma once
// A month of the demonstration account's life, lived through the functions that every day is lived through.

#include "app/demo_cast.h"
#include "app/respond.h"
#include "storage/store.h"

#include <string>
#include <vector>

namespace callboard {

/// Lives what happened from `since` to `now`: each act is a decision of its own instant, and all are on disk when this
/// returns. Returns why acts were refused, of which there are none as long as the plot is sound. Throws what the store
/// throws.
std::vector<std::string>
live_demo_history(Store& store, Desk& desk, const DemoCast& cast, Timestamp since, Timestamp now);

}  // namespace callboard
