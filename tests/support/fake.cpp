#include "support/fake.h"

#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace callboard::testing {

namespace {

/// Long, because a machine that builds at the same time may take its time to start Python and make a certificate.
constexpr int wait_milliseconds = 20'000;

}  // namespace

Fake::Fake(const std::string& program, std::initializer_list<std::string> arguments) {
    auto words = std::vector<std::string>{CALLBOARD_PYTHON, CALLBOARD_SOURCE_DIR "/tools/fakes/" + program};
    words.insert(words.end(), arguments);
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    int problem = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    if (problem != 0) throw std::runtime_error("cannot start " + program);

    auto start = received();
    if (!start.is_object()) throw std::runtime_error(program + " did not start");
    port_ = std::to_string(start.at("port").to_number<int>());
    ca_file_ = start.at("ca_file").as_string();
}

Fake::~Fake() {
    ::close(to_);
    ::close(from_);
    ::waitpid(pid_, nullptr, 0);
}

std::string Fake::url(const std::string& scheme, const std::string& host) const {
    return scheme + "://" + host + ":" + port_;
}

boost::json::value Fake::received() {
    auto line = read_line();
    return line.empty() ? boost::json::value() : boost::json::parse(line);
}

std::string Fake::read_line() {
    while (true) {
        auto end = buffer_.find('\n');
        if (end != std::string::npos) {
            auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        pollfd wait{from_, POLLIN, 0};
        if (::poll(&wait, 1, wait_milliseconds) <= 0) return {};
        char bytes[4096];
        auto count = ::read(from_, bytes, sizeof bytes);
        if (count <= 0) return {};
        buffer_.append(bytes, static_cast<std::size_t>(count));
    }
}

}  // namespace callboard::testing
