#pragma once
// Pages that wait for one kind of provider, where everybody gets their turn: each address has a line of its own, lines
// take turns, and high urgency goes before low. So a storm at one address, or one that somebody typed in by mistake,
// holds up nobody else. Only so many find room; the one that has to go for another is of those that wait longest for
// their turn anyway, and loses nothing but its place: it is still in the store.

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
    };

    using MayLeave = std::function<bool(const Waiting&)>;

    explicit PageQueue(std::size_t room) : room_(room) {}

    /// What has to go for it when there is no room: the last of the longest line, of low urgency where there is any. A
    /// message that was claimed again takes the place of its former claim.
    std::optional<Page> put(Waiting waiting);

    /// The next of those that may leave: of the line whose turn it is, the oldest message first.
    std::optional<Waiting> take(const MayLeave& may_leave);

    [[nodiscard]] bool has(const MayLeave& may_leave) const;

    [[nodiscard]] std::size_t size() const { return size_; }

    std::vector<Page> take_all();

private:
    /// The longest wait's first: ids go up with time.
    using Messages = std::map<NotificationId, Waiting>;

    struct Line {
        /// How many turns it has had; one that opens has had as many as the line whose turn it was.
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
    Waiting remove(const Place& place);

    std::size_t room_;
    std::size_t size_ = 0;
    std::map<Key, Line> lines_;
    /// The turns of the line that went last, for each urgency.
    std::array<std::uint64_t, 2> turns_{};
};

}  // namespace callboard
