#pragma once
// What is told in a channel of a chat when something happens to an incident of a service.

#include "app/hooks.h"
#include "app/page_message.h"

namespace callboard {

/// With links as long as the incident is open. The delivery is about an incident.
PageMessage channel_message(Tx& tx, const WebhookDelivery& delivery, const PageLinks& links);

}  // namespace callboard
