#pragma once
// What a webhook says, as the REST reference describes version 3. Names of people and services are looked up when it is
// sent; what happened is as it was.

#include "domain/hook/webhook.h"
#include "http/kit/site.h"
#include "storage/tx.h"

#include <string>

namespace callboard::http {

/// The body of the request: {"event": {…}}.
std::string webhook_body(const Site& site, Tx& tx, const WebhookDelivery& delivery);

/// The same for a generic webhook of version 2: {"messages": [{…}]} with the incident as REST shows it now.
std::string
older_webhook_body(const Site& site, Tx& tx, const WebhookSubscription& extension, const WebhookDelivery& delivery);

}  // namespace callboard::http
