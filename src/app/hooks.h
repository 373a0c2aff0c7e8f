#pragma once
// Webhooks. Announcing writes a delivery for every subscription that hears of the event, in the transaction that made
// it happen; claim and record carry it out, as for pages (app/pager.h). Deliveries about one incident or service reach
// a subscription in order: the next is due when the one before has ended.

#include "base/result.h"
#include "domain/account/custom_field.h"
#include "domain/hook/webhook.h"
#include "domain/incident/responder.h"
#include "domain/incident/status_update.h"
#include "domain/service/service.h"
#include "storage/tx.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

struct Desk;

/// What happened to an incident: its log entries, and what changed between `before` and `incident`. Called by save().
void announce(Tx& tx,
              Desk& desk,
              const std::optional<Incident>& before,
              const Incident& incident,
              std::span<const LogEntry> entries);

void announce_note(Tx& tx, Desk& desk, const Incident& incident, const IncidentNote& note, Agent agent);

void announce_status_update(Tx& tx, Desk& desk, const Incident& incident, const StatusUpdate& update, Agent agent);

/// "incident.responder.added" or "incident.responder.replied".
void announce_responder(
    Tx& tx, Desk& desk, const Incident& incident, const Responder& responder, std::string_view event_type, Agent agent);

/// "service.created", "service.updated" or "service.deleted".
void announce_service(Tx& tx, Desk& desk, const Service& service, std::string_view event_type, Agent agent);

/// Values of custom fields that are others now.
void announce_fields(Tx& tx, Desk& desk, const Incident& incident, const FieldValuesChange& change, Agent agent);
void announce_fields(Tx& tx, Desk& desk, const Service& service, const FieldValuesChange& change, Agent agent);
/// What such a delivery is about.
FieldValuesChange field_values_of(const WebhookDelivery& delivery);

/// What is said to who asks for one more than may wait.
Error too_many_deliveries();

/// A "pagey.ping", whatever the subscription hears of. False: so much waits already that it was dropped.
bool announce_ping(Tx& tx, Desk& desk, const WebhookSubscription& subscription, Agent agent);

/// It has ended, and what it says was kept.
bool can_be_sent_again(const WebhookDelivery& delivery);

/// Sends one once more, behind what waits already. Refused when it cannot be, when the subscription is switched off,
/// and when too much waits for it.
Result<WebhookDelivery>
deliver_again(Tx& tx, Desk& desk, const WebhookSubscription& subscription, const WebhookDelivery& delivery);

/// A delivery as it leaves.
struct HookCall {
    WebhookDelivery delivery;
    WebhookSubscription subscription;
    /// Whose access token it carries.
    std::optional<OAuthClient> oauth_client;
    /// Whoever has not begun to send by then says so: the delivery may have been claimed again.
    Timestamp begin_before;
};

/// Takes a delivery whose time has come. Absent when it has ended.
std::optional<HookCall> claim_delivery(Tx& tx, Desk& desk, WebhookDeliveryId id);

struct HookOutcome {
    /// refused: this one will never be taken. no_token: there was none to be had, and without one nothing is sent.
    /// not_begun: the receiver was not asked.
    enum class Kind { delivered, try_again, refused, no_token, not_begun };
    Kind kind = Kind::delivered;
    std::string detail = {};
    std::optional<seconds> retry_after = {};
    /// The next try may reach a receiver who has it already.
    bool may_have_arrived = false;
};

/// Does nothing for a delivery that was claimed again or has ended meanwhile.
void record_delivery(Tx& tx, Desk& desk, const HookCall& call, const HookOutcome& outcome);

/// A deletion: what waits for it ends, a few at a time.
void delete_subscription(Tx& tx, WebhookSubscriptionId id);

/// A few of those that wait for a subscription that was deleted or disabled end; the rest when this falls due again.
void drop_deliveries(Tx& tx, Desk& desk, WebhookSubscriptionId id);

/// Deletes what ended long ago, a few at a time; true when there is more.
bool forget_old_deliveries(Tx& tx);

/// After a start: what was being sent when the server stopped is looked at now.
void take_up_interrupted_deliveries(Tx& tx);

}  // namespace callboard
