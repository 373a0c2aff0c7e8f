#pragma once
// Tells those who are not on call how it goes: people and teams subscribe to an incident or to a business service, and
// hear of every status update by the contact methods they chose for that, at once and once.

#include "base/result.h"
#include "domain/incident/incident.h"
#include "domain/incident/status_update.h"
#include "storage/tx.h"

#include <set>

namespace callboard {

struct Desk;

/// Who subscribes to what; the row without its id.
enum class SubscribeResult { success, duplicate };
DESCRIBE_ENUM(SubscribeResult, success, duplicate)

/// Error: too many subscribers.
Result<SubscribeResult> subscribe(Tx& tx, NotificationSubscription wanted);
/// False when there was none.
bool unsubscribe(Tx& tx, const NotificationSubscription& unwanted);

/// Keeps the update, tells everybody who hears of the incident, of one of the business services that it impacts, and
/// the webhooks; nobody from whom a private team hides the incident. Fills in the id.
void publish(
    Tx& tx, Desk& desk, const Incident& incident, const std::set<BusinessServiceId>& impacted, StatusUpdate& update);

/// What nobody can be told of or by any more: a user or team that was deleted, a business service.
void forget_subscriptions(Tx& tx, std::int64_t object);

}  // namespace callboard
