#include "app/hooks.h"

#include "app/forget.h"
#include "app/respond.h"
#include "storage/sql/codec.h"

#include <algorithm>
#include <set>

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

/// At the end of its lane. False: so much waits already that it was dropped.
bool queue(Tx& tx, Desk& desk, WebhookDelivery& row) {
    row.id = tx.new_id<WebhookDeliveryId>();
    row.at = tx.now();
    if (desk.hooks.waiting(row.subscription) >= deliveries_waiting_max) {
        row.state = DeliveryState::dropped;
        row.document.clear();
        row.detail = "Too many deliveries waited already.";
        row.ended_at = tx.now();
        tx.insert(row);
        return false;
    }
    bool is_next = desk.hooks.waiting(row.subscription, row.lane) == 0;
    desk.hooks.add(row);
    tx.insert(row);
    if (is_next) tx.schedule(due_of(row));
    return true;
}

bool add_delivery(Tx& tx, Desk& desk, const WebhookSubscription& subscription, const Announcement& what) {
    WebhookDelivery row;
    row.subscription = subscription.id;
    row.resource = what.resource;
    row.lane = what.lane;
    row.event_type = what.event_type;
    row.agent = what.agent;
    row.document = what.document;
    row.created_at = tx.now();
    return queue(tx, desk, row);
}

void announce_to_all(Tx& tx, Desk& desk, const WebhookSubject& subject, const Announcement& what) {
    for (const auto& subscription : desk.config.webhook_subscriptions(tx))
        if (hears(subscription, what.event_type, subject, tx.now())) add_delivery(tx, desk, subscription, what);
}

WebhookSubject subject_of(const Incident& incident) { return {incident.service, incident.teams}; }

WebhookSubject subject_of(Tx& tx, const Service& service) {
    auto policy = tx.find<EscalationPolicy>(service.escalation_policy);
    if (policy && policy->team) return {service.id, {*policy->team}};
    return {service.id, {}};
}

/// Those ahead in the lane have ended: its next may leave.
void release_next(Tx& tx, Desk& desk, WebhookSubscriptionId subscription, std::int64_t lane) {
    if (desk.hooks.waiting(subscription, lane) == 0) return;
    auto next = tx.first(Query<WebhookDelivery>()
                             .where(&WebhookDelivery::state, DeliveryState::queued)
                             .where(&WebhookDelivery::subscription, subscription)
                             .where(&WebhookDelivery::lane, lane)
                             .order_by(&WebhookDelivery::id));
    if (!next) return;
    next->at = tx.now();
    tx.update(*next);
    tx.schedule(due_of(*next));
}

void close(Tx& tx, Desk& desk, WebhookDelivery& row, DeliveryState state, std::string detail) {
    row.state = state;
    row.ended_at = tx.now();
    row.detail = std::move(detail);
    tx.update(row);
    desk.hooks.remove(row);
}

void end(Tx& tx, Desk& desk, WebhookDelivery& row, DeliveryState state, std::string detail) {
    close(tx, desk, row, state, std::move(detail));
    release_next(tx, desk, row.subscription, row.lane);
}

/// A refusal counts; too many in a row, and the receiver is left alone for a day.
void count_refusal(Tx& tx, WebhookSubscriptionId id, const std::string& why) {
    auto subscription = tx.find<WebhookSubscription>(id);
    if (!subscription) return;
    if (++subscription->refusals >= refusals_max) {
        subscription->disabled_until = tx.now() + disabled_for;
        subscription->disabled_reason = why;
        subscription->refusals = 0;
        subscription->dropped_through = tx.new_id<WebhookDeliveryId>();
        tx.schedule({tx.now(), DueKind::webhook_drop, id.value});
    }
    tx.update(*subscription);
}

/// Of one that was sent again by hand only its id says since when; others have waited since it happened.
Timestamp waits_since(const WebhookDelivery& row) {
    return row.repeats ? IdSource::time_of(row.id.value) : row.created_at;
}

/// Why a delivery will not be sent, whatever its receiver says; absent when it will.
std::optional<std::string>
dropped_because(Tx& tx, const std::optional<WebhookSubscription>& subscription, const WebhookDelivery& row) {
    if (!subscription) return "The subscription was deleted.";
    if (row.id <= subscription->dropped_through.value_or(WebhookDeliveryId{}))
        return "The subscription was disabled: its receiver refused too often.";
    if (!subscription->active) return "The subscription was switched off.";
    // One that waited behind others has its first try in any case.
    if (row.attempts > 0 && tx.now() >= waits_since(row) + delivery_tried_for)
        return "It was tried for 48 hours. " + row.detail.value_or("");
    return std::nullopt;
}

/// What became of the last request for an access token.
void mark_oauth_client(Tx& tx, const OAuthClient& used, std::optional<std::string> error) {
    auto client = tx.find<OAuthClient>(used.id);
    if (!client || client->error == error) return;
    client->status = error ? OAuthClientStatus::error : OAuthClientStatus::active;
    client->error = std::move(error);
    tx.update(*client);
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
    changed("incident.incident_type.changed", before->incident_type != incident.incident_type);
    changed("incident.priority_updated", before->priority != incident.priority);
    changed("incident.service_updated", before->service != incident.service);
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

void announce_status_update(Tx& tx, Desk& desk, const Incident& incident, const StatusUpdate& update, Agent agent) {
    if (desk.config.webhook_subscriptions(tx).empty()) return;
    auto document = Table<StatusUpdate>::to_json(update);
    announce_to_all(
        tx,
        desk,
        subject_of(incident),
        {WebhookResource::status_update, incident.id.value, "incident.status_update_published", agent, document});
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
    announce_to_all(
        tx, desk, subject_of(tx, service), {WebhookResource::service, service.id.value, event_type, agent, document});
}

void announce_fields(Tx& tx, Desk& desk, const Incident& incident, const FieldValuesChange& change, Agent agent) {
    if (desk.config.webhook_subscriptions(tx).empty()) return;
    std::string document;
    sql::append_json(document, change);
    announce_to_all(
        tx,
        desk,
        subject_of(incident),
        {WebhookResource::incident_fields, incident.id.value, "incident.custom_field_values.updated", agent, document});
}

void announce_fields(Tx& tx, Desk& desk, const Service& service, const FieldValuesChange& change, Agent agent) {
    if (desk.config.webhook_subscriptions(tx).empty()) return;
    std::string document;
    sql::append_json(document, change);
    announce_to_all(
        tx,
        desk,
        subject_of(tx, service),
        {WebhookResource::service_fields, service.id.value, "service.custom_field_values.updated", agent, document});
}

Error too_many_deliveries() {
    return {ErrorKind::too_many_requests,
            2020,
            "Rate Limit Exceeded",
            {fmt::format("{} deliveries wait for this subscription already", deliveries_waiting_max)}};
}

bool announce_ping(Tx& tx, Desk& desk, const WebhookSubscription& subscription, Agent agent) {
    const std::string nothing;
    return add_delivery(tx, desk, subscription, {WebhookResource::none, 0, "pagey.ping", agent, nothing});
}

bool can_be_sent_again(const WebhookDelivery& delivery) {
    return delivery.ended_at && (!delivery.document.empty() || delivery.resource == WebhookResource::none);
}

Result<WebhookDelivery>
deliver_again(Tx& tx, Desk& desk, const WebhookSubscription& subscription, const WebhookDelivery& delivery) {
    if (!can_be_sent_again(delivery)) return errors::invalid_input("Delivery has not ended, or nothing of it was kept");
    if (!subscription.active) return errors::invalid_input("Subscription is not active");
    WebhookDelivery row = delivery;
    row.repeats = event_of(delivery);
    row.may_be_a_repeat = true;
    row.state = DeliveryState::queued;
    row.attempts = 0;
    row.detail.reset();
    row.ended_at.reset();
    if (!queue(tx, desk, row)) return too_many_deliveries();
    return row;
}

std::optional<HookCall> claim_delivery(Tx& tx, Desk& desk, WebhookDeliveryId id) {
    auto row = tx.find<WebhookDelivery>(id);
    if (!row || row->ended_at || row->at > tx.now()) return std::nullopt;
    auto subscription = tx.find<WebhookSubscription>(row->subscription);
    if (auto why = dropped_because(tx, subscription, *row)) {
        end(tx, desk, *row, DeliveryState::dropped, std::move(*why));
        return std::nullopt;
    }
    if (row->state == DeliveryState::sending) row->may_be_a_repeat = true;
    row->state = DeliveryState::sending;
    ++row->attempts;
    row->at = tx.now() + delivering_max;
    tx.update(*row);
    tx.schedule(due_of(*row));
    auto client = subscription->oauth_client ? tx.find<OAuthClient>(*subscription->oauth_client) : std::nullopt;
    return HookCall{*row, *subscription, std::move(client), tx.now() + delivering_max / 3};
}

void record_delivery(Tx& tx, Desk& desk, const HookCall& call, const HookOutcome& outcome) {
    auto row = tx.find<WebhookDelivery>(call.delivery.id);
    if (!row || row->state != DeliveryState::sending || row->attempts != call.delivery.attempts) return;
    tx.cancel(due_of(*row));
    bool no_token = outcome.kind == HookOutcome::Kind::no_token;
    if (call.oauth_client && outcome.kind != HookOutcome::Kind::not_begun)
        mark_oauth_client(tx, *call.oauth_client, no_token ? std::optional{outcome.detail} : std::nullopt);
    switch (outcome.kind) {
    case HookOutcome::Kind::delivered:
        end(tx, desk, *row, DeliveryState::delivered, outcome.detail);
        forget_refusals(tx, row->subscription);
        return;
    case HookOutcome::Kind::refused:
        end(tx, desk, *row, DeliveryState::dropped, outcome.detail);
        count_refusal(tx, row->subscription, outcome.detail);
        return;
    case HookOutcome::Kind::not_begun: --row->attempts; break;
    case HookOutcome::Kind::try_again: row->may_be_a_repeat = row->may_be_a_repeat || outcome.may_have_arrived; break;
    case HookOutcome::Kind::no_token: break;
    }
    row->state = DeliveryState::queued;
    if (!outcome.detail.empty()) row->detail = outcome.detail;
    row->at =
        tx.now() + std::max(delivery_pause_after(row->attempts), Duration{outcome.retry_after.value_or(seconds{0})});
    tx.update(*row);
    tx.schedule(due_of(*row));
}

void delete_subscription(Tx& tx, WebhookSubscriptionId id) {
    tx.erase<WebhookSubscription>(id);
    tx.schedule({tx.now(), DueKind::webhook_drop, id.value});
}

void drop_deliveries(Tx& tx, Desk& desk, WebhookSubscriptionId id) {
    constexpr std::int64_t at_once = 500;
    auto subscription = tx.find<WebhookSubscription>(id);
    auto waiting = Query<WebhookDelivery>()
                       .where(&WebhookDelivery::state, DeliveryState::queued)
                       .where(&WebhookDelivery::subscription, id)
                       .order_by(&WebhookDelivery::lane)
                       .order_by(&WebhookDelivery::id)
                       .page(at_once);
    if (subscription) {
        auto through = subscription->dropped_through.value_or(WebhookDeliveryId{});
        waiting.below(&WebhookDelivery::id, WebhookDeliveryId{through.value + 1});
    }
    auto rows = tx.list(waiting);
    std::set<std::int64_t> lanes;
    for (auto& row : rows) {
        auto why = dropped_because(tx, subscription, row);
        ASSERT(why, "only what is to be dropped was asked for");
        tx.cancel(due_of(row));
        close(tx, desk, row, DeliveryState::dropped, std::move(*why));
        lanes.insert(row.lane);
    }
    // One that is on its way still keeps its lane.
    for (const auto& row : tx.list(Query<WebhookDelivery>()
                                       .where(&WebhookDelivery::state, DeliveryState::sending)
                                       .where(&WebhookDelivery::subscription, id)))
        lanes.erase(row.lane);
    for (auto lane : lanes) release_next(tx, desk, id, lane);
    if (static_cast<std::int64_t>(rows.size()) == at_once) tx.schedule({tx.now(), DueKind::webhook_drop, id.value});
}

bool forget_old_deliveries(Tx& tx) {
    auto ended = std::vector{DeliveryState::delivered, DeliveryState::dropped};
    return forget_before(
        tx, tx.now() - deliveries_kept, Query<WebhookDelivery>().where_in(&WebhookDelivery::state, ended));
}

FieldValuesChange field_values_of(const WebhookDelivery& delivery) {
    FieldValuesChange change;
    sql::read_json(boost::json::parse(delivery.document), change);
    return change;
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
