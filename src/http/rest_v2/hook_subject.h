#pragma once
// What a webhook subscription or an extension tells of, and whether whoever asks may know of all of it.

#include "domain/hook/webhook.h"
#include "http/kit/request.h"

namespace callboard::http {

/// Whether the requester knows of every service, and the team, that it tells of: whoever changes where it leads changes
/// it for each of them. One of the whole account is known to all.
bool knows_subject(Request& request, const WebhookSubscription& subscription);

}  // namespace callboard::http
