#pragma once
// PagerDuty tells of changes by webhook, so that cards need not wait until what is kept is old. Nothing of a webhook is
// believed but that something changed: everything is asked for again.

#include "backstage/account.h"
#include "backstage/message.h"

#include <optional>

namespace callboard::backstage {

/// The answer to POST /webhooks/ACCOUNT, a webhook of version 3 with the signature "v1=…" of the account's secret;
/// absent for every other request. It has no credentials but its signature.
std::optional<Response> take_webhook(const Request& request, const Accounts& accounts);

}  // namespace callboard::backstage
