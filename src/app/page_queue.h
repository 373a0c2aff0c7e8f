#pragma once
// Pages that wait for one kind of provider, where everybody gets their turn: each address has a line of its own, lines
// take turns, and high urgency goes before low. So a storm at one address, or one that somebody typed in by mistake,
// holds up nobody else. Low urgency has a small share of the turns and of the room, so that a storm of high urgency
// that does not end keeps nobody waiting for ever. Only so many find room; the one that has to go for another is of
// those that wait longest for their turn anyway, and loses nothing but its place: it is still in the store.

#include "app/pager.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

class PageQueue {
public:
    struct Waiting {
        Page page;
        Timestamp since;
        /// What its turn counted for when it was taken.
        int counted = 0;
    };

    /// While both urgencies wait, one in so many that leave is of low urgency. So a page of low urgency leaves as the
    /// eighth at the latest, when no other of low urgency goes before it, and one of high urgency is held up by one
    /// page in eight. The same share of the room is kept for low urgency.
    static constexpr int low_share = 8;

    using MayLeave = std::function<bool(const Waiting&)>;

    explicit PageQueue(std::size_t room) : room_(room) {}

    /// What has to go for it when there is no room: the last of the longest line, of low urgency where that has more
    /// than its share. A message that was claimed again takes the place of its former claim.
    std::optional<Page> put(Waiting waiting);

    /// The next of those that may leave: of the line whose turn it is, the oldest message first.
    std::optional<Waiting> take(const MayLeave& may_leave);

    /// One that was taken found no room after all: its urgency has not had that turn.
    void give_turn_back(Waiting& taken);

    [[nodiscard]] bool has(const MayLeave& may_leave) const;

    [[nodiscard]] std::size_t size() const { return sizes_[0] + sizes_[1]; }

    std::vector<Page> take_all();

private:
    /// The longest wait's first: ids go up with time.
    using Messages = std::map<NotificationId, Waiting>;

    struct Line {
        /// How many turns it has had; one that opens has had as many as the line that went last, so that those who come
        /// later join the next round, and no round is without end.
        std::uint64_t turns = 0;
        Messages messages;
    };

    struct Key {
        Urgency urgency = Urgency::high;
        std::string to;

        auto operator<=>(const Key&) const = default;
    };

    struct Place {
        std::map<Key, Line>::const_iterator line;
        Messages::const_iterator message;
    };

    [[nodiscard]] std::optional<Place> next(const MayLeave& may_leave) const;
    /// What has to go when there is one too many.
    [[nodiscard]] Place last_of_longest() const;
    Waiting remove(const Place& place);
    /// What a turn of this urgency counts for now.
    [[nodiscard]] int count_of(Urgency urgency) const;

    std::size_t room_;
    std::map<Key, Line> lines_;
    /// How many wait, for each urgency.
    std::array<std::size_t, 2> sizes_{};
    /// The turns of the line that went last, for each urgency.
    std::array<std::uint64_t, 2> turns_{};
    /// How many of high urgency have gone since one of low urgency did.
    int high_in_a_row_ = 0;
};

}  // namespace callboard
