#pragma once
// SIGTERM and SIGINT are waited for, not handled: no code runs inside a signal handler.

#include <csignal>

namespace callboard {

/// Before the first thread is made.
sigset_t block_signals();
void wait_for_signal(const sigset_t& signals);
/// Whether one has come that nobody has waited for yet.
bool signal_waits(const sigset_t& signals);

}  // namespace callboard
