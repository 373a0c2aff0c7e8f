#pragma once
// New rows of the hot tables, collected over a batch of decisions and written several to a statement. Whoever looks at
// or changes such a table writes them out first (Tx does it), so nobody can tell the difference.

#include "domain/incident/incident.h"
#include "storage/sql/connection.h"

#include <tuple>
#include <vector>

namespace callboard {

class InsertBuffers {
public:
    template <class T>
    static constexpr bool holds = std::is_same_v<T, Incident> || std::is_same_v<T, Alert> || std::is_same_v<T, LogEntry>;

    template <class T>
    void add(sql::Connection& connection, const T& row);

    template <class T>
    void write_out(sql::Connection& connection);

    void write_out_all(sql::Connection& connection);

    /// The transaction is undone.
    void forget();

private:
    std::tuple<std::vector<Incident>, std::vector<Alert>, std::vector<LogEntry>> rows_;
};

}  // namespace callboard
