#pragma once
// Headers that somebody wants sent along with webhooks.

#include "domain/hook/webhook.h"
#include "http/kit/fields.h"

#include <string_view>
#include <vector>

namespace callboard::http {

/// At most 20; none that we send ourselves, and none that would break a request in two.
void read_webhook_headers(Fields& fields, std::string_view member, std::vector<WebhookHeader>& headers);

/// Whatever its case; `name` in lower case.
bool is_named(const WebhookHeader& header, std::string_view name);

}  // namespace callboard::http
