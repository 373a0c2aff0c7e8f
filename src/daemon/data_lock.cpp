#include "daemon/data_lock.h"

#include "storage/store.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace callboard {

DataLock::DataLock(const std::string& directory) {
    make_private_directory(directory);
    auto path = directory + "/server.lock";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), "cannot open " + path);
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    int why = errno;
    ::close(file_);
    if (why != EWOULDBLOCK) throw std::system_error(why, std::generic_category(), "cannot lock " + path);
    throw std::runtime_error(fmt::format("the data directory {} is in use by another server", directory));
}

DataLock::~DataLock() { ::close(file_); }

}  // namespace callboard
