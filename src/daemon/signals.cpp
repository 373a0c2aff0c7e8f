#include "daemon/signals.h"

#include "base/log.h"

#include <string>

#include <pthread.h>

namespace callboard {

sigset_t block_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    // A file at its size limit is a full disk: the write fails, the process lives.
    std::signal(SIGXFSZ, SIG_IGN);
    return set;
}

void wait_for_signal(const sigset_t& signals) {
    int signal = 0;
    sigwait(&signals, &signal);
    log::info("server.stopping", {{"signal", std::to_string(signal)}});
}

bool signal_waits(const sigset_t& signals) {
    sigset_t pending;
    sigpending(&pending);
    return (sigismember(&signals, SIGTERM) == 1 && sigismember(&pending, SIGTERM) == 1) ||
           (sigismember(&signals, SIGINT) == 1 && sigismember(&pending, SIGINT) == 1);
}

}  // namespace callboard
