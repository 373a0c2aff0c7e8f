#pragma once
// The one loop that makes time pass. Everything that happens later is a row in `due`; a turn takes what has come
// due, in order, and decides each in a transaction of its own. The daemon and the simulator run the same turns.

#include "app/hooks.h"
#include "app/pager.h"
#include "app/respond.h"
#include "storage/store.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace callboard {

/// What is to leave once the decision is committed; most decisions send nothing.
struct Outgoing {
    std::optional<Page> page;
    std::optional<HookCall> hook;
};

/// Take what leaves; they do not wait for it, and see to it that record_outcome or record_delivery is decided.
struct Senders {
    std::function<void(Page)> page;
    std::function<void(HookCall)> hook;
};

/// Decides one due row inside a decision: removes it, and what falls due next for its subject is written anew.
Outgoing pass_due(Tx& tx, Desk& desk, const Due& due);

/// Once in a store's life: from then on every turn of it brings the next.
void begin_housekeeping(Tx& tx);

class Engine {
public:
    /// `log` hears of decisions that failed. What the store could not keep stays due, for the next turn; what cannot be
    /// decided, because a row is not what it should be, is set aside for a while and the rest goes on.
    Engine(Store& store, Desk& desk, std::function<void(const std::string&)> log, Senders senders)
        : store_(store), desk_(desk), log_(std::move(log)), senders_(std::move(senders)) {}

    struct Turn {
        int done = 0;
        int failed = 0;
        /// Why the first of them did.
        std::string why_failed;
        int set_aside = 0;
        /// When the next row falls due; absent when nothing will.
        std::optional<Timestamp> next;
    };

    /// Takes at most `turn_max` rows due at `now`.
    Turn run_due(Timestamp now);

    /// The clock was ahead by as much, and is right now.
    void clock_was_ahead(Duration by, Timestamp now);

    static constexpr int turn_max = 256;
    static constexpr Duration set_aside_for = minutes{1};
    /// How often the log names an item that is set aside time after time.
    static constexpr Duration said_again_after = hours{1};

private:
    /// Begun together, so that most share a batch. Few: the events of that batch wait for them.
    static constexpr std::size_t decided_together = 8;

    void decide(std::span<const Due> due, Timestamp now, Turn& turn);
    void set_aside(const Due& item, Timestamp now);
    /// Whether it is time to say that an item cannot be decided: at first, and then now and again.
    bool is_said(const Due& item, Timestamp now);

    Store& store_;
    Desk& desk_;
    std::function<void(const std::string&)> log_;
    Senders senders_;
    /// When the log last named what is set aside, by kind and subject.
    std::map<std::pair<DueKind, std::int64_t>, Timestamp> said_;
};

}  // namespace callboard
