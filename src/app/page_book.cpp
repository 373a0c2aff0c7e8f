#include "app/page_book.h"

namespace callboard {

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
