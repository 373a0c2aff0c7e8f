#pragma once
// Lists of rendered entries, and the three things done with them: lay one over another, join
// neighbours, measure what they cover. A list is always in order of time and its entries never
// overlap.

#include "domain/schedule/schedule.h"

#include <vector>

namespace callboard {

/// One person on call from `start`, included, to `end`, not.
struct RenderedEntry {
    Timestamp start = {};
    Timestamp end = {};
    UserKey user = 0;

    bool operator==(const RenderedEntry&) const = default;
};

using RenderedEntries = std::vector<RenderedEntry>;

/// `upper` as it is, and of `lower` what it leaves uncovered. Linear.
RenderedEntries overlay(const RenderedEntries& lower, const RenderedEntries& upper);

/// Lays lists over each other, the last one uppermost.
RenderedEntries overlay_all(std::vector<RenderedEntries> lists);

/// Joins entries of one user of which one ends as the next begins.
RenderedEntries join_neighbours(const RenderedEntries& entries);

/// The share of the window that the entries cover, 0 to 100; 0 for an empty window.
double coverage_percentage(const RenderedEntries& entries, Window window);

}  // namespace callboard
