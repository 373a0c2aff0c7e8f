#pragma once
// The write-ahead log of a database as a file, to be synced by whoever keeps its promises.

#include <string>

namespace callboard::sqlite {

class LogFile {
public:
    explicit LogFile(std::string database) : database_(std::move(database)) {}

    ~LogFile();

    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    /// Returns when all that was committed before the call is on the disk. Throws sql::StorageError. For one thread
    /// at a time; not before the first commit.
    void sync();

private:
    void open();

    std::string database_;
    int descriptor_ = -1;
};

}  // namespace callboard::sqlite
