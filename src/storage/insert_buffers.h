#pragma once
// New rows of the hot tables, collected over a batch of decisions and written several to a statement. Whoever looks at
// or changes such a table writes them out first (Tx does it), so nobody can tell the difference.

#include "domain/incident/incident.h"
#include "domain/notify/notification.h"
#include "sql/connection.h"

#include <tuple>
#include <vector>

#include <boost/mp11.hpp>

namespace callboard {

class InsertBuffers {
public:
    using Rows =
        std::tuple<std::vector<Incident>, std::vector<Alert>, std::vector<LogEntry>, std::vector<NotifiedIncident>>;

    template <class T>
    static constexpr bool holds = boost::mp11::mp_contains<Rows, std::vector<T>>::value;

    template <class T>
    void add(sql::Connection& connection, const T& row);

    template <class T>
    void write_out(sql::Connection& connection);

    void write_out_all(sql::Connection& connection);

    /// The transaction is undone.
    void forget();

private:
    Rows rows_;
};

}  // namespace callboard
