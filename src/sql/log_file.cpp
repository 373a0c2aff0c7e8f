#include "sql/log_file.h"

#include "sql/connection.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace callboard::sqlite {

namespace {

[[noreturn]] void fail(std::string_view doing, const std::string& path) {
    throw sql::StorageError(sql::Failure::unavailable,
                            fmt::format("{} while {} {}", std::generic_category().message(errno), doing, path));
}

/// A file that is new is only there after a power cut if its directory was synced too.
void sync_directory_of(const std::string& file) {
    auto directory = file.substr(0, file.rfind('/') + 1);
    int descriptor = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) fail("opening", directory);
    int synced = ::fsync(descriptor);
    ::close(descriptor);
    if (synced != 0) fail("syncing", directory);
}

}  // namespace

LogFile::~LogFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void LogFile::sync() {
    if (descriptor_ < 0) open();
    if (::fdatasync(descriptor_) != 0) fail("syncing", database_ + "-wal");
}

void LogFile::open() {
    // SQLite holds its locks on the database and the shared memory file, never on the log: closing this takes none
    // away.
    auto path = database_ + "-wal";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor_ < 0) fail("opening", path);
    sync_directory_of(path);
}

}  // namespace callboard::sqlite
