#pragma once
// A message to a program: JSON, POSTed to the URL in `to`, signed so that the receiver knows who sent it. The URL is
// typed by users, so it goes to public addresses only, unless the operator says otherwise.
//
//   X-Callboard-Signature: v1=<hex of HMAC-SHA256 of the body, with the secret>
//   X-Callboard-Id: the message's id, the same for every attempt
//
// A receiver computes the same, compares in constant time, and ignores an id it has seen. `sent_at` in the signed body
// lets it refuse what is old.

#include "channels/channel.h"
#include "net/address.h"

#include <memory>
#include <string>
#include <string_view>

namespace callboard::channels {

struct WebhookConfig {
    std::string secret;
    net::AddressRule addresses = net::AddressRule::public_only;
    std::string ca_file;
};

std::unique_ptr<Channel> make_webhook(WebhookConfig config);

/// "v1=…"
std::string webhook_signature(std::string_view secret, std::string_view body);

}  // namespace callboard::channels
