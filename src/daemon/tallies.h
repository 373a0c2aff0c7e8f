#pragma once
// What happened since the start, counted for GET /metrics: whether people and receivers are reached, and by whom not.

#include "app/hooks.h"
#include "domain/account/user.h"
#include "domain/notify/notification.h"

#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

namespace callboard {

class Tallies {
public:
    /// A provider was asked to carry a page; `state` is that of the message afterwards: sent, queued for another try,
    /// or failed, which nobody tries again.
    void page(ContactMethodType type, const std::string& provider, NotificationState state);
    void webhook(HookOutcome::Kind outcome);
    /// Items that fell due and could not be decided.
    void set_aside(int items);

    [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const { return registry_.Collect(); }

private:
    using Counters = prometheus::Family<prometheus::Counter>;

    Counters& counters(const std::string& name, const std::string& help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
    }

    prometheus::Registry registry_;
    Counters& pages_ = counters("callboard_pages_total",
                                "Tries to carry a message, by what became of it: sent, retried, or failed for good.");
    Counters& webhooks_ =
        counters("callboard_webhooks_total", "Tries to deliver a webhook: delivered, retried, or refused for good.");
    prometheus::Counter& set_aside_ =
        counters("callboard_due_set_aside_total", "How often what fell due could not be decided and was put off.")
            .Add({});
};

}  // namespace callboard
