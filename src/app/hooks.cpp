#include "app/hooks.h"

#include "app/respond.h"

#include <algorithm>

#include <fmt/format.h>

namespace callboard {

namespace {

Due due_of(const WebhookDelivery& row) { return {row.at, DueKind::webhook, row.id.value}; }

struct Announcement {
    WebhookResource resource = WebhookResource::incident;
    std::int64_t lane = 0;
    std::string_view event_type;
    Agent agent;
    const std::string& document;
};

void add_delivery(Tx& tx, Desk& desk, const WebhookSubscription& subscription, const Announcement& what) {
    WebhookDelivery row;
    row.id = tx.new_id<WebhookDeliveryId>();
    row.subscription = subscription.id;
    row.resource = what.resource;
    row.lane = what.lane;
    row.event_type = what.event_type;
    row.agent = what.agent;
    row.document = what.document;
    row.created_at = tx.now();
    row.at = tx.now();
    if (desk.hooks.waiting(subscription.id) >= deliveries_waiting_max) {
        row.state = DeliveryState::dropped;
        row.document.clear();
        row.detail = "Too many deliveries waited already.";
        row.ended_at = tx.now();
        tx.insert(row);
        return;
    }
    bool is_next = desk.hooks.waiting(subscription.id, row.lane) == 0;
    desk.hooks.add(row);
    tx.insert(row);
    if (is_next) tx.schedule(due_of(row));
}

void announce_to_all(Tx& tx, Desk& desk, const WebhookSubject& subject, const Announcement& what) {
    for (const auto& subscription : desk.config.webhook_subscriptions(tx))
        if (hears(subscription, what.event_type, subject, tx.now())) add_delivery(tx, desk, subscription, what);
}

WebhookSubject subject_of(const Incident& incident) { return {incident.service, incident.teams}; }

/// The delivery behind one that has ended may leave.
void release_next(Tx& tx, Desk& desk, const WebhookDelivery& ended) {
    if (desk.hooks.waiting(ended.subscription, ended.lane) == 0) return;
    auto next = tx.first(Query<WebhookDelivery>()
                             .where(&WebhookDelivery::state, DeliveryState::queued)
                             .where(&WebhookDelivery::subscription, ended.subscription)
                             .where(&WebhookDelivery::lane, ended.lane)
                             .order_by(&WebhookDelivery::id));
    if (!next) return;
    next->at = tx.now();
    tx.update(*next);
    tx.schedule(due_of(*next));
}

void end(Tx& tx, Desk& desk, WebhookDelivery& row, DeliveryState state, std::string detail) {
    row.state = state;
    row.ended_at = tx.now();
    row.detail = std::move(detail);
    tx.update(row);
    desk.hooks.remove(row);
    release_next(tx, desk, row);
}

/// A refusal counts; too many in a row, and the receiver is left alone for a day.
void count_refusal(Tx& tx, Desk& desk, WebhookSubscriptionId id) {
    auto subscription = tx.find<WebhookSubscription>(id);
    if (!subscription) return;
    if (++subscription->refusals >= refusals_max) {
        subscription->disabled_until = tx.now() + disabled_for;
        subscription->refusals = 0;
        drop_deliveries(tx, desk, id, "The subscription was disabled: its receiver refused too often.");
    }
    tx.update(*subscription);
}

void forget_refusals(Tx& tx, WebhookSubscriptionId id) {
    auto subscription = tx.find<WebhookSubscription>(id);
    if (!subscription || subscription->refusals == 0) return;
    subscription->refusals = 0;
    tx.update(*subscription);
}

}  // namespace

void announce(Tx& tx,
              Desk& desk,
              const std::optional<Incident>& before,
              const Incident& incident,
              std::span<const LogEntry> entries) {
    if (desk.config.webhook_subscriptions(tx).empty()) return;
    auto document = Table<Incident>::to_json(incident);
    Announcement what{WebhookResource::incident, incident.id.value, {}, {}, document};
    Agent agent;
    for (const auto& entry : entries) {
        agent = entry.agent;
        auto type = webhook_event_of(entry, incident);
        // Whom it was given to from the start is part of triggering.
        if (!before && type == "incident.reassigned") continue;
        // One that is given to several people has an entry for each.
        if (!type || (*type == "incident.reassigned" && *type == what.event_type)) continue;
        what.event_type = *type;
        what.agent = entry.agent;
        announce_to_all(tx, desk, subject_of(incident), what);
    }
    if (!before) return;
    what.agent = agent;
    auto changed = [&](std::string_view type, bool is_other) {
        if (!is_other) return;
        what.event_type = type;
        announce_to_all(tx, desk, subject_of(incident), what);
    };
    changed("incident.priority_updated", before->priority != incident.priority);
    changed("incident.service_updated", before->service != incident.service);
    changed("incident.incident_type.changed", before->incident_type != incident.incident_type);
    changed("incident.conference_bridge.updated",
            before->conference_number != incident.conference_number ||
                before->conference_url != incident.conference_url);
}

void announce_note(Tx& tx, Desk& desk, const Incident& incident, const IncidentNote& note, Agent agent) {
    if (desk.config.webhook_subscriptions(tx).empty()) return;
    auto document = Table<IncidentNote>::to_json(note);
    announce_to_all(tx,
                    desk,
                    subject_of(incident),
                    {WebhookResource::incident_note, incident.id.value, "incident.annotated", agent, document});
}

void announce_responder(Tx& tx,
                        Desk& desk,
                        const Incident& incident,
                        const Responder& responder,
                        std::string_view event_type,
                        Agent agent) {
    if (desk.config.webhook_subscriptions(tx).empty()) return;
    auto document = Table<Responder>::to_json(responder);
    announce_to_all(
        tx, desk, subject_of(incident), {WebhookResource::responder, incident.id.value, event_type, agent, document});
}

void announce_service(Tx& tx, Desk& desk, const Service& service, std::string_view event_type, Agent agent) {
    if (desk.config.webhook_subscriptions(tx).empty()) return;
    auto document = Table<Service>::to_json(service);
    WebhookSubject subject{service.id, {}};
    auto policy = tx.find<EscalationPolicy>(service.escalation_policy);
    if (policy && policy->team) subject.teams = {*policy->team};
    announce_to_all(tx, desk, subject, {WebhookResource::service, service.id.value, event_type, agent, document});
}

void announce_ping(Tx& tx, Desk& desk, const WebhookSubscription& subscription, Agent agent) {
    const std::string nothing;
    add_delivery(tx, desk, subscription, {WebhookResource::none, 0, "pagey.ping", agent, nothing});
}

std::optional<HookCall> claim_delivery(Tx& tx, Desk& desk, WebhookDeliveryId id) {
    auto row = tx.find<WebhookDelivery>(id);
    if (!row || row->ended_at || row->at > tx.now()) return std::nullopt;
    auto subscription = tx.find<WebhookSubscription>(row->subscription);
    if (!subscription) {
        end(tx, desk, *row, DeliveryState::dropped, "The subscription was deleted.");
        return std::nullopt;
    }
    if (!subscription->active) {
        end(tx, desk, *row, DeliveryState::dropped, "The subscription was switched off.");
        return std::nullopt;
    }
    // One that waited behind others has its first try in any case.
    if (row->attempts > 0 && tx.now() >= row->created_at + delivery_tried_for) {
        end(tx, desk, *row, DeliveryState::dropped, "It was tried for 48 hours. " + row->detail.value_or(""));
        return std::nullopt;
    }
    row->state = DeliveryState::sending;
    ++row->attempts;
    row->at = tx.now() + delivering_max;
    tx.update(*row);
    tx.schedule(due_of(*row));
    return HookCall{*row, *subscription, tx.now() + delivering_max / 3};
}

void record_delivery(Tx& tx, Desk& desk, const HookCall& call, const HookOutcome& outcome) {
    auto row = tx.find<WebhookDelivery>(call.delivery.id);
    if (!row || row->state != DeliveryState::sending || row->attempts != call.delivery.attempts) return;
    tx.cancel(due_of(*row));
    switch (outcome.kind) {
    case HookOutcome::Kind::delivered:
        end(tx, desk, *row, DeliveryState::delivered, outcome.detail);
        forget_refusals(tx, row->subscription);
        return;
    case HookOutcome::Kind::refused:
        end(tx, desk, *row, DeliveryState::dropped, outcome.detail);
        count_refusal(tx, desk, row->subscription);
        return;
    case HookOutcome::Kind::not_begun: --row->attempts; break;
    case HookOutcome::Kind::try_again: break;
    }
    row->state = DeliveryState::queued;
    if (!outcome.detail.empty()) row->detail = outcome.detail;
    row->at =
        tx.now() + std::max(delivery_pause_after(row->attempts), Duration{outcome.retry_after.value_or(seconds{0})});
    tx.update(*row);
    tx.schedule(due_of(*row));
}

void drop_deliveries(Tx& tx, Desk& desk, WebhookSubscriptionId subscription, std::string_view why) {
    for (auto state : {DeliveryState::queued, DeliveryState::sending})
        for (auto& row : tx.list(Query<WebhookDelivery>()
                                     .where(&WebhookDelivery::state, state)
                                     .where(&WebhookDelivery::subscription, subscription))) {
            tx.cancel(due_of(row));
            row.state = DeliveryState::dropped;
            row.ended_at = tx.now();
            row.detail = std::string{why};
            tx.update(row);
            desk.hooks.remove(row);
        }
}

bool forget_old_deliveries(Tx& tx) {
    constexpr std::int64_t at_once = 500;
    auto old =
        tx.list(Query<WebhookDelivery>()
                    .below(&WebhookDelivery::id, WebhookDeliveryId{IdSource::first_of(tx.now() - deliveries_kept)})
                    .where_in(&WebhookDelivery::state, std::vector{DeliveryState::delivered, DeliveryState::dropped})
                    .order_by(&WebhookDelivery::id)
                    .page(at_once));
    for (const auto& row : old) tx.erase<WebhookDelivery>(row.id);
    return static_cast<std::int64_t>(old.size()) == at_once;
}

void take_up_interrupted_deliveries(Tx& tx) {
    for (auto& row : tx.list(Query<WebhookDelivery>().where(&WebhookDelivery::state, DeliveryState::sending))) {
        tx.cancel(due_of(row));
        row.at = tx.now();
        tx.update(row);
        tx.schedule(due_of(row));
    }
}

}  // namespace callboard
