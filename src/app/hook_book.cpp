#include "app/hook_book.h"

namespace callboard {

int HookBook::waiting(WebhookSubscriptionId subscription) const { return waiting(subscription, whole); }

int HookBook::waiting(WebhookSubscriptionId subscription, std::int64_t lane) const {
    auto found = counts_.find({subscription, lane});
    return found == counts_.end() ? 0 : found->second;
}

void HookBook::change(const WebhookDelivery& delivery, int by) {
    for (auto lane : {whole, delivery.lane}) {
        Key key{delivery.subscription, lane};
        count(key, by);
        undo_.push_back({key, by});
    }
}

void HookBook::count(const Key& key, int by) {
    auto& number = counts_[key];
    number += by;
    if (number == 0) counts_.erase(key);
}

void HookBook::load(Tx& tx) {
    counts_.clear();
    undo_.clear();
    for (auto state : {DeliveryState::queued, DeliveryState::sending})
        for (const auto& row : tx.list(Query<WebhookDelivery>().where(&WebhookDelivery::state, state)))
            for (auto lane : {whole, row.lane}) count({row.subscription, lane}, 1);
}

void HookBook::undo_to(std::size_t mark) noexcept {
    while (undo_.size() > mark) {
        count(undo_.back().key, -undo_.back().by);
        undo_.pop_back();
    }
}

}  // namespace callboard
