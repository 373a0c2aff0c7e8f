#include "domain/schedule/entries.h"

#include <algorithm>
#include <iterator>

namespace callboard {

namespace {

// What `upper` leaves of `lower`. An entry covered in its middle becomes two.
RenderedEntries uncovered(const RenderedEntries& lower, const RenderedEntries& upper) {
    auto result = RenderedEntries{};
    result.reserve(lower.size());
    auto cover = upper.begin();
    for (const auto& entry : lower) {
        auto rest = entry;
        while (cover != upper.end() && cover->end <= rest.start)
            ++cover;
        for (auto over = cover; over != upper.end() && over->start < rest.end; ++over) {
            if (rest.start < over->start) result.push_back({rest.start, over->start, rest.user});
            rest.start = over->end;
        }
        if (rest.start < rest.end) result.push_back(rest);
    }
    return result;
}

}  // namespace

RenderedEntries overlay(const RenderedEntries& lower, const RenderedEntries& upper) {
    if (upper.empty()) return lower;
    const auto rest = uncovered(lower, upper);
    auto result = RenderedEntries{};
    result.reserve(rest.size() + upper.size());
    std::ranges::merge(
        rest, upper, std::back_inserter(result), {}, &RenderedEntry::start, &RenderedEntry::start);
    return result;
}

RenderedEntries overlay_all(std::vector<RenderedEntries> lists) {
    // Neighbours are combined pair by pair: laying over is associative, and many short lists
    // (overrides) then cost n log n in place of n squared.
    while (lists.size() > 1) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < lists.size(); i += 2) {
            lists[kept++] =
                i + 1 < lists.size() ? overlay(lists[i], lists[i + 1]) : std::move(lists[i]);
        }
        lists.resize(kept);
    }
    return lists.empty() ? RenderedEntries{} : std::move(lists.front());
}

RenderedEntries join_neighbours(const RenderedEntries& entries) {
    auto result = RenderedEntries{};
    result.reserve(entries.size());
    for (const auto& entry : entries) {
        if (!result.empty() && result.back().end == entry.start &&
            result.back().user == entry.user) {
            result.back().end = entry.end;
        } else {
            result.push_back(entry);
        }
    }
    return result;
}

double coverage_percentage(const RenderedEntries& entries, Window window) {
    if (window.since >= window.until) return 0.0;
    auto covered = Duration{0};
    for (const auto& entry : entries) {
        const auto length = std::min(entry.end, window.until) - std::max(entry.start, window.since);
        covered += std::max(length, Duration{0});
    }
    if (covered == window.until - window.since) return 100.0;
    return 100.0 * static_cast<double>(covered.count()) /
           static_cast<double>((window.until - window.since).count());
}

}  // namespace callboard
