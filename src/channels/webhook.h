#pragma once
// A message to a program: JSON, POSTed to the URL in `to`, signed as webhooks of subscriptions are, so that one
// receiver can check both. The URL is typed by users, so it goes to public addresses only, unless the operator says
// otherwise.
//
//   X-PagerDuty-Signature: v1=<hex of HMAC-SHA256 of the body, with the message's signing secret>
//   X-Webhook-Id: the message's id, the same for every attempt
//
// A receiver computes the same, compares in constant time, and ignores an id it has seen. `sent_at` in the signed body
// lets it refuse what is old.

#include "channels/channel.h"
#include "net/address.h"

#include <memory>
#include <string>
#include <string_view>

namespace callboard::channels {

std::unique_ptr<Channel> make_webhook(net::AddressRule addresses);

/// What the receiver is sent.
std::string webhook_body(const Message& message, Timestamp now);

/// "v1=…"
std::string webhook_signature(std::string_view secret, std::string_view body);

}  // namespace callboard::channels
