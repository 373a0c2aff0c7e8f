#pragma once
// Rows that cannot be read. A store is a file, and a file can be broken by a disk or a hand: one such row must not stop
// the rest, nor pass in silence.

#include "base/id.h"

#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace callboard {

/// Thrown to whoever needs that very row. It has been reported.
class UnreadableRow : public std::runtime_error {
public:
    /// An `id` of 0: a kept version of a row that does not say of which one.
    UnreadableRow(std::string_view table, Kind kind, std::int64_t id, std::string_view why);

    [[nodiscard]] Kind kind() const { return kind_; }

    [[nodiscard]] std::int64_t id() const { return id_; }

private:
    Kind kind_;
    std::int64_t id_;
};

/// What `read` finds, for those who can go on without it: also nothing when its row cannot be read.
template <class F>
auto if_readable(F read) -> decltype(read()) {
    try {
        return read();
    } catch (const UnreadableRow&) {
        return {};
    }
}

/// Logs it, once for each row.
void report_unreadable(std::string_view table, std::int64_t id, std::string_view why);

/// How many rows have been reported since the program began.
std::size_t unreadable_rows();

}  // namespace callboard
