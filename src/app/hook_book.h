#pragma once
// How many deliveries wait for each subscription, and in each of its lanes. In the writer's memory, so that an event
// need not count rows.

#include "domain/hook/webhook.h"
#include "storage/store.h"

#include <map>
#include <utility>
#include <vector>

namespace callboard {

class HookBook final : public WriterMemory {
public:
    [[nodiscard]] int waiting(WebhookSubscriptionId subscription) const;
    /// Of those, the ones about one incident or service.
    [[nodiscard]] int waiting(WebhookSubscriptionId subscription, std::int64_t lane) const;

    void add(const WebhookDelivery& delivery) { change(delivery, 1); }

    void remove(const WebhookDelivery& delivery) { change(delivery, -1); }

    void load(Tx& tx) override;

    [[nodiscard]] std::size_t mark() const override { return undo_.size(); }

    void undo_to(std::size_t mark) noexcept override;

    void forget_undo() noexcept override { undo_.clear(); }

private:
    using Key = std::pair<WebhookSubscriptionId, std::int64_t>;
    /// No incident or service has this id: the subscription as a whole.
    static constexpr std::int64_t whole = -1;

    struct Undo {
        Key key;
        int by = 0;
    };

    void change(const WebhookDelivery& delivery, int by);
    void count(const Key& key, int by);

    std::map<Key, int> counts_;
    std::vector<Undo> undo_;
};

}  // namespace callboard
