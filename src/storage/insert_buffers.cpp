#include "storage/insert_buffers.h"

#include "storage/tables.h"

namespace callboard {

namespace {

/// Rows held before they are written, a multiple of what one statement takes.
constexpr std::size_t held_max = 64;

}  // namespace

template <class T>
void InsertBuffers::add(sql::Connection& connection, const T& row) {
    auto& held = std::get<std::vector<T>>(rows_);
    held.push_back(row);
    if (held.size() >= held_max) write_out<T>(connection);
}

template <class T>
void InsertBuffers::write_out(sql::Connection& connection) {
    auto& held = std::get<std::vector<T>>(rows_);
    if (held.empty()) return;
    Table<T>::insert_all(connection, held);
    held.clear();
}

void InsertBuffers::write_out_all(sql::Connection& connection) {
    write_out<Incident>(connection);
    write_out<Alert>(connection);
    write_out<LogEntry>(connection);
}

void InsertBuffers::forget() {
    std::get<std::vector<Incident>>(rows_).clear();
    std::get<std::vector<Alert>>(rows_).clear();
    std::get<std::vector<LogEntry>>(rows_).clear();
}

template void InsertBuffers::add(sql::Connection&, const Incident&);
template void InsertBuffers::add(sql::Connection&, const Alert&);
template void InsertBuffers::add(sql::Connection&, const LogEntry&);
template void InsertBuffers::write_out<Incident>(sql::Connection&);
template void InsertBuffers::write_out<Alert>(sql::Connection&);
template void InsertBuffers::write_out<LogEntry>(sql::Connection&);

}  // namespace callboard
