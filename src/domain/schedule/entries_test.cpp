#include "domain/schedule/entries.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

Timestamp at(int second) { return Timestamp{seconds{second}}; }

RenderedEntry entry(int start, int end, UserKey user) { return {at(start), at(end), user}; }

}  // namespace

TEST_CASE("what lies over an entry cuts it, and in its middle leaves two") {
    const auto lower = RenderedEntries{entry(0, 10, 1), entry(10, 20, 2), entry(30, 40, 3)};

    CHECK(overlay(lower, {}) == lower);
    CHECK(overlay({}, lower) == lower);
    CHECK(overlay(lower, {entry(4, 6, 9)}) ==
          RenderedEntries{
              entry(0, 4, 1), entry(4, 6, 9), entry(6, 10, 1), entry(10, 20, 2), entry(30, 40, 3)});
    CHECK(overlay(lower, {entry(5, 35, 9)}) ==
          RenderedEntries{entry(0, 5, 1), entry(5, 35, 9), entry(35, 40, 3)});
    CHECK(
        overlay(lower, {entry(0, 2, 8), entry(20, 30, 9)}) ==
        RenderedEntries{
            entry(0, 2, 8), entry(2, 10, 1), entry(10, 20, 2), entry(20, 30, 9), entry(30, 40, 3)});
    CHECK(overlay(lower, {entry(-5, 50, 9)}) == RenderedEntries{entry(-5, 50, 9)});
}

TEST_CASE("of many lists the last one lies uppermost") {
    CHECK(overlay_all({}).empty());
    CHECK(overlay_all({{entry(0, 9, 1)}}) == RenderedEntries{entry(0, 9, 1)});
    CHECK(
        overlay_all({{entry(0, 9, 1)}, {}, {entry(2, 6, 2)}, {entry(3, 4, 3)}, {entry(5, 7, 4)}}) ==
        RenderedEntries{entry(0, 2, 1),
                        entry(2, 3, 2),
                        entry(3, 4, 3),
                        entry(4, 5, 2),
                        entry(5, 7, 4),
                        entry(7, 9, 1)});
}

TEST_CASE("neighbours are joined when they touch and are the same person") {
    CHECK(join_neighbours({entry(0, 1, 1), entry(1, 2, 1), entry(3, 4, 1), entry(4, 5, 2)}) ==
          RenderedEntries{entry(0, 2, 1), entry(3, 4, 1), entry(4, 5, 2)});
    CHECK(join_neighbours({}).empty());
}

TEST_CASE("coverage is the share of the window, whatever reaches beyond it") {
    const auto window = Window{.since = at(0), .until = at(100)};
    CHECK(coverage_percentage({}, window) == 0.0);
    CHECK(coverage_percentage({entry(-50, 25, 1), entry(90, 200, 2)}, window) == 35.0);
    CHECK(coverage_percentage({entry(-50, 150, 1)}, window) == 100.0);
    CHECK(coverage_percentage({entry(200, 300, 1)}, window) == 0.0);
    CHECK(coverage_percentage({entry(0, 1, 1)}, {.since = at(5), .until = at(5)}) == 0.0);
}

}  // namespace callboard
