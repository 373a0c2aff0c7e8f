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
    std::apply([&]<class... T>(const std::vector<T>&...) { (write_out<T>(connection), ...); }, rows_);
}

void InsertBuffers::forget() {
    std::apply([](auto&... held) { (held.clear(), ...); }, rows_);
}

template void InsertBuffers::add(sql::Connection&, const Incident&);
template void InsertBuffers::add(sql::Connection&, const Alert&);
template void InsertBuffers::add(sql::Connection&, const LogEntry&);
template void InsertBuffers::add(sql::Connection&, const NotifiedIncident&);
template void InsertBuffers::write_out<Incident>(sql::Connection&);
template void InsertBuffers::write_out<Alert>(sql::Connection&);
template void InsertBuffers::write_out<LogEntry>(sql::Connection&);
template void InsertBuffers::write_out<NotifiedIncident>(sql::Connection&);

}  // namespace callboard
