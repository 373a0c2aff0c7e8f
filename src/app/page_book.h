#pragma once
// The messages that still gather incidents, and when each way to a person was last used: what decides whether a page
// leaves at once or joins one that is waiting. In the writer's memory, following every batch (storage/store.h).

#include "domain/notify/notification.h"
#include "storage/store.h"

#include <map>
#include <optional>
#include <vector>

namespace callboard {

class PageBook final : public WriterMemory {
public:
    /// High urgency never waits for a message of low urgency.
    struct Key {
        UserId user;
        ContactMethodId method;
        Urgency urgency = Urgency::high;

        auto operator<=>(const Key&) const = default;
    };

    struct Entry {
        NotificationId notification;
        /// When it leaves, or left.
        Timestamp at;
        int incidents = 0;
        /// It has not left: incidents may join.
        bool open = false;
    };

    [[nodiscard]] const Entry* find(const Key& key) const;
    void put(const Key& key, Entry entry);

    void load(Tx& tx) override;

    [[nodiscard]] std::size_t mark() const override { return undo_.size(); }

    void undo_to(std::size_t mark) noexcept override;

    void forget_undo() noexcept override { undo_.clear(); }

private:
    struct Undo {
        Key key;
        std::optional<Entry> before;
    };

    /// Whoever was just told waits for the next message, whether the server was started again meanwhile or not.
    void load_those_that_left(Tx& tx);

    std::map<Key, Entry> entries_;
    std::vector<Undo> undo_;
};

PageBook::Key book_key(const Notification& notification);

}  // namespace callboard
