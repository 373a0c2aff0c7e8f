#include "app/heartbeats.h"

#include "app/ingest.h"
#include "app/respond.h"
#include "base/secret.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace callboard {

namespace {

void set_due(Tx& tx, Heartbeat& heartbeat, std::optional<Timestamp> at) {
    if (heartbeat.due_at) tx.cancel({*heartbeat.due_at, DueKind::heartbeat, heartbeat.id.value});
    heartbeat.due_at = at;
    if (at) tx.schedule({*at, DueKind::heartbeat, heartbeat.id.value});
}

/// What is wrong with the event's way is no fault of the caller's: a service that was deleted takes no events.
void send(Tx& tx, Desk& desk, const Heartbeat& heartbeat, EventAction action) {
    auto integration = tx.find<Integration>(heartbeat.integration);
    if (!integration) return;
    Event event;
    event.routing_key = integration->integration_key;
    event.action = action;
    // Where a service opens incidents without alerts, all that comes to it shares one space of keys.
    event.dedup_key = fmt::format("heartbeat {}", heartbeat.id.value);
    event.summary = fmt::format("No heartbeat from {}", heartbeat.name);
    event.severity = Severity::critical;
    event.document = "{}";
    static_cast<void>(accept_event(tx, desk, {}, event).ok());
}

std::vector<Alert> open_alerts(Tx& tx, const Heartbeat& heartbeat) {
    return tx.list(Query<Alert>()
                       .where(&Alert::service, heartbeat.service)
                       .where(&Alert::integration, heartbeat.integration)
                       .where(&Alert::status, AlertStatus::triggered));
}

/// One whose pause ended while the service took nothing has told nobody, and waits to be sent again.
bool is_told(Tx& tx, const Heartbeat& heartbeat) {
    return std::ranges::any_of(open_alerts(tx, heartbeat),
                               [](const Alert& alert) { return alert.placement != Placement::suppressed_after_pause; });
}

/// Also while the service takes no events: the call is the end of it, and no other one comes.
void send_end(Tx& tx, Desk& desk, const Heartbeat& heartbeat) {
    send(tx, desk, heartbeat, EventAction::resolve);
    Act act{agent_of(heartbeat.integration), Channel::api, tx.now()};
    for (const auto& alert : open_alerts(tx, heartbeat))
        static_cast<void>(update_alert(tx, desk, {alert.id, true, std::nullopt}, act).ok());
}

}  // namespace

Result<Heartbeat> beat(Tx& tx, Desk& desk, std::string_view key) {
    auto integration = tx.first(Query<Integration>().where(&Integration::integration_key, std::string{key}));
    if (!integration || integration->deleted_at) return errors::not_found();
    auto heartbeat = tx.first(Query<Heartbeat>().where(&Heartbeat::integration, integration->id));
    if (!heartbeat) return errors::not_found();
    heartbeat->last_beat_at = tx.now();
    if (heartbeat->status != HeartbeatStatus::paused) {
        if (heartbeat->status == HeartbeatStatus::missing) send_end(tx, desk, *heartbeat);
        heartbeat->status = HeartbeatStatus::healthy;
        set_due(tx, *heartbeat, next_beat_by(*heartbeat, tx.now()));
    }
    tx.update(*heartbeat);
    return std::move(*heartbeat);
}

void pass_heartbeat(Tx& tx, Desk& desk, HeartbeatId id) {
    auto heartbeat = tx.find<Heartbeat>(id);
    if (!heartbeat || !heartbeat->due_at || *heartbeat->due_at > tx.now()) return;
    if (heartbeat->status != HeartbeatStatus::missing || !is_told(tx, *heartbeat))
        send(tx, desk, *heartbeat, EventAction::trigger);
    heartbeat->status = HeartbeatStatus::missing;
    set_due(tx, *heartbeat, tx.now() + seconds{heartbeat->interval_seconds});
    tx.update(*heartbeat);
}

Heartbeat create_heartbeat(Tx& tx, Heartbeat heartbeat) {
    Integration integration;
    integration.id = tx.new_id<IntegrationId>();
    integration.service = heartbeat.service;
    integration.name = "Heartbeat: " + heartbeat.name;
    integration.integration_key = random_alphanumeric(routing_key_length);
    integration.created_at = tx.now();
    tx.insert(integration);
    heartbeat.id = tx.new_id<HeartbeatId>();
    heartbeat.integration = integration.id;
    heartbeat.created_at = tx.now();
    tx.insert(heartbeat);
    return heartbeat;
}

void update_heartbeat(Tx& tx, Desk& desk, Heartbeat& heartbeat, bool paused) {
    if (auto integration = tx.find<Integration>(heartbeat.integration)) {
        integration->name = "Heartbeat: " + heartbeat.name;
        tx.update(*integration);
    }
    if (paused && heartbeat.status == HeartbeatStatus::missing) send_end(tx, desk, heartbeat);
    bool was_missing = heartbeat.status == HeartbeatStatus::missing;
    if (paused) {
        heartbeat.status = HeartbeatStatus::paused;
        set_due(tx, heartbeat, std::nullopt);
    } else if (heartbeat.status == HeartbeatStatus::paused) {
        // What was missed meanwhile is not held against it.
        heartbeat.status = heartbeat.last_beat_at ? HeartbeatStatus::healthy : HeartbeatStatus::waiting;
        if (heartbeat.last_beat_at) set_due(tx, heartbeat, next_beat_by(heartbeat, tx.now()));
    } else if (heartbeat.last_beat_at && !was_missing) {
        set_due(tx, heartbeat, std::max(next_beat_by(heartbeat, *heartbeat.last_beat_at), tx.now()));
    }
    tx.update(heartbeat);
}

void delete_heartbeat(Tx& tx, Desk& desk, const Heartbeat& heartbeat) {
    if (heartbeat.status == HeartbeatStatus::missing) send_end(tx, desk, heartbeat);
    auto gone = heartbeat;
    set_due(tx, gone, std::nullopt);
    tx.erase<Heartbeat>(heartbeat.id);
    if (auto integration = tx.find<Integration>(heartbeat.integration)) {
        integration->deleted_at = tx.now();
        tx.update(*integration);
    }
}

}  // namespace callboard
