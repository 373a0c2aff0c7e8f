#include "daemon/metrics.h"

#include "storage/unreadable.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <prometheus/text_serializer.h>

namespace callboard {

namespace {

prometheus::MetricFamily
family(const std::string& name, const std::string& help, prometheus::MetricType type, double value) {
    prometheus::ClientMetric metric;
    if (type == prometheus::MetricType::Counter)
        metric.counter.value = value;
    else
        metric.gauge.value = value;
    return {name, help, type, {metric}};
}

/// One figure for each kind of contact method.
template <class Figure>
prometheus::MetricFamily by_contact_method(const std::string& name,
                                           const std::string& help,
                                           prometheus::MetricType type,
                                           const std::vector<PageSender::Load>& loads,
                                           Figure figure) {
    prometheus::MetricFamily all{name, help, type, {}};
    for (const auto& load : loads) {
        auto one = std::move(family(name, help, type, static_cast<double>(figure(load))).metric.front());
        one.label = {{"type", std::string{text_of(load.type)}}};
        all.metric.push_back(std::move(one));
    }
    return all;
}

/// Seconds since the oldest item fell due: more than a few mean that time does not pass.
double overdue_seconds(Store& store, Timestamp now) {
    auto next = store.read(now, [](Tx& tx) { return tx.next_due_at(); });
    if (!next || *next >= now) return 0;
    return static_cast<double>((now - *next).count()) / 1e6;
}

double disabled_subscriptions(Store& store, Timestamp now) {
    auto count = store.read(now, [&](Tx& tx) {
        return std::ranges::count_if(
            tx.list(Query<WebhookSubscription>().is_not_null(&WebhookSubscription::disabled_until)),
            [&](const WebhookSubscription& row) { return *row.disabled_until > now; });
    });
    return static_cast<double>(count);
}

}  // namespace

std::string
metrics_text(Store& store, const http::Server& server, PageSender& pages, const Tallies& tallies, Timestamp now) {
    auto counters = store.counters();
    auto loads = pages.load();
    auto counter = [](const char* name, const char* help, std::uint64_t value) {
        return family(name, help, prometheus::MetricType::Counter, static_cast<double>(value));
    };
    auto gauge = [](const char* name, const char* help, double value) {
        return family(name, help, prometheus::MetricType::Gauge, value);
    };
    std::vector<prometheus::MetricFamily> all{
        counter("callboard_store_decisions_total", "Changes committed to the store.", counters.decisions),
        counter("callboard_store_batches_total", "Transactions, each synced once.", counters.batches),
        counter("callboard_store_failed_batches_total",
                "Transactions that the store could not keep.",
                counters.failed_batches),
        gauge("callboard_store_queue_length", "Changes that wait to be written.", static_cast<double>(counters.queued)),
        gauge("callboard_store_log_frames", "Pages in the write-ahead log.", counters.wal_frames),
        gauge("callboard_store_unreadable_rows",
              "Rows that could not be read and were left out.",
              static_cast<double>(unreadable_rows())),
        gauge("callboard_due_overdue_seconds", "Age of the oldest item that is due.", overdue_seconds(store, now)),
        by_contact_method("callboard_pages_waiting",
                          "Messages that wait for a provider.",
                          prometheus::MetricType::Gauge,
                          loads,
                          [](const auto& load) { return load.waiting; }),
        by_contact_method("callboard_pages_throttled_total",
                          "How often a message was put off because no provider took more.",
                          prometheus::MetricType::Counter,
                          loads,
                          [](const auto& load) { return load.throttled; }),
        gauge("callboard_http_connections", "Open connections.", static_cast<double>(server.connections())),
        gauge("callboard_webhook_subscriptions_disabled",
              "Webhook subscriptions that are disabled for a while, because their receiver refuses.",
              disabled_subscriptions(store, now)),
    };
    std::ranges::move(tallies.collect(), std::back_inserter(all));
    return prometheus::TextSerializer().Serialize(all);
}

}  // namespace callboard
