#pragma once
// PostgreSQL, and engines that speak its protocol, behind the seam of sql/connection.h.

#include "sql/connection.h"

#include <memory>
#include <string>
#include <string_view>

namespace callboard::postgres {

enum class Access { read_write, read_only };

/// Whether an address of a store means this engine: "postgresql://…" or "postgres://…".
bool is_address(std::string_view address);

/// Connects. Transactions that read see one snapshot. Throws StorageError.
std::unique_ptr<sql::Connection> open(const std::string& address, Access access);

/// False once the connection is lost: it does not come back by itself.
bool is_alive(const sql::Connection& connection);

/// Takes the lock of whoever writes to this database, which lasts as long as the connection. False while somebody else
/// has it. Throws StorageError.
bool try_to_lock(sql::Connection& connection);

}  // namespace callboard::postgres
