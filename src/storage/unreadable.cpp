#include "storage/unreadable.h"

#include "base/log.h"

#include <mutex>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace callboard {

namespace {

/// Past that many, what is wrong is the whole file, and has been said often enough.
constexpr std::size_t reported_max = 10'000;

struct Reported {
    std::mutex mutex;
    std::set<std::pair<std::string, std::int64_t>> rows;
};

Reported& reported() {
    static Reported all;
    return all;
}

}  // namespace

UnreadableRow::UnreadableRow(std::string_view table, Kind kind, std::int64_t id, std::string_view why)
    : std::runtime_error(fmt::format("row {} of {} cannot be read: {}", id, table, why)), kind_(kind), id_(id) {
    report_unreadable(table, id, why);
}

void report_unreadable(std::string_view table, std::int64_t id, std::string_view why) {
    {
        std::lock_guard lock(reported().mutex);
        if (reported().rows.size() >= reported_max || !reported().rows.emplace(table, id).second) return;
    }
    log::error("store.row_unreadable",
               {{"table", std::string{table}},
                {"id", std::to_string(id)},
                {"why", std::string{why}},
                {"what", "The row was left out. The rest goes on without it."}});
}

std::size_t unreadable_rows() {
    std::lock_guard lock(reported().mutex);
    return reported().rows.size();
}

}  // namespace callboard
