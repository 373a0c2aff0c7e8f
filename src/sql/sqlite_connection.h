#pragma once
// SQLite behind the seam of sql/connection.h.

#include "sql/connection.h"

#include <memory>
#include <string>

namespace callboard::sqlite {

enum class Access { read_write, read_only };

struct Options {
    /// A file path, or ":memory:".
    std::string path;
    Access access = Access::read_write;
    int cache_kib = 65'536;
};

/// Opens (creating it when writable) with a write-ahead log, which a commit does not sync: see sql/log_file.h.
/// Throws StorageError.
std::unique_ptr<sql::Connection> open(const Options& options);

/// Copies committed pages from the log into the file without blocking anyone. Returns log frames not yet copied.
int checkpoint_passive(sql::Connection& connection);

/// Copies all of the log into the file, syncs the file and empties the log; waits for readers. Throws StorageError.
void checkpoint_whole(sql::Connection& connection);

/// Log frames after the last commit of this connection.
int wal_frames(const sql::Connection& connection);

}  // namespace callboard::sqlite
