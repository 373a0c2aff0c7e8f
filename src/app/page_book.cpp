#include "app/page_book.h"

namespace callboard {

namespace {

/// Rows that are read at once when the book is made.
constexpr std::int64_t read_at_once = 500;

}  // namespace

const PageBook::Entry* PageBook::find(const Key& key) const {
    auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
}

void PageBook::put(const Key& key, Entry entry) {
    auto [found, added] = entries_.try_emplace(key, entry);
    undo_.push_back({key, added ? std::nullopt : std::optional{found->second}});
    found->second = entry;
}

void PageBook::load(Tx& tx) {
    entries_.clear();
    undo_.clear();
    for (const auto& row : tx.list(Query<Notification>().where(&Notification::state, NotificationState::queued))) {
        // One that was tried already waits for its provider: nobody else waits for it. Only pages take incidents.
        if (row.attempts > 0 || row.purpose != NotificationPurpose::page) continue;
        auto incidents = tx.count(Query<NotifiedIncident>().where(&NotifiedIncident::notification, row.id));
        entries_[book_key(row)] = {row.id, row.at, static_cast<int>(incidents), true};
    }
    load_those_that_left(tx);
}

void PageBook::load_those_that_left(Tx& tx) {
    std::optional<NotificationId> before;
    std::optional<Timestamp> begun_after;
    for (;;) {
        auto query = Query<Notification>().order_by(&Notification::id, Order::descending).page(read_at_once);
        if (before) query.below(&Notification::id, *before);
        auto rows = tx.list(query);
        for (const auto& row : rows) {
            // Nothing older makes anybody wait: a message is held for a window at most, and the next for one after it.
            if (!begun_after) begun_after = row.created_at - 2 * bundle_window;
            if (row.created_at < *begun_after) return;
            bool left = row.state == NotificationState::sent || row.state == NotificationState::failed;
            if (!left || row.purpose != NotificationPurpose::page) continue;
            entries_.try_emplace(book_key(row), Entry{row.id, row.ended_at.value_or(row.at), 0, false});
        }
        if (rows.size() < static_cast<std::size_t>(read_at_once)) return;
        before = rows.back().id;
    }
}

void PageBook::undo_to(std::size_t mark) noexcept {
    while (undo_.size() > mark) {
        auto& last = undo_.back();
        if (last.before)
            entries_[last.key] = *last.before;
        else
            entries_.erase(last.key);
        undo_.pop_back();
    }
}

PageBook::Key book_key(const Notification& notification) {
    return {notification.user, notification.contact_method.value_or(ContactMethodId{}), notification.urgency};
}

}  // namespace callboard
