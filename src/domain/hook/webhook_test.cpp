#include "domain/hook/webhook.h"

#include <doctest/doctest.h>

namespace callboard {

namespace {

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12};

WebhookSubscription subscription_to(std::string event) {
    WebhookSubscription subscription;
    subscription.events = {std::move(event)};
    return subscription;
}

}  // namespace

TEST_CASE("a subscription hears of its events about its account, service or team, while it is active") {
    WebhookSubject subject{ServiceId{7}, {TeamId{3}}};
    auto subscription = subscription_to("incident.triggered");
    CHECK(hears(subscription, "incident.triggered", subject, noon));
    CHECK_FALSE(hears(subscription, "incident.resolved", subject, noon));

    subscription.filter = WebhookFilter::service_reference;
    subscription.filter_id = 8;
    CHECK_FALSE(hears(subscription, "incident.triggered", subject, noon));
    subscription.filter_id = 7;
    CHECK(hears(subscription, "incident.triggered", subject, noon));

    subscription.filter = WebhookFilter::team_reference;
    CHECK_FALSE(hears(subscription, "incident.triggered", subject, noon));
    subscription.filter_id = 3;
    CHECK(hears(subscription, "incident.triggered", subject, noon));

    subscription.disabled_until = noon + seconds{1};
    CHECK_FALSE(hears(subscription, "incident.triggered", subject, noon));
    CHECK(hears(subscription, "incident.triggered", subject, noon + seconds{1}));
    subscription.active = false;
    CHECK_FALSE(hears(subscription, "incident.triggered", subject, noon + hours{1}));
}

TEST_CASE("only what the description names can be subscribed to") {
    CHECK(is_webhook_event("incident.triggered"));
    CHECK(is_webhook_event("service.updated"));
    CHECK_FALSE(is_webhook_event("incident.trigger"));
    CHECK_FALSE(is_webhook_event(""));
}

TEST_CASE("the first trigger is an event, further ones are not; a skipped level is no escalation") {
    Incident incident;
    incident.first_trigger_log_entry = LogEntryId{1};
    LogEntry entry;
    entry.id = LogEntryId{1};
    CHECK(webhook_event_of(entry, incident) == "incident.triggered");
    entry.id = LogEntryId{2};
    CHECK_FALSE(webhook_event_of(entry, incident));
    entry.type = LogEntryType::escalate;
    CHECK_FALSE(webhook_event_of(entry, incident));
    entry.users = {UserId{5}};
    CHECK(webhook_event_of(entry, incident) == "incident.escalated");
    entry.type = LogEntryType::assign;
    CHECK_FALSE(webhook_event_of(entry, incident));
    incident.assigned_via = AssignedVia::direct_assignment;
    CHECK(webhook_event_of(entry, incident) == "incident.reassigned");
}

TEST_CASE("the pauses between tries grow to half an hour") {
    CHECK(delivery_pause_after(1) == seconds{5});
    CHECK(delivery_pause_after(2) == seconds{15});
    CHECK(delivery_pause_after(40) == minutes{30});
}

}  // namespace callboard
