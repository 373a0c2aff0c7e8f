// The physical limit beside which the store is measured: CLIENTS wait with one record each, one thread writes what
// waits (at most BATCH records) to a preallocated file and syncs it once.
//
//   append_log FILE CLIENTS BATCH SECONDS      prints RESULT rate=<records a second>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    constexpr std::size_t record_bytes = 600;
    constexpr off_t file_bytes = 1 << 28;
    auto clients = static_cast<std::size_t>(std::atoi(argv[2]));
    auto batch = static_cast<std::size_t>(std::atoi(argv[3]));
    auto limit = std::chrono::seconds{std::atoi(argv[4])};
    int file = ::open(argv[1], O_CREAT | O_RDWR | O_TRUNC, 0600);
    if (file < 0 || ::posix_fallocate(file, 0, file_bytes) != 0) return 1;
    std::string record(record_bytes, 'x');
    std::vector<char> block;
    off_t at = 0;
    std::size_t written = 0;
    // Every client is answered at once and comes back at once: the queue always holds what clients can have in it.
    auto in_batch = clients < batch ? clients : batch;
    auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < limit) {
        block.clear();
        for (std::size_t i = 0; i < in_batch; ++i) block.insert(block.end(), record.begin(), record.end());
        if (at + static_cast<off_t>(block.size()) > file_bytes) at = 0;
        if (::pwrite(file, block.data(), block.size(), at) != static_cast<ssize_t>(block.size())) return 1;
        if (::fdatasync(file) != 0) return 1;
        at += static_cast<off_t>(block.size());
        written += in_batch;
    }
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("RESULT rate=%.0f\n", static_cast<double>(written) / took.count());
    ::close(file);
    ::unlink(argv[1]);
    return 0;
}
