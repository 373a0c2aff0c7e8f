#pragma once
// One server per data directory: two would each keep the open alerts in memory and not know of the other's.
// The lock goes with the process, however it ends. `admin` verbs do not take it: they work beside a server.

#include <string>

namespace callboard {

class DataLock {
public:
    /// Makes the directory where there is none. Throws std::runtime_error, naming the directory, when another server
    /// holds it.
    explicit DataLock(const std::string& directory);
    ~DataLock();

    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

private:
    int file_ = -1;
};

}  // namespace callboard
