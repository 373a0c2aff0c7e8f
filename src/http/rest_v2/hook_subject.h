#pragma once
// What a webhook subscription or an extension tells of, and whether whoever asks may know of all of it.

#include "domain/hook/webhook.h"
#include "http/kit/request.h"

namespace callboard::http {

/// Whether the requester knows of every service, and the team, that it tells of: whoever changes where it leads changes
/// it for each of them. One of the whole account is known to all.
bool knows_subject(Request& request, const WebhookSubscription& subscription);

/// One of the whole account is told of private teams, too: only somebody from whom nothing is hidden decides that.
Result<void> permit_filter(Request& request, const WebhookSubscription& subscription);

/// The one whose id is in the path, when the requester knows of all that it tells.
Result<WebhookSubscription> subscription_of_path(Request& request);
Result<WebhookSubscription> extension_of_path(Request& request);

/// The same, for those who may decide what is told there.
Result<WebhookSubscription> subscription_to_change(Request& request);

}  // namespace callboard::http
