#pragma once
// Rows that cannot be read. A store is a file, and a file can be broken by a disk or a hand: one such row must not stop
// the rest, nor pass in silence.

#include <cstdint>
#include <string_view>

namespace callboard {

/// Logs it, once for each row.
void report_unreadable(std::string_view table, std::int64_t id, std::string_view why);

/// How many rows have been reported since the program began.
std::size_t unreadable_rows();

}  // namespace callboard
