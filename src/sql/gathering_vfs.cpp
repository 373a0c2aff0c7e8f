#include "sql/gathering_vfs.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include <sqlite3.h>

namespace callboard::sqlite {

namespace {

/// A transaction longer than this is handed over in parts: SQLite's file layer writes less than 128 KiB at once, and
/// a page may come on top.
constexpr std::size_t gathered_max = 60 * 1'024;
/// The log's format: a header, then frames, each a header and a page. https://sqlite.org/fileformat2.html#walformat
constexpr int frame_header_size = 24;
/// In the header of a frame: the size of the database after the transaction, in pages; 0 unless it is the last frame.
constexpr int commit_size_at = 4;

/// A log that is being written. The file of the layer below lies behind it, in the memory that SQLite provides.
struct LogFile {
    sqlite3_file base;
    sqlite3_file* below;
    std::vector<std::byte>* gathered;
    sqlite3_int64 gathered_at;
    bool page_ends_transaction;
};

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

/// What could not be written is forgotten: SQLite takes the transaction back and writes over its place.
int hand_over(LogFile& log) {
    auto& gathered = *log.gathered;
    if (gathered.empty()) return SQLITE_OK;
    int code =
        log.below->pMethods->xWrite(log.below, gathered.data(), static_cast<int>(gathered.size()), log.gathered_at);
    gathered.clear();
    log.page_ends_transaction = false;
    return code;
}

bool is_last_frame(const void* header) {
    const auto* bytes = static_cast<const std::uint8_t*>(header) + commit_size_at;
    return (bytes[0] | bytes[1] | bytes[2] | bytes[3]) != 0;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
    auto& log = log_of(file);
    auto& gathered = *log.gathered;
    if (at != log.gathered_at + static_cast<sqlite3_int64>(gathered.size()))
        if (int code = hand_over(log); code != SQLITE_OK) return code;
    if (gathered.empty()) log.gathered_at = at;
    const auto* bytes = static_cast<const std::byte*>(data);
    gathered.insert(gathered.end(), bytes, bytes + size);
    if (at != 0 && size == frame_header_size) {
        log.page_ends_transaction = is_last_frame(data);
        return SQLITE_OK;
    }
    bool is_log_header = at == 0;
    bool is_enough = log.page_ends_transaction || is_log_header || gathered.size() >= gathered_max;
    return is_enough ? hand_over(log) : SQLITE_OK;
}

/// Calls the layer below, after what was gathered.
template <auto Method, class... Arguments>
int after_writing(sqlite3_file* file, Arguments... arguments) {
    auto& log = log_of(file);
    if (int code = hand_over(log); code != SQLITE_OK) return code;
    return (log.below->pMethods->*Method)(log.below, arguments...);
}

template <auto Method, class... Arguments>
int pass_on(sqlite3_file* file, Arguments... arguments) {
    auto* below = log_of(file).below;
    return (below->pMethods->*Method)(below, arguments...);
}

int close(sqlite3_file* file) {
    auto& log = log_of(file);
    int written = hand_over(log);
    int closed = log.below->pMethods->xClose(log.below);
    delete log.gathered;
    return written != SQLITE_OK ? written : closed;
}

// A log is never locked, shared or mapped: those are the database's own file's affairs.
constexpr sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = after_writing<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = after_writing<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = after_writing<&sqlite3_io_methods::xSync, int>,
    .xFileSize = after_writing<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass_on<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass_on<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass_on<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass_on<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs& vfs_below() { return *sqlite3_vfs_find(nullptr); }

int open_log(sqlite3_vfs& below, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    auto& log = log_of(file);
    log.base.pMethods = nullptr;  // Nothing to close unless it is opened.
    log.below = reinterpret_cast<sqlite3_file*>(&log + 1);
    int code = below.xOpen(&below, name, log.below, flags, flags_out);
    if (code != SQLITE_OK) return code;
    log.gathered = new (std::nothrow) std::vector<std::byte>;
    if (!log.gathered) {
        log.below->pMethods->xClose(log.below);
        return SQLITE_NOMEM;
    }
    log.gathered_at = 0;
    log.page_ends_transaction = false;
    log.base.pMethods = &log_methods;
    return SQLITE_OK;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    auto& below = vfs_below();
    if ((flags & SQLITE_OPEN_WAL) != 0) return open_log(below, name, file, flags, flags_out);
    return below.xOpen(&below, name, file, flags, flags_out);
}

}  // namespace

const char* gathering_vfs() {
    static sqlite3_vfs vfs = [] {
        auto made = vfs_below();
        made.zName = "gathering";
        made.szOsFile += static_cast<int>(sizeof(LogFile));
        made.xOpen = open;
        made.pNext = nullptr;
        return made;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    static_cast<void>(registered);
    return vfs.zName;
}

}  // namespace callboard::sqlite
