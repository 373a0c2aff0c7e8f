#pragma once
// Brings a database to the newest schema. Migrations are embedded, numbered and only ever added.

#include "sql/connection.h"

namespace callboard {

enum class Dialect { sqlite, postgres };

/// Runs the migrations that this database has not seen, each in a transaction. Throws StorageError, also when the
/// database was written by a newer version.
void migrate(sql::Connection& connection, Dialect dialect);

}  // namespace callboard
