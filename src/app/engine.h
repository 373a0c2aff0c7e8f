#pragma once
// The one loop that makes time pass. Everything that happens later is a row in `due`; a turn takes what has come
// due, in order, and decides each in a transaction of its own. The daemon and the simulator run the same turns.

#include "app/pager.h"
#include "app/respond.h"
#include "storage/store.h"

#include <functional>
#include <optional>
#include <string>

namespace callboard {

/// Decides one due row inside a decision: removes it, and what falls due next for its subject is written anew. The page
/// to send once that is committed, if there is one.
std::optional<Page> pass_due(Tx& tx, Desk& desk, const Due& due);

class Engine {
public:
    /// `log` hears of decisions that failed; they stay due and are tried again with the next turn. `send` takes the
    /// pages that leave; it does not wait for them, and sees to it that record_outcome is decided.
    Engine(Store& store, Desk& desk, std::function<void(const std::string&)> log, std::function<void(Page)> send)
        : store_(store), desk_(desk), log_(std::move(log)), send_(std::move(send)) {}

    struct Turn {
        int done = 0;
        int failed = 0;
        /// When the next row falls due; absent when nothing will.
        std::optional<Timestamp> next;
    };

    /// Takes at most `turn_max` rows due at `now`.
    Turn run_due(Timestamp now);

    static constexpr int turn_max = 256;

private:
    void decide(const Due& due, Timestamp now);

    Store& store_;
    Desk& desk_;
    std::function<void(const std::string&)> log_;
    std::function<void(Page)> send_;
};

}  // namespace callboard
